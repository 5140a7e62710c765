"""Ctrl-C and SIGTERM for a simulated site: they wake whoever sleeps, and leave alone whoever works."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from core.clock import Clock


class InterruptibleClock:
    """A clock whose `sleep` raises KeyboardInterrupt when a signal has come.

    Between two sleeps nothing is interrupted: a line that is written is counted too.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._is_asleep = self._is_asked = False

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        self._is_asleep = True
        try:
            if self._is_asked:
                raise KeyboardInterrupt
            self._clock.sleep(seconds)
        finally:
            self._is_asleep = False

    @contextmanager
    def woken_by_signals(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM over meanwhile; the first one counts. For the main thread only."""
        before = {number: signal.signal(number, self._wake) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _wake(self, *_: object) -> None:
        if not self._is_asked:
            self._is_asked = True
            if self._is_asleep:
                raise KeyboardInterrupt
