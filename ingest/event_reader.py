"""Reading the store of events: what models are trained on."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.ids import MovieId, UserId
from core.sqlite import open_to_read

_ROWS = 100_000  # fetched at once: 3 million rows never stand as Python objects together
_TABLES = ("watches", "ratings", "accounts", "requests", "rejected")
_COLUMNS: dict[str, type] = {
    "user_id": np.int64,
    "movie_id": object,
    "minutes": np.int64,
    "stars": np.float64,
    "first_us": np.int64,
    "last_us": np.int64,
    "rating": np.int64,
}
_WATCHED = """
SELECT user_id, movie_id, minutes, stars,
    min(first_us, ifnull(at_us, first_us)), max(last_us, ifnull(at_us, last_us)), ifnull(id, 0)
FROM watches LEFT JOIN ratings USING (user_id, movie_id)
"""
_ONLY_RATED = """
SELECT user_id, movie_id, 0, stars, at_us, at_us, id
FROM ratings LEFT JOIN watches USING (user_id, movie_id) WHERE watches.user_id IS NULL
"""
_CHANGED = """
(user_id, movie_id) IN (
    SELECT user_id, movie_id FROM watches WHERE batch > :after
    UNION SELECT user_id, movie_id FROM ratings WHERE batch > :after
)
"""


class EventReader:
    """Reads events; never blocks the writer nor waits for it."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError when there is no store at `path`."""
        self._connection = open_to_read(path)

    def close(self) -> None:
        self._connection.close()

    def last_batch(self) -> int:
        """The number of the newest batch, 0 before the first."""
        row = self._connection.execute("SELECT max(batch) FROM batches").fetchone()
        return row[0] or 0

    def counts(self) -> dict[str, int]:
        """Rows of each table of events."""
        tables = ((table, self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()) for table in _TABLES)
        return {table: row[0] for table, row in tables}

    def user_ids(self) -> set[UserId]:
        """Every user of whom the log told anything."""
        tables = ("watches", "ratings", "accounts", "requests")
        query = " UNION ".join(f"SELECT user_id FROM {table}" for table in tables)
        return {UserId(user) for (user,) in self._connection.execute(query)}

    def movie_ids(self) -> set[MovieId]:
        """Every film that was watched or rated."""
        query = "SELECT movie_id FROM watches UNION SELECT movie_id FROM ratings"
        return {MovieId(movie) for (movie,) in self._connection.execute(query)}

    def interactions(self, after_batch: int = 0) -> pd.DataFrame:
        """What each user did with each film, one row a pair, of the pairs that changed after a batch.

        Returns columns, sorted by `order`:
        user_id : int64
        movie_id : str
        minutes : int64, distinct minutes watched, 0 when the film was only rated
        stars : float64, NaN when it was only watched
        first_us, last_us : int64, first and latest time of watching and rating
        order : int64, 0 to n - 1 by last_us; of equal times those only watched come first, by user and film, then
            the rated ones in the order in which they were first rated.
        """
        if after_batch:
            query = f"{_WATCHED} WHERE {_CHANGED} UNION ALL {_ONLY_RATED} AND {_CHANGED}"
        else:
            query = f"{_WATCHED} UNION ALL {_ONLY_RATED}"
        columns = _columns(self._connection.execute(query, {"after": after_batch}))
        ids, last_us = columns.pop("rating"), columns["last_us"]
        order = np.lexsort((ids, last_us))
        frame = pd.DataFrame({name: values[order] for name, values in columns.items()})
        frame["movie_id"] = frame["movie_id"].astype("str")
        frame["order"] = np.arange(len(frame))
        return frame


def _columns(rows: sqlite3.Cursor) -> dict[str, NDArray[Any]]:
    """The columns of an interactions query. Film ids are objects, one for all rows of a film."""
    parts: dict[str, list[NDArray[Any]]] = {name: [np.empty(0, dtype)] for name, dtype in _COLUMNS.items()}
    names: dict[str, str] = {}
    while fetched := rows.fetchmany(_ROWS):
        for (name, dtype), values in zip(_COLUMNS.items(), zip(*fetched, strict=True), strict=True):
            shared = [names.setdefault(value, value) for value in values] if dtype is object else values
            parts[name].append(np.array(shared, dtype))
    return {name: np.concatenate(arrays) for name, arrays in parts.items()}
