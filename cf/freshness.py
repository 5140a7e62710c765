"""Freshness: what happened since the training reaches the requests, and so do a new model and a changed catalogue."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import count, islice
from typing import Protocol

import numpy as np
import pandas as pd

from cf.chain import Recommender
from cf.registry import Registry
from cf.serving import Serving
from cf.suitability import shown_age
from cf.weights import weigh
from core.errors import ArtefactError
from core.ids import MovieId, UserId
from core.movie import Movie
from core.taste import Taste

_log = logging.getLogger(__name__)

WARM_USERS = 50
WARM_FILMS = 40  # a list has 20; some are filtered


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
    loaded, `batch` is the last batch whose effects are served. The model that served before is kept up to date beside
    the one that serves: a rollback loads nothing.
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
        self._former: Serving | None = None
        self._seen: tuple[int, int] | None = None  # the registry's stamp when we last took in, or refused, a model

    def refresh(self) -> None:
        """Take in the published model, then what came since. Nothing is swapped when nothing changed.

        Events older than the model are the model's, where it was trained on this store. The films are read again
        with each model and whenever one of them changed: a limit that was raised holds from then on, whatever the
        model was trained with.
        """
        batch, stamp = self._events.last_batch(), self._registry.stamp()
        is_new = batch != self.batch
        if stamp == self._seen and not is_new:
            return
        current, former = self._recommender.serving, self._former
        chosen = current if stamp == self._seen else self._published(current)
        is_loaded = chosen is not current and chosen is not former
        if chosen is not current:
            former = current if current.model is not None else None
        ages = current.ages
        if is_new:
            changed = self._users.ages(after_batch=self.batch)
            ages = dict(ages) | {user: shown_age(years) for user, years in changed.items()} if changed else ages
            catch_up = self._catching_up()
            chosen = chosen if is_loaded else catch_up(chosen)
            former = None if former is None else catch_up(former)
        if chosen is not current:
            self._recommender.serving = replace(chosen, ages=ages, tastes=current.tastes)
        self.batch, self._seen, self._former = batch, stamp, former
        self.loads += is_loaded

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

    def run(self, stop: threading.Event, poll_seconds: float, looks: int = 1) -> None:
        """Refresh every `poll_seconds` until `stop` is set: the body of a thread.

        In between it is looked, `looks` times in all, whether a model was published: that is one stat of a file.
        """
        for look in count(1):
            if stop.wait(poll_seconds / looks):
                return
            if look % looks == 0 or self._is_published():
                self.try_refresh()

    def _is_published(self) -> bool:
        """Whether something was published since; also when that can not be told: a refresh then says why."""
        try:
            return self._registry.stamp() != self._seen
        except OSError:
            return True

    def try_refresh(self) -> None:
        """Refresh; a failure is counted and logged. Events do not wait for tastes, nor tastes for events."""
        for place, take_in in (("refresh", self.refresh), ("tastes", self.refresh_tastes)):
            try:
                take_in()
            except Exception:  # noqa: BLE001  the edge of a worker's job
                self._failed(place)
                _log.exception("%s failed: what was known before serves on", place)

    def _published(self, current: Serving) -> Serving:
        """The published model, ready to serve; `current` when there is none, or it is that, or it is refused."""
        version = self._registry.current()
        if version is None or version == current.version:
            return current
        if self._former is not None and version == self._former.version:
            return self._former
        try:
            model = self._registry.load(version)
            loaded = Serving.of(self._catalogue.movies(), model)
            warm(loaded)
        except ArtefactError as error:
            self._failed("model")
            what = "no model serves" if current.model is None else f"{current.version} serves on"
            _log.error("model %s refused, %s until another one is published: %s", version, what, error)
            return current
        after = model.card.batch if model.card.store == self._events.store_id() else 0
        return replace(loaded, fresh=self._with_events({}, self._events.interactions(after_batch=after)))

    def _catching_up(self) -> Callable[[Serving], Serving]:
        """What takes what came since the last refresh into a serving; it is read once."""
        changes = self._events.interactions(after_batch=self.batch)
        movies = tuple(self._catalogue.movies()) if self._catalogue.changed_after(self.batch) else None

        def caught_up(serving: Serving) -> Serving:
            fresh = self._with_events(serving.fresh, changes)
            return replace(serving if movies is None else Serving.of(movies, serving.model), fresh=fresh)

        return caught_up

    def _with_events(
        self, before: Mapping[UserId, Mapping[MovieId, float]], frame: pd.DataFrame
    ) -> Mapping[UserId, Mapping[MovieId, float]]:
        """`before` with the films that changed since; the newest last, each with its weight as it is now."""
        weights = weigh(frame["minutes"].to_numpy(np.int64), frame["stars"].to_numpy(np.float64), self._stars_max)
        fresh = dict(before)
        for user, changed in _by_user(frame, weights.tolist()).items():
            kept = {movie: weight for movie, weight in fresh.get(user, {}).items() if movie not in changed}
            fresh[user] = kept | changed
        return fresh


def warm(serving: Serving) -> None:
    """Make lists before anybody asks for them: what they read is in memory then, and what can not make any is told.

    Raises ArtefactError when a ranker fails.
    """
    model = serving.model
    if model is None:
        return
    users = model.users[:: max(1, len(model.users) // WARM_USERS)].tolist()
    for user in map(UserId, users):
        viewer = serving.viewer(user)
        for ranker in serving.rankers:
            try:
                deque(islice(ranker.films(viewer) or (), WARM_FILMS), maxlen=0)
            except Exception as error:
                raise ArtefactError(f"its ranker {ranker.name!r} fails for user {user}: {error!r}") from error


def _by_user(frame: pd.DataFrame, weights: list[float]) -> dict[UserId, dict[MovieId, float]]:
    by_user: dict[UserId, dict[MovieId, float]] = {}
    for user, movie, weight in zip(frame["user_id"].tolist(), frame["movie_id"].tolist(), weights, strict=True):
        by_user.setdefault(UserId(user), {})[MovieId(movie)] = weight
    return by_user
