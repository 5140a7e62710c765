"""A trial: recipes and models judged on what the same users watched later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cf import metrics
from cf.als import Als, AlsParameters
from cf.blend import Axes, Blend, BlendParameters
from cf.bootstrap import Interval, mean_intervals
from cf.holdout import position
from cf.interactions import History, Interactions
from cf.lists import Scorer, best_unseen, hits_of
from cf.metrics import NO_MOVIE
from cf.model import Model
from cf.popularity import Popularity
from cf.splits import SPLITS, Split
from core.errors import TrainingError

K = 20
TRIAL_USERS = 60_000  # users that a trial fits: it must not take as long as the training itself
JUDGED_USERS = 5_000  # of them: the standard error of NDCG is then about .002

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Recipe:
    """What a blend is made with, besides the data."""

    als: AlsParameters
    blend: BlendParameters


@dataclass(frozen=True)
class Tried:
    """How good lists were. `columns` have one number a judged user: hit, recall, ndcg.

    coverage : films on any list / all films. distinct : different lists / lists.
    """

    columns: Mapping[str, Numbers]
    coverage: float
    distinct: float

    @property
    def ndcg(self) -> float:
        return float(self.columns["ndcg"].mean())


class Trial:
    """The same users for every version: those who come first by a hash of their ids, as far as they can be judged.

    A recipe is fitted on what came before the split (on a sample of a large site) and judged on what came after. A
    model is judged on the same users by its own numbers, folding in what each had before: it has seen what came
    after, so it must not do worse than its recipe.
    """

    def __init__(self, whole: Interactions, split: str, seed: int) -> None:
        """Raises TrainingError when nobody can be judged."""
        self.split = split
        at = position(whole.users)
        if len(at) > TRIAL_USERS:
            whole = whole.of_users(at <= np.partition(at, TRIAL_USERS - 1)[TRIAL_USERS - 1])
            at = position(whole.users)
        self.parts: Split = SPLITS[split](whole)
        rows = self.parts.judged()
        if not len(rows):
            raise TrainingError(f"no user has films in both parts of the {split} split: ingest more events first")
        self.rows = np.sort(rows[np.argsort(at[rows], kind="stable")[:JUDGED_USERS]])
        self._history = self.parts.train.history()
        self._relevant = self.parts.test.history().rows(self.rows)
        self._seed = seed
        self._axes: dict[AlsParameters, Axes] = {}
        self._tried: dict[Recipe, Tried] = {}

    @property
    def users(self) -> NDArray[np.int64]:
        """The ids of the judged users."""
        ids: NDArray[np.int64] = self.parts.train.users[self.rows]
        return ids

    def popularity(self, recipe: Recipe) -> Tried:
        """The list of what is popular, as the recipe counts it."""
        return self._judged(Popularity.of(self.parts.train, recipe.blend.half_life_days))

    def recipe(self, recipe: Recipe) -> Tried:
        """What the recipe makes of the training part."""
        if recipe not in self._tried:
            train = self.parts.train
            if recipe.als not in self._axes:
                self._axes[recipe.als] = Axes.of(
                    Als.fit(self._history, len(train.movies), recipe.als, self._seed).movies
                )
            popularity = Popularity.of(train, recipe.blend.half_life_days).score
            self._tried[recipe] = self._judged(Blend.of(self._axes[recipe.als], popularity, recipe.blend))
        return self._tried[recipe]

    def model(self, model: Model) -> Tried:
        """The model itself, told what the users had before the split."""
        axis = self.parts.train.movies
        of_axis = np.array([model.index.get(movie, NO_MOVIE) for movie in axis], np.int32)
        at = {movie: number for number, movie in enumerate(axis)}
        to_axis = np.array([at.get(movie, NO_MOVIE) for movie in model.movies] + [NO_MOVIE], np.int32)
        own = self._history.rows(self.rows)
        known = of_axis[own.movies] != NO_MOVIE
        start = np.concatenate([[0], known.cumsum()])[own.start]
        told = History(start, of_axis[own.movies][known], own.weights[known])
        lists = best_unseen(model.blend, told, np.arange(len(self.rows)), K)
        return self._of(to_axis[lists])

    def settled(self, found: Recipe, incumbent: Recipe | None) -> Recipe:
        """The recipe to train with. The one that serves stays unless the one found is shown to be better, and ALS has
        no weight unless it is shown to be better than popularity alone: an interval of the paired difference above 0.
        """
        if incumbent is not None and found != incumbent:
            found = found if self.difference(self.recipe(found), self.recipe(incumbent)).low > 0 else incumbent
        if not found.blend.als_weight or self.difference(self.recipe(found), self.popularity(found)).low > 0:
            return found
        return replace(found, blend=replace(found.blend, als_weight=0.0))

    def difference(self, ours: Tried, base: Tried) -> Interval:
        """The paired difference of NDCG with its interval."""
        values = (ours.columns["ndcg"] - base.columns["ndcg"])[:, None]
        return mean_intervals(values, np.random.default_rng(self._seed))[0]

    def _judged(self, scorer: Scorer) -> Tried:
        return self._of(best_unseen(scorer, self._history, self.rows, K))

    def _of(self, lists: NDArray[np.int32]) -> Tried:
        hits, lengths = hits_of(lists, self._relevant), self._relevant.lengths
        columns = {
            "hit": metrics.hit(hits),
            "recall": metrics.recall(hits, lengths),
            "ndcg": metrics.ndcg(hits, lengths),
        }
        shown = np.unique(lists[lists != NO_MOVIE])
        return Tried(columns, len(shown) / len(self.parts.train.movies), len(np.unique(lists, axis=0)) / len(lists))
