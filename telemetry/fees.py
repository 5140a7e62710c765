"""The fees that expected licence costs are computed from: read again now and then, by the thread that writes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from core.clock import Clock
from core.errors import MatineeError
from core.ids import MovieId
from core.money import Usd
from telemetry.metrics import Metrics

FRESH_S = 600.0  # fees are read once a day at most; ten minutes later the ledger follows

_log = logging.getLogger(__name__)


class Fees:
    """The fee of one play by film, at most FRESH_S old; what can not be read anew is used for as long again."""

    def __init__(self, read: Callable[[], Mapping[MovieId, Usd]], clock: Clock, metrics: Metrics) -> None:
        """`read` gives the fees as of now, or raises a MatineeError. It is not called before it is needed."""
        self._read = read
        self._clock = clock
        self._metrics = metrics
        self._fees: Mapping[MovieId, Usd] = {}
        self._due = clock.monotonic()

    def __call__(self) -> Mapping[MovieId, Usd]:
        """The fees; films whose fee is not known are absent."""
        now = self._clock.monotonic()
        if now >= self._due:
            self._due = now + FRESH_S
            try:
                self._fees = self._read()
            except MatineeError as error:
                _log.warning("fees stay as they were: %s", error)
                self._metrics.failed("fees")
        return self._fees
