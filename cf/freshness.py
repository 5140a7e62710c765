"""Freshness: what happened since the training reaches the requests, and so do a new model and a changed catalogue."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Protocol

import numpy as np
import pandas as pd

from cf.chain import Recommender
from cf.model import Model
from cf.registry import Registry
from cf.serving import Serving
from cf.suitability import shown_age
from cf.weights import weigh
from core.errors import ArtefactError
from core.ids import MovieId, UserId
from core.movie import Movie
from core.taste import Taste

_log = logging.getLogger(__name__)


class EventFeed(Protocol):
    """Interactions by batch, as `ingest.EventReader` has them."""

    def store_id(self) -> str: ...

    def last_batch(self) -> int: ...

    def interactions(self, after_batch: int = 0) -> pd.DataFrame: ...


class AgeFeed(Protocol):
    """Ages by batch, as `ingest.UserTable` has them."""

    def ages(self, after_batch: int = 0) -> dict[UserId, int | None]: ...


class CatalogueFeed(Protocol):
    """The films as they are now, as `ingest.Catalogue` has them."""

    def movies(self) -> Iterable[Movie]: ...

    def changed_after(self, batch: int) -> bool: ...


class TasteFeed(Protocol):
    """Tastes by number, as `llm` keeps them."""

    def changed_after(self, number: int) -> tuple[Iterable[Taste], int]: ...


class Refresher:
    """Keeps a recommender up to date; the one writer of its `serving`.

    `failed` is told "model" when a published model is refused (what served before serves on, until something is
    published again), "refresh" when a refresh raised and "tastes" when that of the tastes did. `loads` counts models
    loaded, `batch` is the last batch whose effects are served.
    """

    def __init__(
        self,
        recommender: Recommender,
        registry: Registry,
        events: EventFeed,
        users: AgeFeed,
        catalogue: CatalogueFeed,
        tastes: TasteFeed,
        stars_max: int,
        failed: Callable[[str], None],
    ) -> None:
        self.loads = self.batch = 0
        self._failed = failed
        self._recommender = recommender
        self._registry = registry
        self._events = events
        self._users = users
        self._catalogue = catalogue
        self._tastes = tastes
        self._taste_number = 0
        self._stars_max = stars_max
        self._seen: tuple[int, int] | None = None  # the registry's stamp when we last took in, or refused, a model

    def refresh(self) -> None:
        """Take in the published model, then what came since. Nothing is swapped when nothing changed.

        Events older than the model are the model's, where it was trained on this store. The films are read again
        with each model and whenever one of them changed: a limit that was raised holds from then on, whatever the
        model was trained with.
        """
        serving = self._recommender.serving
        batch = self._events.last_batch()
        stamp = self._registry.stamp()
        model = serving.model if stamp == self._seen else self._published(serving.model)
        renewed = model is not serving.model
        if not renewed:
            self._seen = stamp
            if batch == self.batch:
                return
        fresh, after = serving.fresh, self.batch
        if renewed and model is not None:
            fresh, after = {}, model.card.batch if model.card.store == self._events.store_id() else 0
        if renewed or self._catalogue.changed_after(self.batch):
            serving = replace(Serving.of(self._catalogue.movies(), model), ages=serving.ages, tastes=serving.tastes)
        fresh = self._with_events(fresh, after)
        ages = self._users.ages(after_batch=self.batch)
        known = (
            dict(serving.ages) | {user: shown_age(years) for user, years in ages.items()} if ages else serving.ages
        )
        self._recommender.serving = replace(serving, fresh=fresh, ages=known)
        self.batch, self._seen = batch, stamp
        self.loads += renewed

    def refresh_tastes(self) -> None:
        """Take in the tastes that are new or changed. One that says nothing any more is as none.

        A number that went back is that of another store: what came from the one before is forgotten.
        """
        tastes, number = self._tastes.changed_after(self._taste_number)
        changed = {taste.user: taste for taste in tastes}
        renewed = number < self._taste_number
        if changed or renewed:
            serving = self._recommender.serving
            known = changed if renewed else dict(serving.tastes) | changed
            told = {user: taste for user, taste in known.items() if taste.films or taste.genres}
            self._recommender.serving = replace(serving, tastes=told)
        self._taste_number = number

    def run(self, stop: threading.Event, poll_seconds: float) -> None:
        """Refresh every `poll_seconds` until `stop` is set: the body of a thread."""
        while not stop.wait(poll_seconds):
            self.try_refresh()

    def try_refresh(self) -> None:
        """Refresh; a failure is counted and logged. Events do not wait for tastes, nor tastes for events."""
        for place, take_in in (("refresh", self.refresh), ("tastes", self.refresh_tastes)):
            try:
                take_in()
            except Exception:  # noqa: BLE001  the edge of a worker's job
                self._failed(place)
                _log.exception("%s failed: what was known before serves on", place)

    def _published(self, serving: Model | None) -> Model | None:
        """The published model; `serving` when there is none or when it is refused."""
        version = self._registry.current()
        if version is None:
            return serving
        try:
            return self._registry.load(version)
        except ArtefactError as error:
            self._failed("model")
            what = "no model serves" if serving is None else f"{serving.card.version} serves on"
            _log.error("model %s refused, %s until another one is published: %s", version, what, error)
            return serving

    def _with_events(
        self, before: Mapping[UserId, Mapping[MovieId, float]], after_batch: int
    ) -> Mapping[UserId, Mapping[MovieId, float]]:
        """`before` with the films that changed since; the newest last, each with its weight as it is now."""
        frame = self._events.interactions(after_batch=after_batch)
        weights = weigh(frame["minutes"].to_numpy(np.int64), frame["stars"].to_numpy(np.float64), self._stars_max)
        fresh = dict(before)
        for user, changed in _by_user(frame, weights.tolist()).items():
            kept = {movie: weight for movie, weight in fresh.get(user, {}).items() if movie not in changed}
            fresh[user] = kept | changed
        return fresh


def _by_user(frame: pd.DataFrame, weights: list[float]) -> dict[UserId, dict[MovieId, float]]:
    by_user: dict[UserId, dict[MovieId, float]] = {}
    for user, movie, weight in zip(frame["user_id"].tolist(), frame["movie_id"].tolist(), weights, strict=True):
        by_user.setdefault(UserId(user), {})[MovieId(movie)] = weight
    return by_user
