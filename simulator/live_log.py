"""The log of a live world: lines go to the world's own file and, if asked, to a broker as well.

What a run that is killed would lose is kept beside it: lines that are late, until they are written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from core.backends import Backends
from core.ids import MovieId, UserId

BEGIN = "live.begin"  # where in the world's log the live part begins, in bytes
LATE = "late.log"  # lines that are to be written later; there is none after a run that was closed
SPOILT = "spoilt.tsv"  # lines of the live part as they should be, a tab, as they were written
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
            self._file.flush()
        self._late = path.with_name(LATE)
        self._spoilt = path.with_name(SPOILT)
        self.write(self._left_late())
        self._late.unlink(missing_ok=True)

    def write(self, lines: Sequence[str]) -> None:
        self._file.writelines(f"{line}\n" for line in lines)
        self._file.flush()
        if self._also is not None:
            self._also.write(lines)

    def keep(self, lines: Sequence[str]) -> None:
        """Remember lines that will be written later, in case this process does not live to do it."""
        if lines:
            with open(self._late, "a", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in lines)

    def write_spoilt(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Tell the truth about lines that are written next: each as it should be, and as it will be."""
        if pairs:
            with open(self._spoilt, "a", encoding="utf-8") as file:
                file.writelines(f"{right}\t{written}\n" for right, written in pairs)

    def close(self) -> None:
        """Nothing is late any more: whoever kept a line has written it."""
        self._late.unlink(missing_ok=True)
        self._file.close()
        if self._also is not None:
            self._also.close()

    def _left_late(self) -> list[str]:
        """Late lines that a killed run has not written, in the order in which they became late."""
        if not self._late.exists():
            return []
        whole, _, _ = self._late.read_text(encoding="utf-8").rpartition("\n")
        kept = whole.split("\n") if whole else []
        names = set(kept)
        with open(self._path, encoding="utf-8", errors="replace", newline="\n") as file:
            file.seek(self._begin)
            written = Counter(line for line in map(_without_end, file) if line in names)
        left = []
        for line in kept:
            if written[line]:
                written[line] -= 1
            else:
                left.append(line)
        return left

    def watched(self) -> Iterator[tuple[UserId, MovieId]]:
        """Who watched what in the live part so far; a pair comes once a minute. What is spoilt may name nobody."""
        with open(self._path, "rb") as file:
            file.seek(self._begin)
            for line in file:
                if found := _WATCHED.search(line.rstrip(b"\n")):
                    yield UserId(int(found[1])), MovieId(found[2].decode("utf-8", "replace"))


def settle_log(path: Path) -> None:
    """Write to a world's log what a killed run has left late."""
    LiveLog(path).close()


def _without_end(line: str) -> str:
    return line.removesuffix("\n")


def _ends_whole(path: Path) -> bool:
    """Whether a file is empty or ends with a newline."""
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - 1))
        return file.read() in (b"", b"\n")
