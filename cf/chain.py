"""The chain: one ranker after the other until the list is full, filtered on every path."""

from __future__ import annotations

from collections.abc import Iterable

from cf.rankers import Viewer
from cf.serving import NO_MODEL, Serving
from core.clock import Clock
from core.decision import Attempt, Outcome, Ranking
from core.ids import MovieId, UserId
from core.user import ADULT_AGE_YEARS

_DETAIL_CHARACTERS = 200


class Recommender:
    """Answers requests from the current `serving`, which may be replaced at any time by another one."""

    def __init__(self, serving: Serving, clock: Clock) -> None:
        self.serving = serving
        self._clock = clock

    @property
    def version(self) -> str:
        """The version of the model that serves now, "none" without one."""
        return self.serving.version

    def recommend(self, user: UserId, k: int, budget_ms: float) -> Ranking:
        """Up to `k` films for `user`, best first. Never raises.

        Rankers are asked in order, each for what is still missing. One that fails, knows nothing of the user,
        has too few films or finds the budget spent is a recorded attempt. What a ranker brings too late is in
        hand and stays; the rankers after it are not asked any more, but the last one always is, when films
        are missing.
        """
        serving, monotonic = self.serving, self._clock.monotonic
        began = monotonic()
        deadline = began + budget_ms / 1000
        attempts: list[Attempt] = []
        try:
            viewer = serving.viewer(user)
        except Exception as error:  # noqa: BLE001  the edge of a request: who is not known gets the safest list
            viewer = Viewer()
            attempts.append(Attempt("viewer", Outcome.FAILED, 0, _microseconds(began, monotonic()), _detail(error)))
        chosen: dict[MovieId, None] = {}
        taken: dict[str, set[MovieId]] = {"seen": set(), "disliked": set(), "age": set()}
        served_by_model = False
        for ranker in serving.rankers:
            last = ranker is serving.rankers[-1]
            began, had, detail = monotonic(), len(chosen), ""
            if began > deadline and not last:
                attempts.append(Attempt(ranker.name, Outcome.LATE, 0, 0))
                continue
            try:
                films = ranker.films(viewer)
                outcome = (
                    Outcome.NOT_FOR_USER if films is None else self._take(films, viewer, serving, k, chosen, taken)
                )
            except Exception as error:  # noqa: BLE001  the edge of a request: the next ranker takes over
                outcome, detail = Outcome.FAILED, _detail(error)
            ended = monotonic()
            if ended > deadline and outcome in (Outcome.SERVED, Outcome.SHORT):
                outcome = Outcome.LATE
            attempts.append(Attempt(ranker.name, outcome, len(chosen) - had, _microseconds(began, ended), detail))
            served_by_model |= len(chosen) > had and not last
            if len(chosen) >= k:
                break
        model = serving.version if served_by_model else NO_MODEL
        filtered = tuple((name, len(movies)) for name, movies in taken.items() if movies)
        return Ranking(tuple(chosen), model, tuple(attempts), filtered)

    @staticmethod
    def _take(
        films: Iterable[MovieId],
        viewer: Viewer,
        serving: Serving,
        k: int,
        chosen: dict[MovieId, None],
        taken: dict[str, set[MovieId]],
    ) -> Outcome:
        """Add films to `chosen` until it holds k; what the viewer may not get, to `taken`."""
        seen, disliked, age, limits = viewer.seen, viewer.disliked, viewer.age, serving.limits
        for movie in films:
            if len(chosen) >= k:
                break
            if movie in seen:
                taken["seen"].add(movie)
            elif movie in disliked:
                taken["disliked"].add(movie)
            elif age < ADULT_AGE_YEARS and limits.get(movie, ADULT_AGE_YEARS) > age:
                taken["age"].add(movie)
            else:
                chosen[movie] = None
        return Outcome.SERVED if len(chosen) >= k else Outcome.SHORT


def _microseconds(began: float, ended: float) -> int:
    return round((ended - began) * 1_000_000)


def _detail(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_DETAIL_CHARACTERS]
