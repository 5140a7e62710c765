"""Calls of language models in the ledger, from the reading side: totals that are exact in any grouping."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.ids import UserId
from core.money import Usd
from core.sqlite import open_to_read
from core.usage import CallOutcome, Charge, Usage
from telemetry import call_rows

_MADE = f"outcome <> '{CallOutcome.CACHED.value}'"
_TOTALS = f"""
SELECT {{group}} AS grouped,
    sum(nano), sum(iif(is_certain, 0, nano)), sum({_MADE}), sum(NOT {_MADE}),
    sum(iif({_MADE}, input_tokens, 0)), sum(iif({_MADE}, cached_tokens, 0)),
    sum(iif({_MADE}, output_tokens, 0)), sum(iif({_MADE}, reasoning_tokens, 0)),
    sum(iif({_MADE}, 0, input_tokens)), sum(iif({_MADE}, 0, output_tokens))
FROM usages JOIN charges USING (call) GROUP BY grouped ORDER BY grouped
"""


class CallGroup(StrEnum):
    """By what calls are added up."""

    OUTCOME = "outcome"
    DAY = "day"  # of UTC, as 2026-11-20
    MODEL = "model"  # that was asked for
    PROMPT = "prompt"


_COLUMNS = {
    CallGroup.OUTCOME: "outcome",
    CallGroup.DAY: "date(at_us / 1000000, 'unixepoch')",
    CallGroup.MODEL: "requested_model",
    CallGroup.PROMPT: "prompt",
}


@dataclass(frozen=True, slots=True)
class CallTotals:
    """What a group of calls used and cost.

    `cached_tokens` are a part of `input_tokens`, `reasoning_tokens` of `output_tokens`, `uncertain` of `charged`.
    What the cache saved is apart: `hits` are no calls, and their tokens were not used again.
    """

    charged: Usd
    uncertain: Usd
    calls: int
    hits: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int
    saved_input_tokens: int
    saved_output_tokens: int


class CallReport:
    """Reads the calls in ledger.db; never blocks its writers."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError when there is no ledger with calls at `path`."""
        self._connection = open_to_read(path, "usages", "charges", "conflicts")

    def totals(self, group: CallGroup) -> dict[str, CallTotals]:
        """The totals of each group, in the order of its names."""
        rows = self._connection.execute(_TOTALS.format(group=_COLUMNS[group]))
        return {name: CallTotals(Usd(nano), Usd(open_nano), *counts) for name, nano, open_nano, *counts in rows}

    def of_user(self, user: UserId) -> list[tuple[Usage, Charge]]:
        """All calls for one user, in the order of time."""
        return self._rows("WHERE user_id = ? ORDER BY at_us, call", user)

    def of_call(self, call: str) -> tuple[Usage, Charge] | None:
        """One call; None when the ledger does not have it."""
        found = self._rows("WHERE call = ?", call)
        return found[0] if found else None

    def conflicts(self) -> int:
        """How many rows were brought that differ from what is kept for their call; anything but 0 is a defect."""
        (count,) = self._connection.execute("SELECT count(*) FROM conflicts").fetchone()
        return int(count)

    def close(self) -> None:
        self._connection.close()

    def _rows(self, condition: str, value: str | int) -> list[tuple[Usage, Charge]]:
        query = f"SELECT {call_rows.USAGE}, {call_rows.CHARGE} FROM usages JOIN charges USING (call) {condition}"
        return [call_rows.decode(row) for row in self._connection.execute(query, (value,))]
