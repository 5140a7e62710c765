"""The ledger in SQLite, from its writing side: the backend `sqlite:` of the decision sink."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from core.backends import PortUrl
from core.decision import Decision
from core.errors import SettingError, StoreError
from core.ids import MovieId
from core.money import Usd
from core.sqlite import writing
from telemetry import row
from telemetry.ledger_file import open_ledger
from telemetry.licence import expected_licence
from telemetry.names import Names
from telemetry.picks import PicksReader
from telemetry.request_ids import WRITERS
from telemetry.rollups import Tally
from telemetry.row import Pattern
from telemetry.segments import Segment, segment_of, segment_text
from telemetry.sink import Gap

FeeByMovie = Callable[[], Mapping[MovieId, Usd]]
"""The fee of a play of each film whose fee is known, as of now; called once a batch, so it must be quick."""

_COMMIT = "INSERT INTO commits(first_request, last_request, decisions) VALUES (?, ?, ?)"
_ADD = f"INSERT OR IGNORE INTO decisions VALUES ({', '.join('?' * 11)})"
_FILMS_MAX = 1_000_000
_PATTERNS_MAX = 10_000


class LedgerWriter:
    """Writes decisions, each with its expected licence cost. Several processes may write one ledger."""

    def __init__(self, path: Path, fee_by_movie: FeeByMovie) -> None:
        """Opens the ledger, or makes it, private to its owner. Raises StoreError."""
        self._database = open_ledger(path)
        self._fee_by_movie = fee_by_movie
        self._picks = PicksReader(self._database.conn)
        self._films: Names[MovieId] = Names(self._database, "films", str, _FILMS_MAX)
        self._patterns: Names[Pattern] = Names(self._database, "patterns", row.pattern_text, _PATTERNS_MAX)
        self._segments: Names[Segment] = Names(self._database, "segments", segment_text, _PATTERNS_MAX)

    def claim_writer(self, now: datetime) -> int:
        """A number for this process. Numbers come around after WRITERS claims: far more than live at once."""
        cursor = self._database.conn.execute("INSERT INTO writers(at_us) VALUES (?)", (row.to_us(now),))
        return (cursor.lastrowid or 0) % WRITERS

    def write(self, decisions: Sequence[Decision], gap: Gap | None) -> None:
        """As DecisionSink says: the request id is the key, so a second try doubles nothing."""
        patterns = [row.pattern_of(decision) for decision in decisions]
        segments = [segment_of(decision) for decision in decisions]
        try:
            self._learn(decisions, patterns, segments)
            rows = self._rows(decisions, patterns, segments)
            try:
                self._commit(rows, gap)
            except _SomeKnown:
                self._commit(self._unknown(rows), gap)
        except sqlite3.Error as error:
            raise StoreError(f"can not write {len(decisions)} decisions to the ledger: {error}") from error

    def close(self) -> None:
        self._database.close()

    def _learn(self, decisions: Sequence[Decision], patterns: Sequence[Pattern], segments: Sequence[Segment]) -> None:
        self._films.learn(set(chain.from_iterable([decision.ranking.movies for decision in decisions])))
        self._patterns.learn(set(patterns))
        self._segments.learn(set(segments))

    def _rows(
        self, decisions: Sequence[Decision], patterns: Sequence[Pattern], segments: Sequence[Segment]
    ) -> list[tuple[Any, ...]]:
        fees, picks = self._fee_by_movie(), self._picks.newest()
        rows: list[tuple[Any, ...]] = []
        for decision, pattern, segment in zip(decisions, patterns, segments, strict=True):
            cost, unknown = expected_licence(decision.ranking.movies, fees, picks.ppm)
            encoded = row.encode(decision, self._patterns.number(pattern), self._films.number)
            cost_nano = None if cost is None else cost.nano
            rows.append((*encoded, cost_nano, unknown, picks.version, self._segments.number(segment)))
        return rows

    def _commit(self, rows: Sequence[tuple[Any, ...]], gap: Gap | None) -> None:
        """Write rows, their sums and the gap. Raises _SomeKnown, and writes nothing, when a row is there already."""
        tally = Tally.of(rows)  # before others wait for the lock
        connection = self._database.conn
        with writing(self._database):
            if rows:
                if connection.executemany(_ADD, rows).rowcount < len(rows):
                    raise _SomeKnown
                requests = [row[0] for row in rows]
                connection.execute(_COMMIT, (min(requests), max(requests), len(requests)))
                tally.add_to(connection)
            if gap is not None:
                connection.execute("INSERT OR IGNORE INTO gaps VALUES (?,?,?)", (gap.first, gap.last, gap.dropped))

    def _unknown(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """The rows that are not there yet, each once: a write that is made again must not add to the sums again."""
        one_each = {row[0]: row for row in rows}
        query = "SELECT 1 FROM decisions WHERE request = ?"
        connection = self._database.conn
        return [row for request, row in one_each.items() if not connection.execute(query, (request,)).fetchone()]


class _SomeKnown(Exception):
    """Some of the rows to write are there already. Never leaves this module."""


def open_sqlite(url: PortUrl, path: Path, fee_by_movie: FeeByMovie) -> LedgerWriter:
    """The sink `sqlite:`; the ledger is `path`, in MATINEE_HOME."""
    url.only_options()
    if url.path or url.host:
        raise SettingError(f"sqlite: takes no path, but {url.path or url.host!r} is given: set MATINEE_HOME instead")
    return LedgerWriter(path, fee_by_movie)
