"""Importing records: films and users from a folder, a file or the site's APIs into events.db."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import click
import requests

from core.clock import Clock
from core.errors import CatalogueError
from core.ids import MovieId, UserId
from core.movie import Movie
from core.settings import Settings
from core.user import User
from ingest import (
    Catalogue,
    Directory,
    EventReader,
    ImportCount,
    RefusedRecord,
    UserTable,
    microseconds,
    read_movie_csv,
    read_movielens,
    read_user_csv,
)

IDS_PER_STEP = 200  # asked for between two commits, and of a step of the progress bar

T = TypeVar("T", MovieId, UserId)
R = TypeVar("R", Movie, User)
C = TypeVar("C")


@dataclass(frozen=True)
class RecordImport(Generic[C]):
    """What an import of records did. `count` is an ImportCount for films, for users how many are new or differ."""

    source: str
    count: C
    refused: tuple[RefusedRecord, ...]
    absent: tuple[str, ...]  # ids for which an API had no record that can be used

    def refused_by_reason(self) -> dict[str, int]:
        """How many records were refused for each reason, the most frequent first."""
        return dict(Counter(str(record.reason) for record in self.refused).most_common())


def is_url(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def import_movies(settings: Settings, source: str, again: bool, clock: Clock) -> RecordImport[ImportCount]:
    """Store the films of `source`: a MovieLens folder, a .csv file or the URL of the movie API.

    The API is asked for the films that were seen in events; for those that the catalogue has too when `again`.
    Each step is committed, so a stopped import goes on where it was. Raises CatalogueError when a folder or
    file has no film that can be used or no event told of a film to ask for, DirectoryError when the API fails.
    """
    count = ImportCount()
    refused: list[RefusedRecord] = []
    absent: list[str] = []
    with closing(Catalogue(settings.events_db)) as catalogue:
        if is_url(source):
            with closing(EventReader(settings.events_db)) as events, _directory(source, clock) as api:
                wanted = _seen(events.movie_ids(), "film") - (set() if again else catalogue.ids())
                for ids in _steps(sorted(wanted), "films"):
                    answer = api.movies(ids)
                    now = clock.now()
                    count += catalogue.put(answer.records, now.date(), microseconds(now))
                    refused += answer.refused
                    absent += answer.absent
        else:
            path = Path(source)
            records = read_movielens(path) if path.is_dir() else read_movie_csv(path)
            movies: list[Movie] = _usable(records, refused, source, "film")
            now = clock.now()
            count = catalogue.put(movies, now.date(), microseconds(now))
    return RecordImport(source, count, tuple(refused), tuple(absent))


def import_users(settings: Settings, source: str, again: bool, clock: Clock) -> RecordImport[int]:
    """Store the user records of `source`: a .csv file or the URL of the user API.

    The API is asked for the users that were seen in events; for those with a record too when `again`.
    Each step is committed. Raises CatalogueError when a file has no user that can be used or no event told of a
    user to ask for, DirectoryError when the API fails.
    """
    changed = 0
    refused: list[RefusedRecord] = []
    absent: list[str] = []
    with closing(UserTable(settings.events_db)) as table:
        if is_url(source):
            with closing(EventReader(settings.events_db)) as events, _directory(source, clock) as api:
                wanted = _seen(events.user_ids(), "user") - (set() if again else table.ids())
                for ids in _steps(sorted(wanted), "users"):
                    answer = api.users(ids)
                    changed += table.put(answer.records, microseconds(clock.now()))
                    refused += answer.refused
                    absent += answer.absent
        else:
            users = _usable(read_user_csv(Path(source)), refused, source, "user")
            changed = table.put(users, microseconds(clock.now()))
    return RecordImport(source, changed, tuple(refused), tuple(absent))


@contextmanager
def _directory(url: str, clock: Clock) -> Iterator[Directory]:
    """The APIs at `url`, over one session that is closed in the end."""
    with requests.Session() as session:
        yield Directory(url, session, clock, random.Random())  # noqa: S311  jitter is no secret


def _steps(ids: Sequence[T], label: str) -> Iterator[Sequence[T]]:
    """The ids in steps, with a progress bar where there is a terminal."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=len(ids), label=label, file=sys.stderr, hidden=hidden) as bar:
        for start in range(0, len(ids), IDS_PER_STEP):
            step = ids[start : start + IDS_PER_STEP]
            yield step
            bar.update(len(step))


def _seen(ids: set[T], noun: str) -> set[T]:
    """The ids of which events told. Raises CatalogueError when there are none."""
    if not ids:
        raise CatalogueError(f"no {noun} was seen in events yet, so there is none to ask for: run matinee ingest")
    return ids


def _usable(records: Iterable[R | RefusedRecord], refused: list[RefusedRecord], source: str, noun: str) -> list[R]:
    """The records that can be used; the others are added to `refused`. Raises CatalogueError when none can."""
    usable: list[R] = []
    for record in records:
        if isinstance(record, RefusedRecord):
            refused.append(record)
        else:
            usable.append(record)
    if not usable:
        raise CatalogueError(f"{source} has no {noun} that can be used, {len(refused)} were refused: check it")
    return usable
