"""The outbox of work.db: usages with their charges go to the ledger, each exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from core.usage import Charge, Usage
from llm.call_rows import read_charge, read_usage
from llm.work_store import WorkStore


class ChargeSink(Protocol):
    """Where usages and charges are kept for good; the id of the call is the key."""

    def add(self, rows: Sequence[tuple[Usage, Charge]]) -> object:
        """Keep them, committed on return. A row that is there already is not kept twice."""
        ...


def deliver(store: WorkStore, ledger: ChargeSink, most: int = 1000) -> int:
    """Bring up to `most` rows, oldest first, from the outbox to the ledger. Returns how many; raises what it raises.

    A row leaves the outbox after the ledger has committed it: killed in between, it is brought again, and the
    ledger knows it already.
    """
    with store.reading() as connection:
        query = "SELECT number, usage, charge FROM outbox ORDER BY number LIMIT ?"
        rows = connection.execute(query, (most,)).fetchall()
    if not rows:
        return 0
    ledger.add([(read_usage(usage), read_charge(charge)) for _, usage, charge in rows])
    with store.writing() as connection:
        connection.executemany("DELETE FROM outbox WHERE number = ?", [(number,) for number, _, _ in rows])
    return len(rows)


def undelivered(store: WorkStore) -> int:
    """How many rows wait in the outbox."""
    with store.reading() as connection:
        (count,) = connection.execute("SELECT count(*) FROM outbox").fetchone()
    return int(count)
