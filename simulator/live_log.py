"""The log of a live world: lines go to the world's own file and, if asked, to a broker as well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from core.backends import Backends
from core.ids import MovieId, UserId

BEGIN = "live.begin"  # where in the world's log the live part begins, in bytes
_WATCHED = re.compile(rb",(\d+),GET /data/m(?:ovie)?/([^/\n]+)/\d+\.mpg$", re.MULTILINE)


class LineSink(Protocol):
    """Takes lines without newlines, in order."""

    def write(self, lines: Sequence[str]) -> None: ...

    def close(self) -> None: ...


LOG_SINKS: Backends[LineSink] = Backends({"kafka": "simulator.kafka_log:open_kafka"})


class LiveLog:
    """Appends to a world's log. A line is there for its readers when `write` returns."""

    def __init__(self, path: Path, also: LineSink | None = None) -> None:
        """`also` gets the same lines and is closed with the log."""
        self._also = also
        begin = path.with_name(BEGIN)
        if not begin.exists():
            begin.write_text(f"{path.stat().st_size if path.exists() else 0}\n")
        self._path = path
        self._begin = int(begin.read_text())
        self._file = open(path, "a", encoding="utf-8")  # noqa: SIM115  closed by `close`
        if not _ends_whole(path):
            self._file.write("\n")  # a killed run left half a line: it shall stay one wrong line

    def write(self, lines: Sequence[str]) -> None:
        self._file.writelines(f"{line}\n" for line in lines)
        self._file.flush()
        if self._also is not None:
            self._also.write(lines)

    def close(self) -> None:
        self._file.close()
        if self._also is not None:
            self._also.close()

    def watched(self) -> Iterator[tuple[UserId, MovieId]]:
        """Who watched what in the live part so far; a pair comes once a minute. What is spoilt may name nobody."""
        with open(self._path, "rb") as file:
            file.seek(self._begin)
            for line in file:
                if found := _WATCHED.search(line.rstrip(b"\n")):
                    yield UserId(int(found[1])), MovieId(found[2].decode("utf-8", "replace"))


def _ends_whole(path: Path) -> bool:
    """Whether a file is empty or ends with a newline."""
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - 1))
        return file.read() in (b"", b"\n")
