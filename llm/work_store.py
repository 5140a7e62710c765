"""work.db, opened once a process and shared by its threads: jobs, calls and tastes are written through it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import StoreError
from core.sqlite import open_store, writing
from llm.work_schema import WORK


class WorkStore:
    """The one way to write work.db. Any number of threads and processes may do so at once; none may fork with it."""

    def __init__(self, path: Path) -> None:
        """Open, or make, the store at `path`, private to its owner. Raises StoreError when it is none of ours."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # what users said of themselves; SQLite gives its side files the same mode
        except OSError as error:
            raise StoreError(f"can not make the store {path}: {error}; check that its folder is writable") from error
        self._path = path
        self._lock = threading.Lock()  # one connection has one transaction
        self._database = open_store(path, WORK)
        # A call that is paid for must be known even after a power cut: every commit reaches the disk.
        self._database.execute("PRAGMA synchronous=FULL")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that holds the write lock; rolled back when the block raises. Raises StoreError."""
        with self._lock:
            try:
                with writing(self._database):
                    yield self._database.conn
            except sqlite3.OperationalError as error:
                raise StoreError(
                    f"can not write {self._path}: {error}; is the disk full or the file locked?"
                ) from error

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one statement that only reads."""
        with self._lock:
            yield self._database.conn

    def close(self) -> None:
        with self._lock:
            self._database.close()
