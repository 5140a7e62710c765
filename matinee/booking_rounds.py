"""Booking rounds: while ingest follows the log, plays are booked, shared and learned from, in a thread beside it."""

from __future__ import annotations

import logging
import threading

from core.clock import Clock
from core.errors import MatineeError
from core.settings import Settings
from matinee.booking import book
from telemetry import Booked, Metrics, ShareBook, learn_picks

ROUND_S = 5.0  # from one round to the next: a play is in the cost report soon after its first minute
LEARN_S = 3600.0  # pick probabilities change by the day at most, and learning them takes seconds

_log = logging.getLogger(__name__)


def settle(settings: Settings, clock: Clock) -> Booked:
    """Book all plays that are known, and share what language models cost among lists. Raises StoreError."""
    booked = book(settings, clock)
    shares = ShareBook(settings.ledger_db)
    try:
        shares.take()
    finally:
        shares.close()
    return booked


class BookingRounds:
    """Rounds in a thread, from entering to leaving; the last one is made on leaving.

    A round that fails is logged and counted; the next one does its work.
    """

    def __init__(self, settings: Settings, clock: Clock, metrics: Metrics) -> None:
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._learn_due_s = clock.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="booking", daemon=True)

    def __enter__(self) -> BookingRounds:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(ROUND_S):
            self.round()
        self.round()

    def round(self) -> None:
        """One round: what came since the last one."""
        try:
            self._metrics.booked(settle(self._settings, self._clock))
            now_s = self._clock.monotonic()
            if now_s >= self._learn_due_s:
                self._learn_due_s = now_s + LEARN_S
                learn_picks(self._settings.ledger_db, self._clock.now())
        except MatineeError as error:
            _log.warning("plays are booked later: %s", error)
            self._metrics.failed("booking")
