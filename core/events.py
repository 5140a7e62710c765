"""Events: what the site's log tells us of its users, one value a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.ids import MovieId, UserId


@dataclass(frozen=True, slots=True)
class MinuteWatched:
    """One minute of a film was fetched; minutes count from 0."""

    time: datetime
    user: UserId
    movie: MovieId
    minute: int


@dataclass(frozen=True, slots=True)
class RatingGiven:
    """A user gave stars, 1 to 10 (1 to 5 in logs until 2025)."""

    time: datetime
    user: UserId
    movie: MovieId
    stars: int


@dataclass(frozen=True, slots=True)
class AccountCreated:
    """A new user signed up."""

    time: datetime
    user: UserId


@dataclass(frozen=True, slots=True)
class RecommendationRequested:
    """A recommendation request as the caller saw it.

    Exactly one of `movies` and `error` says something: a status-200 line has a list (it may be empty),
    any other line keeps its result text as `error`.
    """

    time: datetime
    user: UserId
    host: str
    status: int
    movies: tuple[MovieId, ...]
    error: str
    elapsed_ms: int


Event = MinuteWatched | RatingGiven | AccountCreated | RecommendationRequested


class Reason(StrEnum):
    """Why a line was rejected. The list is short and fixed: it becomes a metric label."""

    EMPTY = "empty line or null value"
    ENCODING = "not valid UTF-8"
    TOO_LONG = "line too long"
    FIELDS = "fewer than three fields"
    TIME = "no valid time"
    USER = "no valid user id"
    KIND = "unknown kind of event"
    MOVIE = "no valid film id"
    MINUTE = "no valid minute"
    STARS = "stars not a number"
    STARS_RANGE = "stars out of range"
    REQUEST = "recommendation request not readable"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that we could not use, kept as it came so that it can be counted and replayed."""

    line: bytes
    reason: Reason
