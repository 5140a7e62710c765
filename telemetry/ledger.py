"""The ledger, from its reading side: decisions as they were made."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.decision import Decision
from core.ids import MovieId, RequestId
from core.money import Usd
from core.sqlite import open_to_read
from telemetry import row
from telemetry.request_ids import time_of, writer_of
from telemetry.sink import Gap

_TABLES = ("decisions", "patterns", "films", "gaps", "picks")


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A decision with what the ledger adds: the licence fees that its list was expected to cost.

    `expected_licence` None: no fee of its films was known. `unknown_fees` counts the films without one.
    `picks` is the version of the pick probabilities that it was computed with, 0 the prior.
    """

    decision: Decision
    expected_licence: Usd | None
    unknown_fees: int
    picks: int


@dataclass(frozen=True, slots=True)
class LedgerCounts:
    """How much the ledger holds, and over what time; `dropped` were answered but not recorded."""

    decisions: int
    dropped: int
    first: datetime | None
    last: datetime | None


class Ledger:
    """Reads ledger.db; never blocks its writers."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError when there is no ledger at `path`."""
        self._connection: sqlite3.Connection = open_to_read(path, *_TABLES)

    def entry(self, request: RequestId) -> LedgerEntry | None:
        """What `request` was answered with; None when the ledger has no such decision."""
        found = self._connection.execute(
            "SELECT request, at_us, user_id, pattern, movies, numbers, elapsed_us,"
            " expected_licence_nano, unknown_fees, picks, text"
            " FROM decisions JOIN patterns ON patterns.number = pattern WHERE request = ?",
            (request,),
        ).fetchone()
        if found is None:
            return None
        *columns, cost_nano, unknown_fees, picks, pattern = found
        decision = row.decode(tuple(columns), pattern, self._film)
        return LedgerEntry(decision, None if cost_nano is None else Usd(cost_nano), unknown_fees, picks)

    def gap_around(self, request: RequestId) -> Gap | None:
        """The gap of the same writer into which `request` falls: it may be one of the dropped."""
        found = self._connection.execute(
            "SELECT first_request, last_request, dropped FROM gaps WHERE first_request <= ? AND last_request >= ?",
            (request, request),
        )
        gaps = [Gap(RequestId(first), RequestId(last), dropped) for first, last, dropped in found]
        return next((gap for gap in gaps if writer_of(gap.first) == writer_of(request)), None)

    def counts(self) -> LedgerCounts:
        """What is in the ledger now."""
        decisions, first, last = self._connection.execute(
            "SELECT count(*), min(request), max(request) FROM decisions"
        ).fetchone()
        (dropped,) = self._connection.execute("SELECT coalesce(sum(dropped), 0) FROM gaps").fetchone()
        return LedgerCounts(decisions, dropped, _time_or_none(first), _time_or_none(last))

    def close(self) -> None:
        self._connection.close()

    def _film(self, number: int) -> MovieId:
        (text,) = self._connection.execute("SELECT text FROM films WHERE number = ?", (number,)).fetchone()
        return MovieId(text)


def _time_or_none(request: int | None) -> datetime | None:
    return None if request is None else time_of(RequestId(request))
