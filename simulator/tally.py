"""The tally: what a live world truly did, by day and in total, to be compared to the last line and billionth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from core.events import AccountCreated, Event, MinuteWatched, RatingGiven, RecommendationRequested
from core.ids import MovieId, UserId
from core.money import Usd
from simulator.client import TIMEOUT


@dataclass(slots=True)
class Totals:
    """Counts of one day or of all days.

    plays : a user's first minute of a film. fees_nano : billionths of a dollar, one fee a play.
    answered, late, failed : how the requests ended; together they are all requests.
    """

    requests: int = 0
    answered: int = 0
    late: int = 0
    failed: int = 0
    plays: int = 0
    minutes: int = 0
    ratings: int = 0
    accounts: int = 0
    fees_nano: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(*(getattr(self, item.name) + getattr(other, item.name) for item in fields(self)))

    @property
    def fees(self) -> Usd:
        return Usd(self.fees_nano)


class Tally:
    """Adds up events as they truly happened, before any trouble with their lines.

    Nobody watches a minute of a film twice or rates a film twice: each event is one more.
    """

    def __init__(self, fee: Callable[[MovieId, datetime], Usd]) -> None:
        """`fee` is what a play of a film costs at a time."""
        self._fee = fee
        self._days: dict[date, Totals] = {}
        self._played: set[tuple[UserId, MovieId]] = set()

    def add(self, event: Event) -> None:
        """Count one event in."""
        day = self._days.setdefault(event.time.date(), Totals())
        match event:
            case MinuteWatched():
                day.minutes += 1
                self._add_play(event, day)
            case RatingGiven():
                day.ratings += 1
            case AccountCreated():
                day.accounts += 1
            case RecommendationRequested(status=status, error=error):
                day.requests += 1
                if status == HTTPStatus.OK:
                    day.answered += 1
                elif error.startswith(TIMEOUT):
                    day.late += 1
                else:
                    day.failed += 1

    def _add_play(self, event: MinuteWatched, day: Totals) -> None:
        pair = event.user, event.movie
        if pair not in self._played:
            self._played.add(pair)
            day.plays += 1
            day.fees_nano += self._fee(event.movie, event.time).nano

    def total(self) -> Totals:
        """All days together."""
        return sum(self._days.values(), Totals())

    def as_json(self) -> dict[str, Any]:
        """Stable keys: `total`, and `days` by date."""
        days = {day.isoformat(): asdict(totals) for day, totals in sorted(self._days.items())}
        return {"total": asdict(self.total()), "days": days}
