"""The catalogue: the films that the site has, each with the history of its licence fee."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from core.ids import MovieId
from core.money import Usd
from core.movie import AgeLimit, AgeSource, Movie
from core.sqlite import open_store, writing
from core.user import ADULT_AGE_YEARS
from ingest.age_limit import ADULTS_ONLY
from ingest.catalogue_schema import CATALOGUE
from ingest.event_schema import EVENTS

_COLUMNS = (
    "movie_id", "title", "year", "genres", "runtime_minutes", "release_date", "language", "overview", "certificate",
    "age_limit_years", "age_source", "original_title", "collection", "votes",
)  # fmt: skip
_SELECT = f"""
    SELECT {", ".join(_COLUMNS)},
        (SELECT fee_nano FROM fees WHERE fees.movie_id = movies.movie_id ORDER BY day DESC LIMIT 1)
    FROM movies
"""
_UPSERT = f"""
    INSERT INTO movies({", ".join(_COLUMNS)}, read_us) VALUES ({"?," * len(_COLUMNS)}?)
    ON CONFLICT(movie_id) DO UPDATE SET read_us = excluded.read_us,
        {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])}
"""
_SOURCE = "catalogue"
_BATCH = "INSERT INTO batches(source, lines, rejected, first_us, last_us, committed_us) VALUES (?, ?, 0, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class ImportCount:
    """What an import did: `films` were read, of them `new` and `changed`; the rest says what they are now."""

    films: int = 0
    new: int = 0
    changed: int = 0
    without_fee: int = 0
    certificate: int = 0  # the age limit comes from a certificate
    estimate: int = 0  # the age limit is estimated
    not_for_minors: int = 0  # not known to suit anyone under 18: no limit, or one of 18

    def __add__(self, other: ImportCount) -> ImportCount:
        return ImportCount(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))


class Catalogue:
    """The films in events.db."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError when `path` is no store of ours."""
        self._db = open_store(path, EVENTS, CATALOGUE)

    def close(self) -> None:
        self._db.close()

    def put(self, movies: Iterable[Movie], day: date, read_us: int) -> ImportCount:
        """Store films with the fees read on `day`, in one transaction: all or nothing.

        A known film is updated by what the new record knows; what it leaves open stays (see `_merged`).
        A fee gets a row when it differs from the one known before that day; of several fees read on one day
        the last one counts. What was new or changed is a batch, as events are; nothing of that kind is none.
        """
        total = ImportCount()
        with writing(self._db):
            for movie in movies:
                before = self.find(movie.id)
                after = movie if before is None else _merged(before, movie)
                self._db.execute(_UPSERT, (*_row(after), read_us))
                if movie.licence_fee is not None:
                    self._put_fee(movie.id, movie.licence_fee, day)
                total += _counted(before, after)
            if total.new or total.changed:
                self._db.execute(_BATCH, (_SOURCE, total.films, read_us, read_us, read_us))
        return total

    def changed_after(self, batch: int) -> bool:
        """Whether any film is new or changed since that batch; looks at the newer batches only."""
        query = "SELECT EXISTS (SELECT 1 FROM batches WHERE batch > ? AND source = ?)"
        return bool(self._db.execute(query, (batch, _SOURCE)).fetchone()[0])

    def last_batch(self) -> int:
        """The newest batch that changed a film, 0 before the first."""
        query = "SELECT coalesce(max(batch), 0) FROM batches WHERE source = ?"
        return int(self._db.execute(query, (_SOURCE,)).fetchone()[0])

    def last_change(self) -> datetime:
        """When a film last changed, in UTC; 1970 before the first."""
        query = "SELECT coalesce(max(committed_us), 0) FROM batches WHERE source = ?"
        return datetime.fromtimestamp(self._db.execute(query, (_SOURCE,)).fetchone()[0] / 1_000_000, UTC)

    def movies(self) -> list[Movie]:
        """All films by id, each with its latest fee."""
        return [_movie(row) for row in self._db.execute(_SELECT + "ORDER BY movie_id")]

    def ids(self) -> set[MovieId]:
        """The ids of all films."""
        return {MovieId(movie) for (movie,) in self._db.execute("SELECT movie_id FROM movies")}

    def find(self, movie: MovieId) -> Movie | None:
        """The film with this id and its latest fee, None when there is none."""
        row = self._db.execute(_SELECT + "WHERE movie_id = ?", (movie,)).fetchone()
        return _movie(row) if row else None

    def fee_on(self, movie: MovieId, day: date) -> Usd | None:
        """The fee of a play on `day`: the last one read on that day or before. None when it was unknown."""
        row = self._db.execute(
            "SELECT fee_nano FROM fees WHERE movie_id = ? AND day <= ? ORDER BY day DESC LIMIT 1",
            (movie, day.isoformat()),
        ).fetchone()
        return Usd(row[0]) if row else None

    def fees(self, movie: MovieId) -> list[tuple[date, Usd]]:
        """Each day on which another fee was read, with that fee, in order."""
        rows = self._db.execute("SELECT day, fee_nano FROM fees WHERE movie_id = ? ORDER BY day", (movie,))
        return [(date.fromisoformat(day), Usd(nano)) for day, nano in rows]

    def fee_history(self) -> dict[MovieId, list[tuple[date, Usd]]]:
        """The `fees` of every film that has any."""
        history: dict[MovieId, list[tuple[date, Usd]]] = {}
        for movie, day, nano in self._db.execute("SELECT movie_id, day, fee_nano FROM fees ORDER BY movie_id, day"):
            history.setdefault(MovieId(movie), []).append((date.fromisoformat(day), Usd(nano)))
        return history

    def _put_fee(self, movie: MovieId, fee: Usd, day: date) -> None:
        self._db.execute("DELETE FROM fees WHERE movie_id = ? AND day = ?", (movie, day.isoformat()))
        if fee != self.fee_on(movie, day):
            self._db.execute("INSERT INTO fees VALUES (?,?,?)", (movie, day.isoformat(), fee.nano))


