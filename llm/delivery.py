"""The delivery: calls that nobody finished are settled, and all usages go to the ledger."""

from __future__ import annotations

from core.clock import Clock
from llm.calls import Calls
from llm.outbox import ChargeSink, deliver
from llm.work_store import WorkStore


class Delivery:
    """Brings what calls have cost to the ledger. See `llm.outside.Deliverer`."""

    def __init__(self, store: WorkStore, calls: Calls, ledger: ChargeSink, clock: Clock) -> None:
        self._store = store
        self._calls = calls
        self._ledger = ledger
        self._clock = clock

    def run(self) -> int:
        """Settle calls whose lease has run out as lost, deliver. Returns how many; raises what the stores raise.

        A call of a killed worker is settled here even when nobody ever asks the same again.
        """
        if self.is_any_call_open():
            self._calls.settle_lost(self._clock.now())
        return deliver(self._store, self._ledger)

    def is_any_call_open(self) -> bool:
        return self._calls.spending(self._clock.now()).in_flight > 0
