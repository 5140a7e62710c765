"""Pacing of calls: never above a rate, and a longer, jittered wait before each repetition."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random

from core.clock import Clock

FIRST_BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 30.0


class Pace:
    """Lets at most `per_second` calls a second through, evenly spaced."""

    def __init__(self, per_second: float, clock: Clock) -> None:
        self._gap = 1 / per_second
        self._clock = clock
        self._next = clock.monotonic()

    def wait(self) -> None:
        """Return when the next call may be made."""
        now = self._clock.monotonic()
        if now < self._next:
            self._clock.sleep(self._next - now)
        self._next = max(now, self._next) + self._gap


def backoff_seconds(failures: int, rng: Random) -> float:
    """How long to wait after the `failures`-th failure in a row (from 1): doubling, then halved by chance.

    Between half of the doubling wait and all of it, so that clients that failed together do not return together.
    Source: "equal jitter" of Brooker 2015, Exponential Backoff and Jitter (AWS Architecture Blog).
    """
    wait = min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** (failures - 1))
    return rng.uniform(wait / 2, wait)


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """The wait that a Retry-After header asks for, None when there is none that can be read.

    Source: RFC 9110, section 10.2.3: a number of seconds or an HTTP date.

    >>> retry_after_seconds("Fri, 20 Nov 2026 10:00:30 GMT", datetime(2026, 11, 20, 10, tzinfo=UTC))
    30.0
    """
    value = (header or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    if when.tzinfo is None:  # "-0000" says: UTC, place unknown
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())
