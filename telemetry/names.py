"""Texts that come back all the time, kept once in a table and known by a small number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from typing import Generic, TypeVar

from sqlite_utils import Database

K = TypeVar("K", bound=Hashable)


class Names(Generic[K]):
    """The numbers of one table `(number INTEGER PRIMARY KEY, text UNIQUE)` that several processes fill.

    A number is remembered only after it is committed, so that it holds whatever becomes of later transactions.
    """

    def __init__(self, database: Database, table: str, text_of: Callable[[K], str], most: int) -> None:
        """`text_of` gives the text of a name; at most about `most` names are kept in memory."""
        self._database = database
        self._insert = f"INSERT OR IGNORE INTO {table}(text) VALUES (?)"
        self._select = f"SELECT number FROM {table} WHERE text = ?"
        self._text_of = text_of
        self._most = most
        self._numbers: dict[K, int] = {}
        self.number: Callable[[K], int] = self._numbers.__getitem__  # a bound method: it is called for every film

    def learn(self, names: Collection[K]) -> None:
        """See to it that `number` knows each of `names`. Commits on its own. Raises sqlite3.Error."""
        missing = [name for name in names if name not in self._numbers]
        if not missing:
            return
        if len(self._numbers) + len(missing) > self._most:
            self._numbers.clear()
            missing = list(names)
        texts = [(self._text_of(name),) for name in missing]
        with self._database.atomic():
            self._database.conn.executemany(self._insert, texts)
        for name, text in zip(missing, texts, strict=True):
            self._numbers[name] = self._database.conn.execute(self._select, text).fetchone()[0]
