"""Selection: the parameters of every model, chosen on validation data inside the training part."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cf.als import Als, AlsParameters
from cf.blend import Axes, Blend, BlendParameters
from cf.interactions import History, Interactions
from cf.linear import Linear, LinearParameters
from cf.lists import Scorer, best_unseen, hits_of
from cf.metrics import ndcg
from cf.neighbours import ItemNeighbours, NeighbourParameters
from cf.popularity import Popularity
from cf.splits import Split, Splitter, rolling
from core.errors import TrainingError

P = TypeVar("P")
Floats = NDArray[np.float64]

SEARCH_USERS = 20_000  # users that the search fits: a fit takes seconds, whatever the size of the site
JUDGED_USERS = 1_000  # users that judge a setting: the standard error of NDCG is then about .005, shared by all
LEAST_JUDGED = 200  # fewer users later than one point in time choose hardly better than chance: more points are taken
_RANK = 20
_LINEAR_FILMS = 4_000  # a fit of the search takes a second

_ALS = [
    AlsParameters(factors, regularization, alpha, iterations=3)
    for factors, regularization, alpha in product((8, 32, 128), (3.0, 10.0, 30.0), (1.5, 4.0))
]
_ROUNDS = ((6, 7), (2, 15))  # successive halving: the best 6 after 3 iterations go on to 7, the best 2 to 15
_HALF_LIVES_DAYS = (None, 1000.0, 300.0, 100.0, 30.0, 10.0, 3.0)
_NEIGHBOURS = [NeighbourParameters(n, shrinkage) for n, shrinkage in product((30, 100), (0.0, 10.0))]
_RECENCIES = (  # places, floor
    (None, 0.0), (20.0, 0.2), (20.0, 0.05), (10.0, 0.1), (10.0, 0.03), (5.0, 0.1), (5.0, 0.05), (3.0, 0.05),
)  # fmt: skip
_RIDGES = [{"ridge": ridge} for ridge in (3.0, 10.0, 30.0, 100.0)]
_ALS_WEIGHTS = [{"als_weight": weight} for weight in (0.0, 0.15, 0.4, 0.7, 0.9, 0.97, 1.0)]  # of equals: popularity
_REGULARIZATIONS = (0.3, 1.0, 3.0, 10.0, 30.0)
_LINEAR_WEIGHTS = (0.0, 0.15, 0.4, 0.7, 0.9, 1.0)
_TASTE_WEIGHTS = (0.0, 0.15, 0.4, 0.7, 0.9)  # of equals: popularity
_NAMED = 3  # films that stand for a text: of 42 real ones half name up to two that are liked, half more
STEPS = len(_ALS) + sum(keep for keep, _ in _ROUNDS)  # of one successive halving


@dataclass(frozen=True)
class Judge:
    """Judges models by the NDCG of their lists for the validation users."""

    history: History
    rows: NDArray[np.int64]
    relevant: History

    @classmethod
    def of(cls, split: Split, rng: np.random.Generator) -> Judge:
        """Raises TrainingError when no user can be judged."""
        rows = split.judged()
        if not len(rows):
            raise TrainingError(
                "no user has both earlier and later films, so no parameter can be chosen: ingest more events"
            )
        if len(rows) > JUDGED_USERS:
            rows = np.sort(rng.choice(rows, JUDGED_USERS, replace=False))
        return cls(split.train.history(), rows, split.test.history().rows(rows))

    def __call__(self, scorer: Scorer) -> Floats:
        """The NDCG of each validation user."""
        lists = best_unseen(scorer, self.history, self.rows, _RANK)
        return ndcg(hits_of(lists, self.relevant), self.relevant.lengths)


@dataclass(frozen=True)
class Chosen:
    """The parameters of a blend, with the NDCG that chose them."""

    als: AlsParameters
    blend: BlendParameters
    ndcg: float


@dataclass(frozen=True)
class Named:
    """A blend that knows of each user only what is in another history than the one that is judged."""

    blend: Blend
    known: History

    def scores(self, history: History, rows: NDArray[np.int64]) -> NDArray[np.float32]:  # noqa: ARG002  a Scorer
        """Shape (len(rows), n_movies), for these rows of `known`."""
        return self.blend.scores(self.known, rows)


@dataclass(frozen=True)
class Round:
    """One part to learn from, and who judges what was learnt."""

    part: Interactions
    judge: Judge

    @cached_property
    def n_movies(self) -> int:
        """Films of the catalogue."""
        return len(self.part.movies)

    def popularity(self, half_life_days: float | None) -> Popularity:
        """Popularity as this part has it."""
        return Popularity.of(self.part, half_life_days)


class Search:
    """One search on validation data: the training part, split the same way as the whole was.

    The same interactions, split and seed give the same choice. ALS goes by successive halving (Jamieson,
    Talwalkar 2016, AISTATS); what the blend adds costs no fit and is chosen one parameter at a time.
    """

    def __init__(
        self, training: Interactions, split: Splitter, seed: int, on_step: Callable[[], object] = lambda: None
    ) -> None:
        """`on_step` is called STEPS times by `als` and by `blend`.

        Raises TrainingError when the training part is too small to be split again.
        """
        rng = np.random.default_rng(seed)
        n_users = len(training.users)
        if n_users > SEARCH_USERS:
            keep = np.zeros(n_users, bool)
            keep[rng.choice(n_users, SEARCH_USERS, replace=False)] = True
            training = training.of_users(keep)
        self._rounds = [
            Round(parts.train, Judge.of(parts, rng))
            for place, parts in enumerate(rolling(training, split, LEAST_JUDGED))
            if not place or len(parts.judged())
        ]
        self._seed = seed
        self._on_step = on_step
        self.half_life_days: float | None
        self.half_life_days, self.popularity_ndcg = best(
            _HALF_LIVES_DAYS, lambda days: self._mean(lambda played: played.popularity(days))
        )

    @property
    def judged_users(self) -> int:
        """How many users judged each setting; who is later than several points in time counts at each."""
        return sum(len(played.judge.rows) for played in self._rounds)

    def neighbours(self) -> NeighbourParameters:
        """The best parameters of item neighbours."""
        return best(
            _NEIGHBOURS,
            lambda tried: self._mean(lambda played: ItemNeighbours.of(played.judge.history, played.n_movies, tried)),
        )[0]

    def als(self) -> AlsParameters:
        """The best parameters of ALS by itself."""

        def worth(tried: AlsParameters) -> float:
            fits = self._fits(tried)
            return self._mean(lambda played: fits[id(played)])

        return best(self._finalists(worth), worth)[0]

    def linear(self) -> LinearParameters:
        """The best parameters of the linear item model; each regularization is one fit, the rest costs none."""
        start = LinearParameters(1.0, 10.0, 0.1, self.half_life_days, 0.9)
        fits: dict[int, Linear] = {}

        def judged(tried: LinearParameters) -> Floats:
            return self._each(lambda played: replace(fits[id(played)], parameters=tried))

        def refitted(tried: LinearParameters) -> float:
            for played in self._rounds:
                popularity = played.popularity(tried.half_life_days).score
                fits[id(played)] = Linear.of(played.judge.history, popularity, tried, _LINEAR_FILMS)
            return float(judged(tried).mean())

        chosen, _ = best([replace(start, regularization=value) for value in _REGULARIZATIONS], refitted)
        refitted(chosen)
        recencies = [replace(chosen, recency_places=places, recency_floor=floor) for places, floor in _RECENCIES]
        chosen, _ = best(recencies, lambda tried: float(judged(tried).mean()))
        weighted = [replace(chosen, weight=weight) for weight in _LINEAR_WEIGHTS]
        return best(weighted, lambda tried: float(judged(tried).mean()))[0]

    def blend(self, also: Iterable[AlsParameters] = ()) -> Chosen:
        """The best parameters of ALS within a blend, and of what the blend adds.

        also : tried beside what successive halving leaves.
        """
        field = dict.fromkeys([*self._finalists(self.worth), *also])
        return max((self.tuned(als) for als in field), key=lambda chosen: chosen.ndcg)

    def worth(self, als: AlsParameters) -> float:
        """The NDCG of a usual blend with these ALS parameters, before anything that costs no fit is chosen."""
        return float(self._blended(self._axes(als), self._usual()).mean())

    def _usual(self) -> BlendParameters:
        return BlendParameters(10.0, 0.1, 10.0, self.half_life_days, 0.9)

    def _finalists(self, worth: Callable[[AlsParameters], float]) -> list[AlsParameters]:
        """What successive halving leaves, to be judged once more after all iterations."""
        field = _ALS
        for keep, iterations in _ROUNDS:
            ranked = sorted(field, key=worth, reverse=True)
            field = [replace(tried, iterations=iterations) for tried in ranked[:keep]]
        return field

    def tuned(self, als: AlsParameters) -> Chosen:
        """The best blend with these ALS parameters: one parameter after the other, the weight once more.

        A weight of 0 is only tried at the end: with it all that is chosen in between would be alike.
        """
        axes = self._axes(als)
        chosen = self._usual()
        half_lives = [{"half_life_days": days} for days in _HALF_LIVES_DAYS]
        recencies = [{"recency_places": places, "recency_floor": floor} for places, floor in _RECENCIES]
        ndcg = 0.0
        for changes in (_ALS_WEIGHTS[1:], half_lives, _ALS_WEIGHTS[1:], recencies, _RIDGES, _ALS_WEIGHTS):
            tried = [replace(chosen, **change) for change in changes]
            chosen, ndcg = best(tried, lambda parameters: float(self._blended(axes, parameters).mean()))
        return Chosen(als, self._with_taste(axes, chosen), ndcg)

    def _with_taste(self, axes: dict[int, Axes], chosen: BlendParameters) -> BlendParameters:
        """The weight for users of whom only a text is known: their best rated films stand for what it names."""

        def worth(weight: float) -> float:
            by_taste = replace(chosen, als_weight=weight, recency_places=None)
            return self._mean(
                lambda played: Named(
                    Blend.of(axes[id(played)], played.popularity(chosen.half_life_days).score, by_taste),
                    played.judge.history.best(_NAMED),
                )
            )

        return replace(chosen, taste_weight=best(_TASTE_WEIGHTS, worth)[0])

    def _blended(self, axes: dict[int, Axes], parameters: BlendParameters) -> Floats:
        return self._each(
            lambda played: Blend.of(axes[id(played)], played.popularity(parameters.half_life_days).score, parameters)
        )

    def _axes(self, parameters: AlsParameters) -> dict[int, Axes]:
        return {key: Axes.of(fit.movies) for key, fit in self._fits(parameters).items()}

    def _fits(self, parameters: AlsParameters) -> dict[int, Als]:
        self._on_step()
        return {
            id(played): Als.fit(played.judge.history, played.n_movies, parameters, self._seed)
            for played in self._rounds
        }

    def _each(self, scorer_of: Callable[[Round], Scorer]) -> Floats:
        """The NDCG of each user at each point in time."""
        return np.concatenate([played.judge(scorer_of(played)) for played in self._rounds])

    def _mean(self, scorer_of: Callable[[Round], Scorer]) -> float:
        return float(self._each(scorer_of).mean())


def best(candidates: Iterable[P], score: Callable[[P], float]) -> tuple[P, float]:
    """The candidate with the highest score, the first of equals, with its score."""
    scored = [(candidate, score(candidate)) for candidate in candidates]
    return max(scored, key=lambda pair: pair[1])
