"""A decision: the list that a request was answered with, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.ids import MovieId, RequestId, UserId


class Outcome(StrEnum):
    """How a ranker's attempt ended."""

    SERVED = "served"
    NOT_FOR_USER = "not for this user"  # the ranker knows nothing of this user
    SHORT = "too few films"  # what it had was filtered away; the next ranker fills up
    LATE = "out of time"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One ranker's try at a list; a fallback is never silent because of these."""

    ranker: str
    outcome: Outcome
    movies: int  # how many films of the answer are this ranker's
    elapsed_us: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Ranking:
    """A list for one user, best first, with all that led to it.

    `filtered` says how many of the films that rankers offered each filter took away (names: "seen",
    "disliked", "age").
    """

    movies: tuple[MovieId, ...]
    model: str  # version of the model that served; "none" when only the last resort was there
    attempts: tuple[Attempt, ...]
    filtered: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What one request was answered with: the row of the ledger that everything else refers to."""

    request: RequestId
    time: datetime
    user: UserId
    arm: str
    ranking: Ranking
    elapsed_us: int
