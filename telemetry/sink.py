"""The port behind which decisions are kept: what the recorder asks of a ledger, and the table of backends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.backends import Backends
from core.decision import Decision
from core.ids import RequestId


@dataclass(frozen=True, slots=True)
class Gap:
    """Decisions of one writer that were answered but not recorded, because more came than could be kept."""

    first: RequestId
    last: RequestId
    dropped: int


class DecisionSink(Protocol):
    """Keeps decisions. Used by one thread at a time."""

    def claim_writer(self, now: datetime) -> int:
        """A number below `request_ids.WRITERS` that no live process has but this one."""
        ...

    def write(self, decisions: Sequence[Decision], gap: Gap | None) -> None:
        """Keep all of them or, when it raises, none. The same call made again changes nothing.

        Raises StoreError when it can not write now: worth another try. Any other error is a defect of a
        decision among these: no try will help.
        """
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


SINKS: Backends[DecisionSink] = Backends({"sqlite": "telemetry.ledger_writer:open_sqlite"})
