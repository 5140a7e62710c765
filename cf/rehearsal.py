"""A rehearsal: a model serves a sample of users as it would in earnest, before it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cf.chain import Recommender
from cf.model import Model
from cf.serving import Serving
from cf.suitability import UNKNOWN_AGE_YEARS, shown_age
from core.clock import Clock
from core.decision import Outcome
from core.ids import MovieId, UserId
from core.money import Usd
from core.movie import Movie
from core.user import ADULT_AGE_YEARS

K = 20
MINORS = 300  # sampled; the site has 1.25 % of them
_STRANGERS = [UserId(2**31 - 1 - number) for number in range(5)]  # whom no model knows and whose age is unknown
_NO_BUDGET_MS = 60_000.0  # how long a list takes is measured here: nothing may be cut off
_WEIGHTS = 1 / np.log2(np.arange(K) + 2)  # how likely each position is picked, as NDCG has it


@dataclass(frozen=True)
class Rehearsal:
    """What came of it.

    unsuitable : films for older people on lists of minors (and of users of unknown age).
    offered : rows of minors in the table of candidates that hold such films: only a later filter keeps them back.
    failed : attempts that raised. short : lists of adults with fewer than 20 films.
    list_ms : the middle one and the slowest 5 %, in milliseconds.
    fee : what a pick from a list costs, in the mean; None where no fee is known.
    """

    lists: int
    minors: int
    unsuitable: int
    offered: int
    failed: int
    short: int
    list_ms: float
    slow_ms: float
    fee: Usd | None

    @classmethod
    def of(
        cls,
        model: Model,
        catalogue: Sequence[Movie],
        ages_years: Mapping[UserId, int | None],
        users: Iterable[UserId],
        fees: Mapping[MovieId, Usd],
        clock: Clock,
    ) -> Rehearsal:
        """Lists for `users`, for MINORS of the model's users and for strangers."""
        serving = Serving.of(catalogue, model)
        ages = {user: shown_age(years) for user, years in ages_years.items()}
        recommender = Recommender(replace(serving, ages=ages), clock)
        minors = [user for user in map(UserId, model.users.tolist()) if _age(ages, user) < ADULT_AGE_YEARS]
        sampled = minors[:: max(1, len(minors) // MINORS)][:MINORS]
        unsuitable = failed = short = 0
        times, costs = [], []
        asked = [*users, *sampled, *_STRANGERS]
        for user in asked:
            began = clock.monotonic()
            ranking = recommender.recommend(user, K, _NO_BUDGET_MS)
            times.append((clock.monotonic() - began) * 1000)
            age = _age(ages, user)
            unsuitable += sum(serving.limits.get(movie, ADULT_AGE_YEARS) > age for movie in ranking.movies)
            failed += sum(attempt.outcome is Outcome.FAILED for attempt in ranking.attempts)
            short += age >= ADULT_AGE_YEARS and len(ranking.movies) < K
            costs.append(_fee_of_pick(ranking.movies, fees))
        known = [cost for cost in costs if cost is not None]
        return cls(
            lists=len(asked),
            minors=len(sampled) + len(_STRANGERS),
            unsuitable=unsuitable,
            offered=_offered(model, serving.limits, ages),
            failed=failed,
            short=short,
            list_ms=float(np.median(times)),
            slow_ms=float(np.quantile(times, 0.95)),
            fee=Usd(round(sum(known) / len(known))) if known else None,
        )


def _age(ages: Mapping[UserId, int], user: UserId) -> int:
    return ages.get(user, UNKNOWN_AGE_YEARS)


def _offered(model: Model, limits: Mapping[MovieId, int], ages: Mapping[UserId, int]) -> int:
    """Rows of the candidates made for an age that hold a film for older people; a row for another age is not used."""
    of_movie = np.array([limits.get(movie, ADULT_AGE_YEARS) for movie in model.movies] + [0], np.int8)
    table = model.candidates
    now = np.array([_age(ages, UserId(user)) for user in model.users.tolist()], np.int8)
    used = np.flatnonzero((table.ages < ADULT_AGE_YEARS) & (table.ages == now))
    return int((of_movie[table.movies[used]] > table.ages[used, None]).any(axis=1).sum())


def _fee_of_pick(movies: Sequence[MovieId], fees: Mapping[MovieId, Usd]) -> float | None:
    """What a pick costs in billionths of a dollar, over the films whose fee is known; None when there is none."""
    weights = [weight for movie, weight in zip(movies, _WEIGHTS.tolist(), strict=False) if movie in fees]
    known = [fees[movie].nano for movie in movies if movie in fees]
    return float(np.dot(weights, known) / sum(weights)) if known else None
