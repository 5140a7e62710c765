"""Effects: what a stretch of the log does to the store, added up so that 110 lines of a viewing become one row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import assert_never

from core.events import AccountCreated, Event, MinuteWatched, RatingGiven, Reason, RecommendationRequested
from core.ids import MovieId, UserId
from ingest.plays import PLAY_GAP_US, Play, united

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ROW_BYTES = 200  # of a rejected line or a request without its text
_MICROSECOND = timedelta(microseconds=1)


def microseconds(time: datetime) -> int:
    """Microseconds since 1970 UTC, exact.

    >>> microseconds(datetime(1970, 1, 1, 0, 0, 1, 5, UTC))
    1000005
    """
    return (time - _EPOCH) // _MICROSECOND


@dataclass(frozen=True, slots=True)
class RejectedAt:
    """A rejected line, up to KEPT_BYTES_MAX, and where it stood; `line` is None for a null value."""

    source: str
    partition: int
    position: int
    line: bytes | None
    reason: Reason


@dataclass(slots=True)
class Effects:
    """The sum of any number of lines. Adding a line twice changes nothing but the counts.

    watches : by user and film: the set of minutes seen as bits of an int, first time, last time
    plays : by user and film, where it is more than one: the plays in order
    ratings : by user and film: time, stars; the last one by time counts, of equal times the later line
    accounts : by user: the earliest time
    requests : each different request once, in order of arrival
    held_bytes : memory that rejected lines and requests take, about; the rest adds up
    kinds : lines by kind of event; together with `rejected` they are all lines
    span : first and last time of the events, None when there is none
    """

    watches: dict[tuple[UserId, MovieId], tuple[int, int, int]] = field(default_factory=dict)
    plays: dict[tuple[UserId, MovieId], list[Play]] = field(default_factory=dict)
    ratings: dict[tuple[UserId, MovieId], tuple[int, int]] = field(default_factory=dict)
    accounts: dict[UserId, int] = field(default_factory=dict)
    requests: dict[RecommendationRequested, None] = field(default_factory=dict)
    rejected: list[RejectedAt] = field(default_factory=list)
    held_bytes: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    span: tuple[int, int] | None = None

    @property
    def lines(self) -> int:
        return self.kinds.total() + len(self.rejected)

    def add(self, event: Event) -> None:
        """Count one event in."""
        at_us = microseconds(event.time)
        self.widen(at_us, at_us)
        match event:
            case MinuteWatched(user=user, movie=movie, minute=minute):
                self.kinds["minutes"] += 1
                self.add_watch(user, movie, 1 << minute, at_us, at_us)
            case RatingGiven(user=user, movie=movie, stars=stars):
                self.kinds["ratings"] += 1
                known = self.ratings.get((user, movie))
                if known is None or known[0] <= at_us:
                    self.ratings[user, movie] = at_us, stars
            case AccountCreated(user=user):
                self.kinds["accounts"] += 1
                self.accounts[user] = min(at_us, self.accounts.get(user, at_us))
            case RecommendationRequested():
                self.kinds["requests"] += 1
                self.requests[event] = None
                self.held_bytes += _ROW_BYTES + len(event.error) + sum(map(len, event.movies))
            case _:
                assert_never(event)

    def reject(self, line: RejectedAt) -> None:
        """Count one rejected line in."""
        self.rejected.append(line)
        self.held_bytes += _ROW_BYTES + len(line.line or b"")

    def add_watch(self, user: UserId, movie: MovieId, seen: int, first_us: int, last_us: int) -> None:
        """Unite the minutes in `seen`, of one play, with those known of this user and film.

        Counts and span are the caller's.
        """
        pair = user, movie
        known = self.watches.get(pair)
        if known is None:
            self.watches[pair] = seen, first_us, last_us
            return
        begin_us, end_us = min(known[1], first_us), max(known[2], last_us)
        if end_us - begin_us >= PLAY_GAP_US:  # else nothing can lie six hours apart
            plays = united([*self.plays.pop(pair, [known[1:]]), (first_us, last_us)])
            if len(plays) > 1:
                self.plays[pair] = plays
        self.watches[pair] = known[0] | seen, begin_us, end_us

    def widen(self, first_us: int, last_us: int) -> None:
        """Let the span hold both times."""
        if self.span is not None:
            first_us, last_us = min(self.span[0], first_us), max(self.span[1], last_us)
        self.span = first_us, last_us
