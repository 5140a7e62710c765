"""The tally: what a live world truly did, by day, user and what served, to the last line and billionth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import asdict, astuple, dataclass, fields
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, TypeVar

from core.events import AccountCreated, Event, MinuteWatched, RatingGiven, RecommendationRequested
from core.ids import MovieId, UserId
from core.money import Usd
from simulator.client import TIMEOUT

G = TypeVar("G", bound=Hashable)


@dataclass(slots=True)
class Totals:
    """Counts of any group of events. All are whole numbers, so that groups add up to the last digit.

    visits : of users; a satisfied user's next one comes sooner. liking_milli / visits is the mean satisfaction.
    answered, late, failed : how the requests ended; together they are all requests.
    shown, shown_liking_milli : films on lists, and the sum of their true affinities, in thousandths.
    plays : a user's first minute of a film; picked of them from the list, the others found alone.
    fees_nano : billionths of a dollar, one fee a play. liking_milli : sum of the true affinities of the films played.
    stars : their sum over the ratings, as they were given.
    """

    visits: int = 0
    requests: int = 0
    answered: int = 0
    late: int = 0
    failed: int = 0
    shown: int = 0
    shown_liking_milli: int = 0
    plays: int = 0
    picked: int = 0
    liking_milli: int = 0
    fees_nano: int = 0
    minutes: int = 0
    ratings: int = 0
    stars: int = 0
    accounts: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(*(one + another for one, another in zip(astuple(self), astuple(other), strict=True)))

    @property
    def fees(self) -> Usd:
        return Usd(self.fees_nano)


@dataclass(frozen=True, slots=True)
class Cause:
    """What led to an event.

    model, arm : which served the list of the visit, as the answer said; empty when there was no list, or it did not
    say. picked : whether the film was on that list. liking_milli : true affinity of the film, or of all films shown
    together, in thousandths.
    """

    model: str = ""
    arm: str = ""
    picked: bool = False
    liking_milli: int = 0


UNCAUSED = Cause()


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """The finest group that is told apart."""

    day: date
    user: UserId
    model: str
    arm: str


class Tally:
    """Adds up events as they truly happened, before any trouble with their lines.

    Nobody watches a minute of a film twice or rates a film twice: each event is one more.
    """

    def __init__(self, fee: Callable[[MovieId, datetime], Usd]) -> None:
        """`fee` is what a play of a film costs at a time."""
        self._fee = fee
        self.groups: defaultdict[Group, Totals] = defaultdict(Totals)
        self.total = Totals()
        self._played: set[tuple[UserId, MovieId]] = set()

    def add(self, event: Event, cause: Cause = UNCAUSED) -> None:
        """Count one event in."""
        play_nano = self._play_nano(event)
        for totals in (self._group(event.time, event.user, cause), self.total):
            _count(event, cause, play_nano, totals)

    def add_visit(self, time: datetime, user: UserId, cause: Cause) -> None:
        """Count a visit in."""
        for totals in (self._group(time, user, cause), self.total):
            totals.visits += 1

    def _group(self, time: datetime, user: UserId, cause: Cause) -> Totals:
        return self.groups[Group(time.date(), user, cause.model, cause.arm)]

    def _play_nano(self, event: Event) -> int | None:
        """The fee when the event is the beginning of a play, else None."""
        if not isinstance(event, MinuteWatched) or (event.user, event.movie) in self._played:
            return None
        self._played.add((event.user, event.movie))
        return self._fee(event.movie, event.time).nano


def _count(event: Event, cause: Cause, play_nano: int | None, totals: Totals) -> None:
    match event:
        case MinuteWatched():
            totals.minutes += 1
            if play_nano is not None:
                totals.plays += 1
                totals.picked += cause.picked
                totals.liking_milli += cause.liking_milli
                totals.fees_nano += play_nano
        case RatingGiven(stars=stars):
            totals.ratings += 1
            totals.stars += stars
        case AccountCreated():
            totals.accounts += 1
        case RecommendationRequested(status=status, movies=movies, error=error):
            totals.requests += 1
            totals.shown += len(movies)
            totals.shown_liking_milli += cause.liking_milli
            if status == HTTPStatus.OK:
                totals.answered += 1
            elif error.startswith(TIMEOUT):
                totals.late += 1
            else:
                totals.failed += 1


def totals_by(groups: Mapping[Group, Totals], of: Callable[[Group], G]) -> dict[G, Totals]:
    """The groups added up by what `of` makes of them.

    >>> group = Group(date(2026, 2, 1), UserId(7), "m1", "")
    >>> totals_by({group: Totals(plays=2)}, lambda group: group.user)[7].plays
    2
    """
    sums: dict[G, Totals] = {}
    for group, totals in groups.items():
        sums[of(group)] = sums.get(of(group), Totals()) + totals
    return sums


def as_json(groups: Mapping[Group, Totals]) -> dict[str, Any]:
    """Stable keys: `total`, `days` by date, `models` and `arms` by what served, "" where nothing did."""
    return {
        "total": asdict(sum(groups.values(), Totals())),
        "days": _named(totals_by(groups, lambda group: group.day.isoformat())),
        "models": _named(totals_by(groups, lambda group: group.model)),
        "arms": _named(totals_by(groups, lambda group: group.arm)),
    }


def _named(sums: Mapping[str, Totals]) -> dict[str, dict[str, int]]:
    return {name: asdict(totals) for name, totals in sorted(sums.items())}


COUNTS = tuple(item.name for item in fields(Totals))
