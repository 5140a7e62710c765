"""The course's CSV files: one of films, one of users."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from core.errors import CatalogueError
from core.movie import Movie
from core.user import User
from ingest.movie_records import ID_FIELDS, movie_from_record
from ingest.record_fields import RecordReason, RefusedRecord, first_of_each_id
from ingest.user_records import user_from_record

R = TypeVar("R", Movie, User)


def read_movie_csv(path: Path) -> Iterator[Movie | RefusedRecord]:
    """Each row as a film or a refusal. Raises CatalogueError when the file is no table of films."""
    return first_of_each_id(_rows(path, ID_FIELDS, movie_from_record))


def read_user_csv(path: Path) -> Iterator[User | RefusedRecord]:
    """Each row as a user or a refusal. Raises CatalogueError when the file is no table of users."""
    return first_of_each_id(_rows(path, ("user_id",), user_from_record))


def _rows(
    path: Path, id_columns: tuple[str, ...], read: Callable[[object], R | RefusedRecord]
) -> Iterator[R | RefusedRecord]:
    """The rows after the header. An invalid byte spoils its own row only, a row of another width too."""
    try:
        # newline="": line ends inside quoted fields are data and stay as they came
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            columns = rows.fieldnames or ()
            if not set(id_columns) & set(columns):
                raise CatalogueError(
                    f"{path} has the columns {', '.join(columns)[:200] or 'none'}: "
                    f"{' or '.join(id_columns)} is needed; is it the right file?"
                )
            for row in rows:
                if None in row or None in row.values():
                    yield RefusedRecord("", RecordReason.SHAPE, f"line {rows.line_num} is not as wide as the header")
                else:
                    yield read(row)
    except csv.Error as error:
        raise CatalogueError(f"{path} is no CSV after line {rows.line_num}: {error}; export it again") from error
    except OSError as error:
        raise CatalogueError(f"can not read {path}: {error.strerror}; give a CSV file") from error
