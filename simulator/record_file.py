"""The record files of a world: one line a record, which the directory follows while a live world adds to them."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterable
from pathlib import Path


class RecordFile:
    """The records of a file by id: each line is the id, a tab, the JSON object that an API answers with.

    Follows its file: what was appended is read on the next look, a file that was replaced is read anew.
    """

    def __init__(self, path: Path) -> None:
        """Raises OSError when there is no such file."""
        self._path = path
        self._lock = threading.Lock()
        self._open()
        self._follow()

    def get(self, key: str) -> str | None:
        """The record of an id as the file has it now."""
        with self._lock:
            self._follow()
            return self._records.get(key)

    def all(self) -> dict[str, str]:
        """Every record by its id, as the file has them now."""
        with self._lock:
            self._follow()
            return dict(self._records)

    def _follow(self) -> None:
        found = os.stat(self._path)
        if found.st_ino != os.fstat(self._descriptor).st_ino or found.st_size < self._read_bytes:
            self._let_go()
            self._open()
        block = os.pread(self._descriptor, os.fstat(self._descriptor).st_size - self._read_bytes, self._read_bytes)
        whole = block[: block.rfind(b"\n") + 1]  # a line that is being written is left for the next look
        self._read_bytes += len(whole)
        self._records.update((key, record) for key, _, record in map(_parts, whole.decode().split("\n")) if key)

    def _open(self) -> None:
        """Begin anew. The file is held open: while it is, no file that replaces it can get its inode."""
        self._descriptor = os.open(self._path, os.O_RDONLY)
        self._let_go = weakref.finalize(self, os.close, self._descriptor)
        self._records: dict[str, str] = {}
        self._read_bytes = 0


def _parts(line: str) -> tuple[str, str, str]:
    return line.partition("\t")


def append_record(path: Path, key: str, record: str) -> None:
    """Add a record to a file."""
    with open(path, "a", encoding="utf-8") as file:
        file.write(f"{key}\t{record}\n")


def replace_records(path: Path, records: Iterable[tuple[str, str]]) -> None:
    """Put other records in a file's place, at once."""
    aside = path.with_name(f"{path.name}.new")
    with open(aside, "w", encoding="utf-8") as file:
        file.writelines(f"{key}\t{record}\n" for key, record in records)
    os.replace(aside, path)
