"""The caller: the world's users visiting the site, asking for recommendations and reacting to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.clock import Clock
from core.events import Event, MinuteWatched, RatingGiven, RecommendationRequested
from core.ids import MovieId, UserId
from simulator.client import Outcome, RecommendationClient
from simulator.judge import Judge
from simulator.lines import format_event
from simulator.truth import Truth
from simulator.viewings import react
from simulator.world import LOG

MINUTE = timedelta(milliseconds=50)  # a film's minute in the live world: two hours pass in six seconds
APPEAL = 1.0  # a film one standard deviation nearer to a taste is picked e times as often
FATIGUE = 0.1  # each position further down is picked e^0.1 times less often
ELSEWHERE = 15.0  # weight of picking nothing: a list of films at affinity 0 is left in two thirds of the visits


@dataclass(frozen=True, slots=True)
class CallerReport:
    """What the site saw of the service, and what only it can know.

    affinity, popular_affinity : mean true affinity of the films shown and of popular films instead (see `Judge`).
    unsuitable : films shown to users who are too young for them, by the truth.
    """

    answered: int
    late: int
    failed: int
    slowest_ms: int
    plays: int
    ratings: int
    affinity: float | None
    popular_affinity: float | None
    unsuitable: int


class Caller:
    """Visits of the world's users: each asks the service, may watch one film of its list, and may rate it.

    What happens is appended to the event log at the clock's time; a viewing's minutes are written at once and
    follow each other faster than in life.
    """

    def __init__(self, folder: Path, url: str, *, clock: Clock, rng: np.random.Generator) -> None:
        """The world in `folder` calls the service at `url`. Raises WorldError when there is no world."""
        self._truth = Truth.load(folder)
        self._log = folder / LOG
        self._clock = clock
        self._rng = rng
        self._movies = [MovieId(name) for name in self._truth.movie_ids.tolist()]
        self._places = {movie: place for place, movie in enumerate(self._movies)}
        self._client = RecommendationClient(url, self._movies, clock)
        self._judge = Judge(self._truth)
        self._chances = self._truth.activity / self._truth.activity.sum()
        self._seen: dict[int, set[int]] = {}
        self._counts: Counter[str] = Counter()
        self._slowest_ms = 0

    def run(self, visits: int, progress: Callable[[int], None] = lambda _: None) -> CallerReport:
        """Make `visits` visits, one after another, and report on all visits so far."""
        for _ in range(visits):
            self.visit()
            progress(1)
        return self.report()

    def visit(self) -> None:
        """One user opens the site. Never raises for what the service does."""
        user = int(self._rng.choice(len(self._chances), p=self._chances))
        events = self._events(user)
        with open(self._log, "a", encoding="utf-8") as file:
            file.writelines(f"{format_event(event)}\n" for event in events)

    def report(self) -> CallerReport:
        """What was seen until now."""
        return CallerReport(
            answered=self._counts[Outcome.ANSWERED],
            late=self._counts[Outcome.LATE],
            failed=self._counts[Outcome.FAILED],
            slowest_ms=self._slowest_ms,
            plays=self._counts["plays"],
            ratings=self._counts["ratings"],
            affinity=self._judge.affinity,
            popular_affinity=self._judge.popular_affinity,
            unsuitable=self._judge.unsuitable,
        )

    def _events(self, user: int) -> list[Event]:
        """What happens in one visit, in order of time."""
        user_id = UserId(int(self._truth.user_ids[user]))
        answer = self._client.ask(user_id)
        now = self._clock.now()
        self._counts[answer.outcome] += 1
        self._slowest_ms = max(self._slowest_ms, answer.elapsed_ms)
        request = RecommendationRequested(
            now, user_id, self._client.host, answer.status, answer.movies, answer.error, answer.elapsed_ms
        )
        films = np.array([self._places[movie] for movie in answer.movies], dtype=np.int64)
        seen = self._seen_by(user)
        self._judge.judge(user, films, seen)
        film = self._pick(user, films, seen)
        if film is None:
            return [request]
        seen.add(film)
        return [request, *self._viewing(user, film, now)]

    def _pick(self, user: int, films: NDArray[np.int64], seen: set[int]) -> int | None:
        """The film of a list that the user watches, or none: position and taste decide."""
        weights = np.exp(APPEAL * self._truth.affinity(user, films) - FATIGUE * np.arange(len(films)))
        weights[np.isin(films, list(seen))] = 0
        weights = np.append(weights, ELSEWHERE)
        place = int(self._rng.choice(len(weights), p=weights / weights.sum()))
        return int(films[place]) if place < len(films) else None

    def _viewing(self, user: int, film: int, now: datetime) -> list[Event]:
        """The minutes watched, and stars if the user gives any."""
        affinity = self._truth.affinity(user, np.array([film]))
        (minutes,), (stars,) = (
            column.tolist() for column in react(affinity, self._truth.runtimes[[film]], self._rng)
        )
        user_id, movie = UserId(int(self._truth.user_ids[user])), self._movies[film]
        self._counts["plays"] += 1
        self._counts["ratings"] += stars > 0
        watched = [MinuteWatched(now + MINUTE * (minute + 1), user_id, movie, minute) for minute in range(minutes)]
        return [*watched, RatingGiven(now + MINUTE * (minutes + 1), user_id, movie, stars)] if stars else [*watched]

    def _seen_by(self, user: int) -> set[int]:
        """Films that the user watched, in the history and since."""
        if user not in self._seen:
            self._seen[user] = set(self._truth.seen_film[self._truth.seen_user == user].tolist())
        return self._seen[user]
