"""Warnings that are said seldom: trouble that lasts is one line in a while, and not one for each user."""

from __future__ import annotations

import logging

from core.clock import Clock


class Seldom:
    """Says each kind of trouble at most once in `every_s` seconds. For one thread at a time."""

    def __init__(self, log: logging.Logger, clock: Clock, every_s: float) -> None:
        self._log = log
        self._clock = clock
        self._every_s = every_s
        self._silent_until_s: dict[str, float] = {}

    def say(self, trouble: str, cause: object) -> None:
        """Warn of this trouble with its cause, unless that was done a short while ago."""
        now_s = self._clock.monotonic()
        if now_s >= self._silent_until_s.get(trouble, now_s):
            self._silent_until_s[trouble] = now_s + self._every_s
            self._log.warning("%s: %s", trouble, cause)
