"""The book of plays: what was played, at which fee, because of which list; as rows that are only ever added.

What stands is a function of three sets: plays as ingest knows them, decisions, and fees by day. In whatever order
and pieces these become known, and whatever is told twice, the plays that stand are the same; a row that no longer
says what is known is reversed by another one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from core.errors import StoreError
from core.ids import MovieId, UserId
from core.money import Usd
from core.sqlite import writing
from telemetry import row
from telemetry.ledger_file import open_ledger
from telemetry.names import Names
from telemetry.play_rows import Key, PlayRows
from telemetry.play_schema import PLAYS

Start = tuple[UserId, MovieId, int]
"""A play: who, what, and the time of its first minute in microseconds since 1970 UTC."""

FeeHistory = Mapping[MovieId, Sequence[tuple[date, Usd]]]
"""By film: each day from which on another fee is known, with that fee."""

DECISIONS_AT_ONCE = 100_000  # decisions read in one transaction: other writers of the ledger wait for it, about 0.3 s
_FILMS_MAX = 1_000_000
_UNIX_DAY = date(1970, 1, 1).toordinal()

_COMMITS = """
SELECT number, first_request, last_request, decisions FROM commits WHERE number > ? ORDER BY number LIMIT 1000
"""
_FORGET_FEE = "DELETE FROM fees_used WHERE (movie_id, day, fee_nano) = (?, ?, ?)"
_LEARN_FEE = "INSERT INTO fees_used VALUES (?, ?, ?)"


class Cursor(NamedTuple):
    """A place in a store of events: a batch, and what tells this store and this batch from all others."""

    batch: int
    mark: str


@dataclass(frozen=True, slots=True)
class Booked:
    """What a booking added: `plays` that stand since, `reversed` ones that no longer do."""

    plays: int = 0
    reversed: int = 0

    def __add__(self, other: Booked) -> Booked:
        return Booked(self.plays + other.plays, self.reversed + other.reversed)


class PlayBook:
    """Books plays in ledger.db. Each call is one transaction with its cursor: killed anywhere, nothing is lost or
    doubled. Several processes may book; one of them is enough."""

    def __init__(self, path: Path) -> None:
        """Opens the ledger, or makes it, private to its owner. Raises StoreError."""
        self._database = open_ledger(path, PLAYS)
        self._rows = PlayRows(self._database.conn)
        self._films: Names[MovieId] = Names(self._database, "films", str, _FILMS_MAX)

    def close(self) -> None:
        self._database.close()

    def booked_until(self) -> Cursor:
        """How far plays are booked."""
        return Cursor(*self._database.execute("SELECT batch, mark FROM booked").fetchone())

    def take_decisions(self, now: datetime) -> tuple[Booked, bool]:
        """Take in up to about DECISIONS_AT_ONCE decisions that were recorded since.

        Plays of their users that stand already are attributed anew. Returns what that changed, and whether there
        may be more.
        """
        with self._transaction():
            (cursor,) = self._database.execute("SELECT commit_number FROM booked").fetchone()
            commits = _first_of(self._database.execute(_COMMITS, (cursor,)).fetchall())
            if not commits:
                return Booked(), False
            numbers, firsts, lasts, _ = zip(*commits, strict=True)
            booked = self._book_anew(self._rows.show(min(firsts), max(lasts)), now)
            self._database.execute("UPDATE booked SET commit_number = ?", (max(numbers),))
        return booked, True

    def take_fees(self, fees: FeeHistory, now: datetime) -> Booked:
        """Price with `fees` from now on, and book anew the plays that have another fee by them.

        A play costs the fee of the last day up to its own; a film or a day without one has an unknown fee.
        """
        wanted = {
            (movie, day.toordinal() - _UNIX_DAY, fee.nano) for movie, history in fees.items() for day, fee in history
        }
        with self._transaction():
            known = set(self._database.execute("SELECT movie_id, day, fee_nano FROM fees_used"))
            if known == wanted:
                return Booked()
            changed = sorted(known ^ wanted)
            self._database.conn.executemany(_FORGET_FEE, known - wanted)
            self._database.conn.executemany(_LEARN_FEE, wanted - known)
            firsts = [next(rows)[:2] for _, rows in groupby(changed, key=lambda change: change[0])]
            keys = [key for movie, day in firsts for key in self._rows.played_since(movie, day)]
            return self._book_anew(keys, now)

    def book(self, starts: Iterable[Start], after: Cursor, until: Cursor, now: datetime) -> Booked:
        """Make `starts` the plays of each user and film in them, instead of those that stand.

        They are what events tell of these users and films now; booking stood at `after` and stands at `until` then.
        Nothing is done when it stands elsewhere by now: somebody else was faster.
        """
        pairs: dict[tuple[UserId, MovieId], set[int]] = {}
        for user, movie, start_us in starts:
            pairs.setdefault((user, movie), set()).add(start_us)
        with self._failing():
            self._films.learn({movie for _, movie in pairs})
        with self._transaction():
            if self.booked_until() != after:
                return Booked()
            gone, come = list[Key](), list[Key]()
            for (user, movie), wanted in pairs.items():
                film = self._films.number(movie)
                standing = self._rows.starts(user, film)
                gone += [(user, film, start_us) for start_us in standing - wanted]
                come += [(user, film, start_us) for start_us in wanted - standing]
            booked = self._write(sorted(gone), sorted(come), now)
            self._database.execute("UPDATE booked SET batch = ?, mark = ?", until)
        return booked

    def _book_anew(self, keys: Iterable[Key], now: datetime) -> Booked:
        """Reverse the plays among these whose fee or list is another one now, and book them as they are."""
        changed = [key for key in keys if self._rows.is_outdated(key)]
        return self._write(changed, changed, now)

    def _write(self, gone: Sequence[Key], come: Sequence[Key], now: datetime) -> Booked:
        if gone or come:
            booking = self._rows.begin(row.to_us(now))
            for key in gone:
                self._rows.reverse(key, booking)
            for key in come:
                self._rows.add(key, booking)
        return Booked(len(come), len(gone))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._failing(), writing(self._database):
            yield

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"can not book plays in the ledger: {error}") from error


def _first_of(commits: Sequence[tuple[int, int, int, int]]) -> Sequence[tuple[int, int, int, int]]:
    """As many rows of _COMMITS as have DECISIONS_AT_ONCE decisions, one at least."""
    total = 0
    for taken, (*_, decisions) in enumerate(commits, start=1):
        total += decisions
        if total >= DECISIONS_AT_ONCE:
            return commits[:taken]
    return commits
