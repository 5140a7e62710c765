"""The recorder: decisions wait in memory until a thread of its own writes them; no request waits for the ledger."""

from __future__ import annotations

import logging
import threading
from collections import deque

from core.decision import Decision
from core.errors import StoreError
from telemetry.metrics import Metrics
from telemetry.sink import DecisionSink, Gap

BATCH = 2_000  # decisions a transaction: beyond this a commit no longer weighs, and a retry stays small
PAUSE_S = 0.05  # between two looks at the queue: at 20,000 decisions a second it holds 1,000

_log = logging.getLogger(__name__)


class Recorder:
    """Takes decisions from requests, gives them to a sink in batches.

    A sink that can not write now is tried again while the queue holds. What comes beyond `most` is dropped and
    kept as a Gap. Both are counted, and so is a decision that no try can write.
    """

    def __init__(self, sink: DecisionSink, metrics: Metrics, most: int, pause_s: float = PAUSE_S) -> None:
        """`most` decisions may wait. Nothing is written before `start`."""
        self._sink = sink
        self._metrics = metrics
        self._most = most
        self._pause_s = pause_s
        self._queue: deque[Decision] = deque()
        self._gap: Gap | None = None
        self._gap_lock = threading.Lock()
        self._in_hand = 0
        self._closing = threading.Event()
        self._given_up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def record(self, decision: Decision) -> None:
        """Have the decision written soon. Never waits, never raises."""
        if len(self._queue) < self._most:
            self._queue.append(decision)
        else:
            self._drop(decision)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def close(self, patience_s: float) -> None:
        """Write what waits, then stop; what a failing sink has not taken after `patience_s` is lost and counted."""
        self._closing.set()
        self._thread.join(patience_s)
        if not self._thread.is_alive():
            self._sink.close()
            return
        self._given_up.set()
        lost = self._in_hand + len(self._queue)
        _log.error("the ledger failed for %s s at the end: %d decisions are lost", patience_s, lost)
        self._metrics.kept("lost", lost)

    def _drop(self, decision: Decision) -> None:
        request = decision.request
        with self._gap_lock:
            gap = self._gap or Gap(request, request, 0)
            self._gap = Gap(min(gap.first, request), max(gap.last, request), gap.dropped + 1)
        self._metrics.kept("dropped", 1)

    def _take_gap(self) -> Gap | None:
        with self._gap_lock:
            gap, self._gap = self._gap, None
        return gap

    def _run(self) -> None:
        """The worker: every look at the queue takes all that is there."""
        while not self._closing.wait(self._pause_s):
            self._empty()
        self._empty()

    def _empty(self) -> None:
        self._metrics.waiting(len(self._queue))
        gap = self._take_gap()
        while self._queue or gap is not None:
            batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
            self._in_hand = len(batch)
            self._write(batch, gap)
            gap = None
            self._in_hand = 0
            self._metrics.waiting(len(self._queue))

    def _write(self, batch: list[Decision], gap: Gap | None) -> None:
        while not self._given_up.is_set():
            try:
                self._sink.write(batch, gap)
            except StoreError as error:
                _log.warning("%s; trying again", error)
                self._metrics.retried()
                self._given_up.wait(self._pause_s)
            except Exception:  # noqa: BLE001  the edge of the worker's job: one bad decision must stop no other
                self._write_apart(batch, gap)
                return
            else:
                self._metrics.kept("recorded", len(batch))
                return

    def _write_apart(self, batch: list[Decision], gap: Gap | None) -> None:
        """Write a batch with a defect in it by halves, so that nothing is lost but what is defective."""
        if batch and gap is not None:
            self._write([], gap)
            self._write(batch, None)
        elif len(batch) > 1:
            middle = len(batch) // 2
            self._write(batch[:middle], None)
            self._write(batch[middle:], None)
        else:
            _log.exception("can not be written and is lost: %s", batch or gap)
            self._metrics.failed("recorder")
            self._metrics.kept("lost", len(batch))
