"""Opening SQLite stores: one way, the same pragmas, migrated on opening by their owner."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlite_utils
from sqlite_utils import Migrations

from core.errors import StoreError

_WAY_OUT = "run the command that writes it, or move it away when it is not ours"
BUSY_MS = 10_000  # two processes write one file: the worst commit measured was 34 ms, a checkpoint takes more


def open_store(path: Path, *migrations: Migrations) -> sqlite_utils.Database:
    """The store at `path`, created when absent, with `migrations` applied in order.

    Journal is a WAL with synchronous NORMAL: a killed process loses nothing that was committed.
    Raises StoreError when the file is no SQLite database or can not be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(path.parent):
            connection = _connect(f"file:{_quoted(path)}?mode=rwc")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA foreign_keys=ON")
            database = sqlite_utils.Database(connection)
            for migration in migrations:
                migration.apply(database)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"can not open the store {path}: {error}; check that it is ours and writable") from error
    return database


def open_to_read(path: Path, *tables: str) -> sqlite3.Connection:
    """A read-only connection to the store at `path`; never blocks a writer nor waits for one.

    tables : what the reader needs.
    Raises StoreError when there is no such store, or the file is no database or lacks one of these tables.
    """
    if not path.exists():
        raise StoreError(f"there is no store at {path}: it is made by the first command that writes it")
    try:
        connection = _connect(f"file:{_quoted(path)}?mode=ro")
        known = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}  # looks at the file
    except sqlite3.Error as error:
        raise StoreError(f"can not read the store {path}: {error}; {_WAY_OUT}") from error
    for table in tables:
        if table not in known:
            connection.close()
            raise StoreError(f"the store {path} lacks the table {table}; {_WAY_OUT}")
    return connection


@contextmanager
def writing(database: sqlite_utils.Database) -> Iterator[None]:
    """One transaction that holds the write lock from its first statement on; rolled back when the block raises.

    A transaction that reads first and writes later fails at once, without waiting, when another process has
    written in between; this one waits for its turn before it reads.
    """
    database.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.conn.rollback()
        raise
    database.conn.commit()


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Let one process at a time go on; a lock ends with its process.

    The step to a WAL does not wait for a busy file, and two processes that find the same migration pending both
    apply it: of four that opened a new store at once, one failed in 27 of 30 trials.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _connect(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    return connection


def _quoted(path: Path) -> str:
    """The path as part of a file: URI, where `?`, `#` and `%` would mean something else."""
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
