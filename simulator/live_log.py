"""The log of a live world: lines go to the world's own file and, if asked, to a broker as well.

What a run that is killed would lose is kept beside it: lines that are late, until they are written.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from io import FileIO
from pathlib import Path
from typing import Protocol

from core.backends import Backends
from core.errors import WorldError
from core.ids import MovieId, UserId
from simulator.whole_lines import ends_whole, write_all

BEGIN = "live.begin"  # where in the world's log the live part begins, in bytes
LATE = "late.log"  # lines that are to be written later; there is none after a run that was closed
SPOILT = "spoilt.tsv"  # lines of the live part as they should be, a tab, as they were written
_CUT_OFF = b" (cut off)\n"  # ends half a line of a killed run: `=1` of `=10` shall not be taken for one star
_WATCHED = re.compile(rb",(\d+),GET /data/m(?:ovie)?/([^/\n]+)/\d+\.mpg$", re.MULTILINE)


class LineSink(Protocol):
    """Takes lines without newlines, in order."""

    def write(self, lines: Sequence[str]) -> None: ...

    def close(self) -> None: ...


LOG_SINKS: Backends[LineSink] = Backends({"kafka": "simulator.kafka_log:open_kafka"})


class LiveLog:
    """Appends to a world's log. A line is there for its readers when `write` returns.

    One process at a time: the log is locked until `close`.
    """

    def __init__(self, path: Path, also: LineSink | None = None) -> None:
        """`also` gets what is sent and is closed with the log. Raises WorldError when another run has the log."""
        self._also = also
        self._path = path
        self._late = path.with_name(LATE)
        self._spoilt = path.with_name(SPOILT)
        self._is_whole = True  # nothing that was kept could not be written
        self._file = _locked(path)
        try:
            self._begin = _begin_of_live(path)
            if not ends_whole(path):
                write_all(self._file, _CUT_OFF)
            left = self._left_late()
            self.write(left)
            self.send(left)
        except BaseException:
            self._file.close()
            raise
        self._late.unlink(missing_ok=True)

    def write(self, lines: Sequence[str], late: Sequence[str] = (), spoilt: Sequence[tuple[str, str]] = ()) -> None:
        """Append lines, all or none of them. Raises WorldError when they can not be written.

        late : lines that will be written later, remembered in case this process does not live to do it.
        spoilt : the truth about these lines, written before them: each as it should be, and as it is.
        """
        if not (lines or late or spoilt):
            return
        before = [(path, path.stat().st_size if path.exists() else 0) for path in self._files]
        try:
            _append(self._late, late)
            _append(self._spoilt, [f"{right}\t{written}" for right, written in spoilt])
            write_all(self._file, _block(lines))
        except OSError as error:
            self._is_whole = False
            for path, size in before:
                if path.exists():
                    os.truncate(path, size)
            raise WorldError(
                f"can not write to {self._path}: {error.strerror}; what is told so far is whole: make room and go on"
            ) from error

    def send(self, lines: Sequence[str]) -> None:
        """Give lines that were written to `also`. It gets no more when it fails; its error is raised once."""
        if self._also is None or not lines:
            return
        try:
            self._also.write(lines)
        except BaseException:
            also, self._also = self._also, None
            also.close()
            raise

    def close(self) -> None:
        """Nothing is late any more: whoever kept a line has written it."""
        if self._is_whole:
            self._late.unlink(missing_ok=True)
        self._file.close()
        if self._also is not None:
            self._also.close()

    @property
    def _files(self) -> tuple[Path, Path, Path]:
        return self._late, self._spoilt, self._path

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


def _locked(path: Path) -> FileIO:
    """The log, to be appended to by nobody else as long as it is open."""
    file = FileIO(path, "a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise WorldError(
            f"another run lives on the world in {path.parent}: wait for its end, or use another MATINEE_HOME"
        ) from error
    return file


def _begin_of_live(path: Path) -> int:
    """Where the live part of a log begins, in bytes; it is remembered when the first run asks."""
    begin = path.with_name(BEGIN)
    if not begin.exists():
        aside = begin.with_name(f"{BEGIN}.new")
        aside.write_text(f"{path.stat().st_size}\n")
        os.replace(aside, begin)
    text = begin.read_text(errors="replace").strip()
    if not (text.isascii() and text.isdigit()):
        raise WorldError(
            f"{begin} says {text[:40]!r}, but it must say how many bytes of {path.name} are history: write that into "
            "it, or make the world anew"
        )
    return int(text)


def _append(path: Path, lines: Sequence[str]) -> None:
    if lines:
        with FileIO(path, "a") as file:
            write_all(file, _block(lines))


def _block(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _without_end(line: str) -> str:
    return line.removesuffix("\n")
