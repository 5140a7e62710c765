"""The tastes in work.db, as rows and from their reading side."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.ids import MovieId, UserId
from core.sqlite import open_to_read
from core.taste import Means, NamedFilm, NamedGenre, Polarity, Taste
from llm.times import from_us, to_us

_CHUNK = 1000  # rows decoded as one JSON array: half the time of one by one
_POLARITIES = {polarity.value: polarity for polarity in Polarity}
_MEANS = {means.value: means for means in Means}
_WRITE = """
INSERT INTO tastes VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM tastes), ?, ?)
ON CONFLICT(user_id) DO UPDATE SET number = excluded.number, made_us = excluded.made_us, body = excluded.body
"""


@dataclass(frozen=True, slots=True)
class TasteCounts:
    """How many tastes there are, and how many of them name at least one film."""

    tastes: int
    with_films: int


def write_taste(connection: sqlite3.Connection, taste: Taste) -> None:
    """Store the user's one current taste, within the caller's transaction."""
    connection.execute(_WRITE, (taste.user, to_us(taste.made), _body(taste)))


def erase_taste(connection: sqlite3.Connection, user: UserId) -> bool:
    """Forget a taste within the caller's transaction; its empty row tells those who keep tastes in memory."""
    found = connection.execute("SELECT 1 FROM tastes WHERE user_id = ? AND body IS NOT NULL", (user,)).fetchone()
    if found:
        connection.execute(_WRITE, (user, 0, None))
    return found is not None


class Tastes:
    """Reads the tastes of work.db; never blocks its writers nor waits for them. For one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError when there is no work.db at `path`."""
        self._connection = open_to_read(path, "tastes")

    def get(self, user: UserId) -> Taste | None:
        """What is known of a user; None when nothing was understood yet, or it was erased."""
        query = "SELECT user_id, made_us, body FROM tastes WHERE user_id = ? AND body IS NOT NULL"
        found = self._connection.execute(query, (user,)).fetchall()
        return _decoded(found)[0] if found else None

    def changed_after(self, number: int) -> tuple[list[Taste], int]:
        """The tastes that changed after `number` (0: all), oldest change first, and the number to ask with next.

        A taste that was erased comes as an empty one, made in 1970: who asks for all does not see it. A number
        beyond the store's own is of a store that is gone: all are returned.
        """
        (newest,) = self._connection.execute("SELECT coalesce(max(number), 0) FROM tastes").fetchone()
        after = number if number <= newest else 0
        query = "SELECT user_id, made_us, body FROM tastes WHERE number > ? AND number <= ?"
        erased = "" if after else " AND body IS NOT NULL"
        rows = self._connection.execute(f"{query}{erased} ORDER BY number", (after, newest))
        tastes: list[Taste] = []
        while chunk := rows.fetchmany(_CHUNK):
            tastes += _decoded(chunk)
        return tastes, newest

    def counts(self) -> TasteCounts:
        """What is there now."""
        query = "SELECT count(body), coalesce(sum(body NOT LIKE '[[],%'), 0) FROM tastes WHERE body IS NOT NULL"
        return TasteCounts(*self._connection.execute(query).fetchone())

    def close(self) -> None:
        self._connection.close()


def _body(taste: Taste) -> str:
    """A JSON array, the films first. Every value is text or a number, so that it can be put into a larger one."""
    films = [[film.movie, film.polarity.value, film.means.value, film.words] for film in taste.films]
    genres = [[genre.genre, genre.polarity.value, genre.qualifier] for genre in taste.genres]
    body = [films, genres, taste.open, taste.maker, taste.prompt, taste.text_hash]
    return json.dumps(body, separators=(",", ":"))


_ERASED = _body(Taste(UserId(0), from_us(0), maker=""))


def _decoded(rows: Iterable[tuple[int, int, str | None]]) -> list[Taste]:
    rows = list(rows)
    bodies = json.loads("[" + ",".join([_ERASED if body is None else body for _, _, body in rows]) + "]")
    return [_taste(user, made_us, *body) for (user, made_us, _), body in zip(rows, bodies, strict=True)]


def _taste(
    user: int,
    made_us: int,
    films: list[tuple[str, str, str, str]],
    genres: list[tuple[str, str, str]],
    n_open: int,
    maker: str,
    prompt: str,
    text_hash: str,
) -> Taste:
    named = [
        NamedFilm(MovieId(movie), _POLARITIES[polarity], _MEANS[means], words)
        for movie, polarity, means, words in films
    ]
    liked = [NamedGenre(genre, _POLARITIES[polarity], qualifier) for genre, polarity, qualifier in genres]
    return Taste(UserId(user), from_us(made_us), tuple(named), tuple(liked), n_open, maker, prompt, text_hash)
