"""A clock of the simulated site that runs faster, or slower, than the machine's."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.clock import Clock


class ScaledClock:
    """Begins at `start` and runs `speed` times as fast as `clock`; a sleep is that much shorter.

    >>> from core.clock import ManualClock
    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    >>> real = ManualClock(noon)
    >>> fast = ScaledClock(real, noon, speed=60)
    >>> fast.sleep(3600); real.monotonic(), fast.now().hour
    (60.0, 13)
    """

    def __init__(self, clock: Clock, start: datetime, speed: float) -> None:
        self._clock = clock
        self._start = start
        self._speed = speed
        self._begin = clock.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (self._clock.monotonic() - self._begin) * self._speed

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds / self._speed)