def _merged(before: Movie, after: Movie) -> Movie:
    """The film as `after` tells it, completed by what only `before` knew.

    A limit falls only by a certificate: records of one film come from several sources, and one with less to
    say (MovieLens has no overview) must not open a film to minors that another one had closed. A film that
    any record called adult stays closed.
    """
    known = {
        field.name: getattr(before, field.name)
        for field in fields(Movie)
        if field.name != "age_limit" and getattr(after, field.name) in (None, "", ())
    }
    if ADULTS_ONLY in (before.age_limit, after.age_limit):
        limit: AgeLimit | None = ADULTS_ONLY
    else:
        limit = after.age_limit if after.certificate else _stricter(before, after)
    return replace(after, **known, age_limit=limit)


def _stricter(before: Movie, after: Movie) -> AgeLimit | None:
    """Of two limits the higher one, where None is the highest; a certificate stands against any estimate."""
    if before.certificate or before.age_limit is None or after.age_limit is None:
        return before.age_limit if before.certificate else None
    return max(before.age_limit, after.age_limit, key=lambda limit: limit.years)


def _counted(before: Movie | None, after: Movie) -> ImportCount:
    limit = after.age_limit
    return ImportCount(
        films=1,
        new=before is None,
        changed=before is not None and before != after,
        without_fee=after.licence_fee is None,
        certificate=limit is not None and limit.source is AgeSource.CERTIFICATE,
        estimate=limit is not None and limit.source is AgeSource.ESTIMATE,
        not_for_minors=limit is None or limit.years >= ADULT_AGE_YEARS,
    )


def _row(movie: Movie) -> tuple[Any, ...]:
    """The values of _COLUMNS."""
    return (
        movie.id,
        movie.title,
        movie.year,
        json.dumps(movie.genres, ensure_ascii=False),
        movie.runtime_minutes,
        movie.release_date.isoformat() if movie.release_date else None,
        movie.language,
        movie.overview,
        movie.certificate,
        movie.age_limit.years if movie.age_limit else None,
        movie.age_limit.source if movie.age_limit else None,
        movie.original_title,
        movie.collection,
        movie.votes,
    )


def _movie(row: tuple[Any, ...]) -> Movie:
    """The film in a row of _SELECT."""
    movie, title, year, genres, runtime, released, language, overview, certificate, years, source, *rest = row
    original_title, collection, votes, nano = rest
    return Movie(
        id=MovieId(movie),
        title=title,
        year=year,
        genres=tuple(json.loads(genres)),
        runtime_minutes=runtime,
        release_date=date.fromisoformat(released) if released else None,
        language=language,
        overview=overview,
        certificate=certificate,
        age_limit=None if years is None else AgeLimit(years, AgeSource(source)),
        licence_fee=None if nano is None else Usd(nano),
        original_title=original_title,
        collection=collection,
        votes=votes,
    )
