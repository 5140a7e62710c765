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
from telemetry.rollup_schema import DAY_US
from telemetry.span import EVER, Span

_MADE = f"outcome <> '{CallOutcome.CACHED.value}'"
_TOTALS = f"""
SELECT {{group}} AS grouped,
    sum(nano), sum(uncertain_nano), sum(iif({_MADE}, calls, 0)), sum(iif({_MADE}, 0, calls)),
    sum(iif({_MADE}, input_tokens, 0)), sum(iif({_MADE}, cached_tokens, 0)),
    sum(iif({_MADE}, output_tokens, 0)), sum(iif({_MADE}, reasoning_tokens, 0)),
    sum(iif({_MADE}, 0, input_tokens)), sum(iif({_MADE}, 0, output_tokens)), sum(uncertain), sum(unpriced)
FROM call_hours WHERE hour >= ? AND hour < ? GROUP BY grouped ORDER BY grouped
"""
_SAVED = f"""
SELECT count(*), {call_rows.USAGE} FROM usages
WHERE outcome = '{CallOutcome.CACHED.value}' AND at_us >= ? AND at_us < ?
GROUP BY provider, requested_model, answering_model, priced_as, input_tokens, cached_tokens, output_tokens,
    at_us / {DAY_US}
"""


class CallGroup(StrEnum):
    """By what calls are added up."""

    OUTCOME = "outcome"
    DAY = "day"  # of UTC, as 2026-11-20
    MODEL = "model"  # that was asked for
    PROMPT = "prompt"


_COLUMNS = {
    CallGroup.OUTCOME: "outcome",
    CallGroup.DAY: "date(hour * 3600, 'unixepoch')",
    CallGroup.MODEL: "requested_model",
    CallGroup.PROMPT: "prompt",
}


@dataclass(frozen=True, slots=True)
class CallTotals:
    """What a group of calls used and cost.

    `cached_tokens` are a part of `input_tokens`, `reasoning_tokens` of `output_tokens`, `uncertain` of `charged`;
    both are what stands after corrections.
    What the cache saved is apart: `hits` are no calls, and their tokens were not used again. `unpriced_calls` are
    quarantined: their charges are the most, for no table knows their model; they are among `uncertain_calls`.
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
    uncertain_calls: int
    unpriced_calls: int


class CallReport:
    """Reads the calls in ledger.db; never blocks its writers."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError when there is no ledger with calls at `path`."""
        self._connection = open_to_read(path, "usages", "standing", "call_hours", "conflicts")

    def totals(self, group: CallGroup, span: Span = EVER) -> dict[str, CallTotals]:
        """The totals of each group, in the order of its names."""
        rows = self._connection.execute(_TOTALS.format(group=_COLUMNS[group]), span.hours)
        return {name: CallTotals(Usd(nano), Usd(open_nano), *counts) for name, nano, open_nano, *counts in rows}

    def total(self, span: Span = EVER) -> CallTotals | None:
        """All calls together; None without any."""
        row = self._connection.execute(_TOTALS.format(group="0"), span.hours).fetchone()
        return None if row is None else CallTotals(Usd(row[1]), Usd(row[2]), *row[3:])

    def saved(self, span: Span = EVER) -> list[tuple[int, Usage]]:
        """Usages that the cache saved, alike ones once, with how many they are; `Prices.saved` says their worth."""
        return [
            (count, call_rows.decode_usage(tuple(row))) for count, *row in self._connection.execute(_SAVED, span.us)
        ]

    def usages(self, span: Span = EVER) -> list[tuple[Usage, Charge]]:
        """The calls of a time with what stands for them, in the order of time."""
        return self._rows("WHERE at_us >= ? AND at_us < ? ORDER BY at_us, call", *span.us)

    def unpriced(self) -> list[tuple[Usage, Charge]]:
        """The calls in quarantine: charged at their most, for no table knew a price."""
        return self._rows(
            "WHERE call IN (SELECT call FROM charges WHERE price LIKE 'no price known%')"
            " AND price LIKE 'no price known%' ORDER BY at_us, call"
        )

    def of_user(self, user: UserId) -> list[tuple[Usage, Charge]]:
        """All calls for one user with what stands for them, in the order of time."""
        return self._rows("WHERE user_id = ? ORDER BY at_us, call", user)

    def of_call(self, call: str) -> tuple[Usage, Charge] | None:
        """One call with what stands for it; None when the ledger does not have it."""
        found = self._rows("WHERE call = ?", call)
        return found[0] if found else None

    def conflicts(self) -> int:
        """How many rows were brought that differ from what is kept for their call; anything but 0 is a defect."""
        (count,) = self._connection.execute("SELECT count(*) FROM conflicts").fetchone()
        return int(count)

    def close(self) -> None:
        self._connection.close()

    def _rows(self, condition: str, *values: str | int) -> list[tuple[Usage, Charge]]:
        query = f"SELECT {call_rows.USAGE}, {call_rows.CHARGE} FROM usages JOIN standing USING (call) {condition}"
        return [call_rows.decode(row) for row in self._connection.execute(query, values)]
