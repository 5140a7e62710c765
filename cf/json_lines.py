"""A log of JSON objects, one a line, that is only ever added to."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import ArtefactError


class JsonLines:
    """Entries in the order in which they were added. An entry is there whole, or its writer was killed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, entry: Mapping[str, object]) -> None:
        """Add an entry; it is on the disk when this returns. Half a line of a killed writer is cut off first."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            file.truncate(file.read().rfind(b"\n") + 1)
            file.write(json.dumps(entry).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def entries(self) -> list[dict[str, Any]]:
        """All entries, the oldest first. Raises ArtefactError when a line is none of ours."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return []
        found = []
        for number, line in enumerate(content.split(b"\n")[:-1], start=1):  # the last one is empty, or half a line
            try:
                entry = json.loads(line)
            except ValueError as error:
                raise ArtefactError(f"line {number} of {self._path} is damaged ({error}): move it away") from error
            if not isinstance(entry, dict):
                raise ArtefactError(f"line {number} of {self._path} is no entry of ours: move it away")
            found.append(entry)
        return found
