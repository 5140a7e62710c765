"""Making a model: trained on all that is known, judged by the gate, published or refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import pandas as pd

import cf
from cf import Card, Model, Registry, Why, gate
from cf.gate import Bounds, Case, Verdict
from cf.interactions import Interactions
from cf.leaks import leaks_of_figures, leaks_of_split
from cf.rehearsal import Rehearsal
from cf.subgroups import subgroups
from cf.trial import K, Recipe, Trial
from cf.tuning import TRIALS, winner
from core.clock import Clock
from core.errors import ArtefactError
from core.ids import MovieId, UserId
from core.money import Usd
from core.movie import Movie
from core.settings import Settings
from core.user import User
from ingest import Catalogue, EventReader, UserTable
from matinee.revision import code_revision

REHEARSED_USERS = 200  # the judged ones who come first; enough to see the slowest 5 %
FORCED = "let serve against the gate"


@dataclass(frozen=True)
class Stock:
    """What a model is made of, as it was at one moment."""

    frame: pd.DataFrame
    movies: Sequence[Movie]
    ages: Mapping[UserId, int | None]
    store: str
    batch: int

    @classmethod
    def read(cls, settings: Settings) -> Stock:
        """Everything in events.db that training needs; what is written meanwhile belongs to the next model."""
        with closing(Catalogue(settings.events_db)) as catalogue, closing(UserTable(settings.events_db)) as table:
            movies, events = tuple(catalogue.movies()), EventReader(settings.events_db)
            batch = events.last_batch()
            return cls(events.interactions(), movies, table.ages(), events.store_id(), batch)

    @property
    def fees(self) -> dict[MovieId, Usd]:
        return {movie.id: movie.licence_fee for movie in self.movies if movie.licence_fee is not None}


@dataclass(frozen=True)
class Made:
    """A model that was made, and what the gate said of it."""

    card: Card
    verdict: Verdict
    published: bool


class ModelMaker:
    """Trains on a stock and lets the model serve that passes the gate."""

    def __init__(self, settings: Settings, stock: Stock, clock: Clock, by: str, seed: int) -> None:
        """`by` is who makes it, for the history of the registry."""
        self._registry = Registry(settings.models)
        self._settings = settings
        self._stock = stock
        self._clock = clock
        self._by = by
        self._seed = seed
        self._trial: Trial | None = None
        self.serving = self._serving()

    def make(self, force: str, on_step: Callable[[], object]) -> Made:
        """Train, judge, and publish or not. With a reason to `force` it is published against the gate.

        Raises TrainingError when nothing can be trained, ArtefactError when what was made can not serve at all.
        """
        stock = self._stock
        model = cf.train(
            stock.frame,
            stock.movies,
            stock.ages,
            store=stock.store,
            batch=stock.batch,
            stars_max=self._settings.stars_max,
            seed=self._seed,
            revision=code_revision(),
            settle=self._settle,
            also=winner(self._settings.models / TRIALS),
            on_step=on_step,
        )
        card = self._registry.add(model)
        verdict = self.judge(self._registry.load(card.version))
        parent = None if self.serving is None else self.serving.card.version
        content = verdict.as_json() | {"parent": parent, "forced": force or None}
        self._registry.judged(card.version, content)
        if not verdict.passed and not force:
            return Made(card, verdict, published=False)
        reason = "passed the gate" if verdict.passed else f"{FORCED}: {force}"
        self._registry.publish(card.version, Why(self._clock.now(), self._by, reason))
        return Made(card, verdict, published=True)

    def judge(self, model: Model) -> Verdict:
        """What the gate says of a model of the registry, on the stock."""
        trial, serving = self._tried(model.card.validation.split), self.serving
        recipe = _recipe(model.card)
        figures, popularity = trial.recipe(recipe), trial.popularity(recipe)
        split_leaks = leaks_of_split(trial.parts, trial.split == "time")
        leaks = [*split_leaks, *leaks_of_figures(figures.columns, popularity.ndcg, K)]
        case = Case(
            split=trial.split,
            recipe=figures,
            model=trial.model(model),
            popularity=popularity,
            serving=None if serving is None else trial.recipe(_recipe(serving.card)),
            has_als=recipe.blend.als_weight > 0,
            groups=subgroups(trial.rows, trial.parts.known(), self._records(trial)),
            leaks=[f"{leak.name}: {leak.detail}" for leak in leaks],
            rehearsal=self._rehearsal(model, trial),
            serving_rehearsal=None if serving is None else self._rehearsal(serving, trial),
        )
        return gate.judge(case, Bounds(), self._seed)

    def _records(self, trial: Trial) -> dict[UserId, User]:
        """The records of the judged users."""
        with closing(UserTable(self._settings.events_db)) as table:
            found = (table.find(UserId(user)) for user in trial.users.tolist())
            return {record.id: record for record in found if record is not None}

    def _rehearsal(self, model: Model, trial: Trial) -> Rehearsal:
        users = map(UserId, trial.users[:REHEARSED_USERS].tolist())
        return Rehearsal.of(model, self._stock.movies, self._stock.ages, users, self._stock.fees, self._clock)

    def _settle(self, whole: Interactions, split: str, found: Recipe) -> Recipe:
        """The recipe that is trained with: see `Trial.settled`."""
        self._trial = Trial(whole, split, self._seed)
        return self._trial.settled(found, None if self.serving is None else _recipe(self.serving.card))

    def _tried(self, split: str) -> Trial:
        """The trial that chose, or one like it for a model that was trained before."""
        if self._trial is None or self._trial.split != split:
            movies = (movie.id for movie in self._stock.movies)
            whole, _ = Interactions.from_frame(self._stock.frame, movies, self._settings.stars_max)
            self._trial = Trial(whole, split, self._seed)
        return self._trial

    def _serving(self) -> Model | None:
        """The model that serves; None before the first, and where it is damaged: then there is nothing to compare."""
        version = self._registry.current()
        if version is None:
            return None
        try:
            return self._registry.load(version)
        except ArtefactError:
            return None


def _recipe(card: Card) -> Recipe:
    return Recipe(card.als, card.blend)
