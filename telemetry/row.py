"""The row of a decision: what decisions share is a pattern, written once; the rest are a few short fields."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from core.decision import Attempt, Decision, Outcome, Ranking
from core.ids import MovieId, RequestId, UserId
from telemetry import varint

Pattern = tuple[str, str, tuple[tuple[str, str, str], ...], tuple[str, ...]]
"""Arm, model, (ranker, outcome, detail) of each attempt, names of the filters."""

Row = tuple[int, int, int, int, bytes, bytes, int]
"""The columns of `decisions` from `request` to `elapsed_us`."""

DETAIL_MAX = 200  # a detail may carry an error's text; a pattern must stay short
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def pattern_of(decision: Decision) -> Pattern:
    """What this decision has in common with many others."""
    ranking = decision.ranking
    return (
        decision.arm,
        ranking.model,
        tuple([(item.ranker, item.outcome.value, item.detail[:DETAIL_MAX]) for item in ranking.attempts]),
        tuple([name for name, _ in ranking.filtered]),
    )


def pattern_text(pattern: Pattern) -> str:
    """The pattern as JSON: equal patterns give equal texts."""
    return json.dumps(pattern, separators=(",", ":"))


def encode(decision: Decision, pattern: int, film_number: Callable[[MovieId], int]) -> Row:
    """The decision as a row. Raises ValueError when a count or a span is negative.

    `numbers` are the films and the microseconds of each attempt, then the films that each filter took away.
    """
    ranking = decision.ranking
    numbers: list[int] = []
    for attempt in ranking.attempts:
        numbers += attempt.movies, attempt.elapsed_us
    numbers += [count for _, count in ranking.filtered]
    return (
        decision.request,
        to_us(decision.time),
        decision.user,
        pattern,
        varint.encode(map(film_number, ranking.movies)),
        varint.encode(numbers),
        decision.elapsed_us,
    )


def decode(row: Row, pattern: str, film_id: Callable[[int], MovieId]) -> Decision:
    """The inverse of `encode`, with the text of the row's pattern; details come back shortened."""
    request, at_us, user, _, movies, numbers, elapsed_us = row
    arm, model, attempts, filters = json.loads(pattern)
    counts = iter(varint.decode(numbers))
    return Decision(
        request=RequestId(request),
        time=from_us(at_us),
        user=UserId(user),
        arm=arm,
        ranking=Ranking(
            movies=tuple(map(film_id, varint.decode(movies))),
            model=model,
            attempts=tuple(
                Attempt(ranker, Outcome(outcome), next(counts), next(counts), detail)
                for ranker, outcome, detail in attempts
            ),
            filtered=tuple((name, next(counts)) for name in filters),
        ),
        elapsed_us=elapsed_us,
    )


def to_us(time: datetime) -> int:
    """Whole microseconds since 1970 UTC."""
    return (time - _UNIX) // _MICROSECOND


def from_us(at_us: int) -> datetime:
    """The inverse of `to_us`."""
    return _UNIX + at_us * _MICROSECOND
