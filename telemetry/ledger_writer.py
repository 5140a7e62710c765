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
from telemetry import row
from telemetry.ledger_file import open_ledger
from telemetry.licence import expected_licence
from telemetry.names import Names
from telemetry.picks import PicksReader
from telemetry.request_ids import WRITERS
from telemetry.row import Pattern
from telemetry.sink import Gap

FeeByMovie = Callable[[], Mapping[MovieId, Usd]]
"""The fee of a play of each film whose fee is known, as of now; called once a batch, so it must be quick."""

_COMMIT = "INSERT INTO commits(first_request, last_request, decisions) VALUES (?, ?, ?)"
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

    def claim_writer(self, now: datetime) -> int:
        """A number for this process. Numbers come around after WRITERS claims: far more than live at once."""
        cursor = self._database.conn.execute("INSERT INTO writers(at_us) VALUES (?)", (row.to_us(now),))
        return (cursor.lastrowid or 0) % WRITERS

    def write(self, decisions: Sequence[Decision], gap: Gap | None) -> None:
        """As DecisionSink says: the request id is the key, so a second try doubles nothing."""
        patterns = [row.pattern_of(decision) for decision in decisions]
        try:
            self._learn(decisions, patterns)
            rows = self._rows(decisions, patterns)
            self._commit(rows, gap)
        except sqlite3.Error as error:
            raise StoreError(f"can not write {len(decisions)} decisions to the ledger: {error}") from error

    def close(self) -> None:
        self._database.close()

    def _learn(self, decisions: Sequence[Decision], patterns: Sequence[Pattern]) -> None:
        self._films.learn(set(chain.from_iterable([decision.ranking.movies for decision in decisions])))
        self._patterns.learn(set(patterns))

    def _rows(self, decisions: Sequence[Decision], patterns: Sequence[Pattern]) -> list[tuple[Any, ...]]:
        fees, picks = self._fee_by_movie(), self._picks.newest()
        rows: list[tuple[Any, ...]] = []
        for decision, pattern in zip(decisions, patterns, strict=True):
            cost, unknown = expected_licence(decision.ranking.movies, fees, picks.ppm)
            encoded = row.encode(decision, self._patterns.number(pattern), self._films.number)
            rows.append((*encoded, None if cost is None else cost.nano, unknown, picks.version))
        return rows

    def _commit(self, rows: Sequence[tuple[Any, ...]], gap: Gap | None) -> None:
        with self._database.atomic():
            self._database.conn.executemany("INSERT OR IGNORE INTO decisions VALUES (?,?,?,?,?,?,?,?,?,?)", rows)
            if rows:
                requests = [row[0] for row in rows]
                self._database.conn.execute(_COMMIT, (min(requests), max(requests), len(requests)))
            if gap is not None:
                values = (gap.first, gap.last, gap.dropped)
                self._database.conn.execute("INSERT OR IGNORE INTO gaps VALUES (?,?,?)", values)


def open_sqlite(url: PortUrl, path: Path, fee_by_movie: FeeByMovie) -> LedgerWriter:
    """The sink `sqlite:`; the ledger is `path`, in MATINEE_HOME."""
    url.only_options()
    if url.path or url.host:
        raise SettingError(f"sqlite: takes no path, but {url.path or url.host!r} is given: set MATINEE_HOME instead")
    return LedgerWriter(path, fee_by_movie)
