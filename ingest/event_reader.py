"""Reading the store of events: what models are trained on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from core.ids import MovieId, UserId
from core.sqlite import open_to_read
from ingest.plays import unpack_plays

_ROWS = 500  # fetched at once: 100,000 fall out of the processor's cache and take half as long again
_TABLES = ("watches", "ratings", "accounts", "requests", "rejected")
_WATCHES = ("minutes", "first_us", "last_us")
_RATINGS = ("id", "stars", "at_us")
_PLAYS = {"user_id": "int64", "movie_id": "str", "start_us": "int64", "end_us": "int64", "batch": "int64"}
_CHANGED = """
(SELECT user_id, movie_id FROM watches WHERE batch > :after
UNION SELECT user_id, movie_id FROM ratings WHERE batch > :after) CROSS JOIN
"""  # a CROSS JOIN is done from left to right: few pairs changed, each is looked up


class EventReader:
    """Reads events; never blocks the writer nor waits for it."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError when there is no store of events at `path`."""
        self._connection = open_to_read(path, "store", "batches", *_TABLES)

    def close(self) -> None:
        self._connection.close()

    def store_id(self) -> str:
        """The id of the store, made with it: numbers of batches mean something in this store only."""
        row = self._connection.execute("SELECT id FROM store").fetchone()
        return str(row[0])

    def last_batch(self) -> int:
        """The number of the newest batch, 0 before the first."""
        row = self._connection.execute("SELECT max(batch) FROM batches").fetchone()
        return row[0] or 0

    def mark(self, batch: int) -> str:
        """What tells this store and its batch from all others; empty before the first batch and after the last.

        Who keeps a number of a batch on a disk of its own compares: the last commits before a power cut can be lost
        here, and their numbers are given again.
        """
        query = "SELECT id || '-' || committed_us FROM store, batches WHERE batch = ?"
        row = self._connection.execute(query, (batch,)).fetchone()
        return row[0] if row else ""

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
        codes: dict[str, int] = {}
        with self._snapshot():
            watches = self._table("watches", _WATCHES, after_batch, codes)
            ratings = self._table("ratings", _RATINGS, after_batch, codes)
        return _joined(watches, ratings, list(codes))

    def plays(self, after_batch: int = 0, pairs: int | None = None) -> tuple[pd.DataFrame, int]:
        """All plays of the users and films whose minutes changed after a batch, and the batch up to which that is.

        pairs : stop after the batch with which so many of them have changed; None: tell all.

        A pair is told with every play that it has now: a late line moves the start of one or joins two, so these
        plays replace whatever was told of the pair before. Returns columns, sorted by batch, user, film, start:
        user_id : int64
        movie_id : str
        start_us, end_us : int64, times of the first and the last minute of the play
        batch : int64, the one that last changed the pair
        """
        nth = "SELECT batch FROM watches WHERE batch > ? ORDER BY batch LIMIT 1 OFFSET ?"
        query = """
            SELECT user_id, movie_id, first_us, last_us, pauses, batch FROM watches WHERE batch > ? AND batch <= ?
            ORDER BY batch, user_id, movie_id
        """
        with self._snapshot():
            row = None if pairs is None else self._connection.execute(nth, (after_batch, pairs - 1)).fetchone()
            until_batch = row[0] if row else max(after_batch, self.last_batch())
            rows = [
                (user, movie, *play, batch)
                for user, movie, first_us, last_us, pauses, batch in self._connection.execute(
                    query, (after_batch, until_batch)
                )
                for play in unpack_plays(first_us, last_us, pauses)
            ]
        columns = zip(*rows, strict=True) if rows else ((),) * len(_PLAYS)
        return pd.DataFrame(
            {name: pd.Series(values, dtype=_PLAYS[name]) for name, values in zip(_PLAYS, columns, strict=True)}
        ), until_batch

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """Everything that is read inside is of one moment."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")

    def _table(self, table: str, columns: tuple[str, ...], after_batch: int, codes: dict[str, int]) -> pl.DataFrame:
        """Columns user_id, movie (its number in `codes`, which is added to) and `columns`, all of them int64."""
        changed = f"{_CHANGED} {table} USING (user_id, movie_id)" if after_batch else table
        query = f"SELECT user_id, movie_id, {', '.join(columns)} FROM {changed}"
        rows = self._connection.execute(query, {"after": after_batch})
        parts: dict[str, list[NDArray[np.int64]]] = {
            name: [np.empty(0, np.int64)] for name in ("user_id", "movie", *columns)
        }
        while fetched := rows.fetchmany(_ROWS):
            users, movies, *numbers = zip(*fetched, strict=True)
            coded = [codes.setdefault(movie, len(codes)) for movie in movies]
            for arrays, values in zip(parts.values(), (users, coded, *numbers), strict=True):
                arrays.append(np.array(values, np.int64))
        return pl.DataFrame({name: np.concatenate(arrays) for name, arrays in parts.items()})


def _joined(watches: pl.DataFrame, ratings: pl.DataFrame, movie_ids: list[str]) -> pd.DataFrame:
    """One row a pair that is in either table, as `EventReader.interactions` promises.

    movie_ids : by number, in any order.
    """
    names = sorted(movie_ids)
    place = {name: number for number, name in enumerate(names)}
    by_name = pl.Series([place[name] for name in movie_ids], dtype=pl.Int64)
    watches, ratings = (
        table.select(
            (pl.col("user_id") * len(names) + by_name.gather(table["movie"])).alias("pair"),
            pl.exclude("user_id", "movie"),
        )
        for table in (watches, ratings)
    )
    pairs = (
        watches.join(ratings, on="pair", how="full", coalesce=True)
        .with_columns(pl.min_horizontal("first_us", "at_us"), pl.max_horizontal("last_us", "at_us"))
        .with_columns(pl.col("minutes", "id").fill_null(0))
        .sort("last_us", "id", "pair")
    )
    users, movies = np.divmod(pairs["pair"].to_numpy(), max(len(names), 1))
    return pd.DataFrame(
        {
            "user_id": users,
            "movie_id": pd.Series(np.array(names, object)[movies], dtype="str"),
            "minutes": pairs["minutes"].to_numpy(),
            "stars": pairs["stars"].cast(pl.Float64).to_numpy(),
            "first_us": pairs["first_us"].to_numpy(),
            "last_us": pairs["last_us"].to_numpy(),
            "order": np.arange(len(pairs)),
        }
    )
