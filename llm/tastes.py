"""The tastes in work.db, as rows and from their reading side."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.ids import MovieId, UserId
from core.sqlite import open_to_read
from core.taste import Means, NamedFilm, NamedGenre, Polarity, Taste
from llm.times import from_us, to_us

_CHUNK = 1000  # rows decoded as one JSON array: half the time of one by one
_POLARITIES = {polarity.value[0]: polarity for polarity in Polarity}
_MEANS = {means.value[0]: means for means in Means}
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
        return _Decoder().tastes(found)[0] if found else None

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
        decoder = _Decoder()
        while chunk := rows.fetchmany(_CHUNK):
            tastes += decoder.tastes(chunk)
        return tastes, newest

    def counts(self) -> TasteCounts:
        """What is there now."""
        query = "SELECT count(body), coalesce(sum(body NOT LIKE '[[],%'), 0) FROM tastes WHERE body IS NOT NULL"
        return TasteCounts(*self._connection.execute(query).fetchone())

    def close(self) -> None:
        self._connection.close()


def _body(taste: Taste) -> str:
    """A JSON array, the films first. A film is one text, so that equal ones can be one object in memory."""
    films = [f"{film.polarity.value[0]}{film.means.value[0]}{film.movie}\t{film.words}" for film in taste.films]
    genres = [[genre.genre, genre.polarity.value, genre.qualifier] for genre in taste.genres]
    body = [films, genres, taste.open, taste.maker, taste.prompt, taste.text_hash]
    return json.dumps(body, separators=(",", ":"))


class _Decoder:
    """Makes tastes of rows. Most users name films that others name, in the same words: these are made once."""

    def __init__(self) -> None:
        self._films: dict[str, NamedFilm] = {}
        self._genres: dict[tuple[str, str, str], NamedGenre] = {}

    def tastes(self, rows: Sequence[tuple[int, int, str | None]]) -> list[Taste]:
        bodies = json.loads("[" + ",".join([body or _ERASED for _, _, body in rows]) + "]")
        return [self._taste(user, made_us, *body) for (user, made_us, _), body in zip(rows, bodies, strict=True)]

    def _taste(
        self, user: int, made_us: int, films: list[str], genres: list[list[str]], n_open: int, *texts: str
    ) -> Taste:
        named = tuple([self._films.get(text) or self._film(text) for text in films])
        kinds = tuple([self._genre(*genre) for genre in genres])
        return Taste(UserId(user), from_us(made_us), named, kinds, n_open, *texts)

    def _film(self, text: str) -> NamedFilm:
        movie, _, words = text[2:].partition("\t")
        film = NamedFilm(MovieId(movie), _POLARITIES[text[0]], _MEANS[text[1]], words)
        return self._films.setdefault(text, film)

    def _genre(self, genre: str, polarity: str, qualifier: str) -> NamedGenre:
        key = genre, polarity, qualifier
        return self._genres.get(key) or self._genres.setdefault(key, NamedGenre(genre, Polarity(polarity), qualifier))


_ERASED = _body(Taste(UserId(0), from_us(0), maker=""))
