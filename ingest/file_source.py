"""A recorded log in a file, plain or gzip, as an event source."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from core.backends import PortUrl
from core.errors import PositionLost, SettingError, SourceError
from ingest.chunk import FileChunk, Position
from ingest.growing_file import GrowingFile, open_growing
from ingest.lines import KEPT_BYTES_MAX
from ingest.sources import EventSource, Positions

BLOCK_BYTES = 32 * 1024 * 1024  # half a million lines: enough to add up viewings, little enough to stay flat
CHUNK_LINES = 1_000_000  # twice the lines of a real block; a block of newlines alone has 33 million
GUARD_BYTES = 64
_GIANT_BYTES = 1024 * 1024


def open_file(url: PortUrl, positions: Positions, follow: bool) -> EventSource:
    """The source of `file:PATH`."""
    url.only_options()
    if url.host or not url.path:
        raise SettingError(f"file: has no host and needs a path, not {url.host + url.path!r}: give file:PATH")
    return FileSource(Path(url.path), positions, follow)


class FileSource:
    """Reads a log forward, and goes on where the stored position is.

    A log is known by its first line, so one that was renamed, packed or copied goes on where it was. A position is a
    byte offset in the uncompressed text and always stands at the beginning of a line. A last line without newline
    waits when the log is followed; else it is handed over, but the position stays before it: when the log has
    grown, the whole line is read in its place. A first line without newline does not say yet which log it is: it
    waits, or is refused.
    A log that is rotated while it is followed is read to its end, then the new one from its beginning.
    """

    def __init__(
        self,
        path: Path,
        positions: Positions,
        follow: bool,
        block_bytes: int = BLOCK_BYTES,
        chunk_lines: int = CHUNK_LINES,
    ) -> None:
        self._path = path
        self._positions = positions
        self._follow = follow
        self._block_bytes = block_bytes
        self._chunk_lines = chunk_lines
        self._log: _OpenLog | None = None

    def read(self) -> Iterator[FileChunk]:
        if self._log is None:
            self._log = self._opened()
        if self._log is None:
            return
        yield from self._log.chunks(self._block_bytes, self._chunk_lines)
        if not self._follow:
            yield from self._log.last_line()
        elif self._log.file.is_replaced():
            # what came between the last look and the rotation
            yield from self._log.chunks(self._block_bytes, self._chunk_lines)
            yield from self._log.last_line()
            self.close()
            yield from self.read()

    def progress(self) -> tuple[int, int]:
        return self._log.file.progress() if self._log else (0, 0)

    def close(self) -> None:
        if self._log is not None:
            self._log.file.close()
        self._log = None

    def _opened(self) -> _OpenLog | None:
        """The log; None while it has no whole first line."""
        file = open_growing(self._path)
        try:
            log = self._at_position(file)
        except SourceError:
            file.close()
            raise
        if log is None:
            file.close()
        return log

    def _at_position(self, file: GrowingFile) -> _OpenLog | None:
        """The log in `file`, ready to be read on from its stored position; None while it has no whole first line."""
        head = file.read(KEPT_BYTES_MAX)
        line, newline, _ = head.partition(b"\n")
        if not newline and len(head) < KEPT_BYTES_MAX:
            if not self._follow:
                _check_whole(file, self._path)
                if head:
                    raise SourceError(
                        f"{self._path} has no whole line yet: it ends after {len(head)} bytes without a newline, and "
                        "a log is known by its first line; end that line, or follow the log (without --once)"
                    )
            return None
        source = "file:" + hashlib.sha256(line).hexdigest()[:16]
        position = self._positions(source, 0) or Position(0)
        start = position.offset - len(position.guard)
        file.skip(max(0, start - len(head)))
        text = head[start:]
        text += file.read(max(0, len(position.guard) - len(text)))
        if not text.startswith(position.guard):
            raise PositionLost(
                f"{self._path} is not the log that was read up to byte {position.offset}: it begins with the same "
                "line, but other bytes stand before that position; read all of it anew with --from-start"
            )
        return _OpenLog(self._path, file, source, position, text[len(position.guard) :])


class _OpenLog:
    """A log that is being read. `rest` is what was read of a line whose end is not there yet."""

    def __init__(self, path: Path, file: GrowingFile, source: str, position: Position, rest: bytes) -> None:
        self._path = path
        self.file = file
        self._source = source
        self._position = position
        self._rest = rest
        self._dropped = 0  # bytes taken out of the middle of `rest`, a line too long to be kept whole

    def chunks(self, block_bytes: int, chunk_lines: int) -> Iterator[FileChunk]:
        """All whole lines that are there now, about `block_bytes` and at most `chunk_lines` at a time."""
        fresh = b"more"
        while fresh:
            fresh = self.file.read(block_bytes)
            block = self._rest + fresh
            if self._dropped and (end := block.find(b"\n") + 1):
                yield self._chunk(block[:end])
                block = block[end:]
            end = block.rfind(b"\n") + 1
            for piece in _pieces(block[:end], chunk_lines):
                yield self._chunk(piece)
            self._rest = block[end:]
            if len(self._rest) > _GIANT_BYTES:
                self._drop_middle()

    def last_line(self) -> Iterator[FileChunk]:
        """The line that ends with the file instead of a newline, if there is one. The position stays before it."""
        _check_whole(self.file, self._path)
        if self._rest:
            yield FileChunk(self._source, self._position.offset, self._position, self._rest + b"\n")

    def _chunk(self, lines: bytes) -> FileChunk:
        start, guard = self._position.offset, (self._position.guard + lines[-GUARD_BYTES:])[-GUARD_BYTES:]
        self._position = Position(start + len(lines) + self._dropped, guard)
        self._dropped = 0
        return FileChunk(self._source, start, self._position, lines)

    def _drop_middle(self) -> None:
        """Keep memory flat: no newline for a megabyte is no line of this log, whatever follows."""
        kept = self._rest[:KEPT_BYTES_MAX] + self._rest[-GUARD_BYTES:]
        self._dropped += len(self._rest) - len(kept)
        self._rest = kept


def _check_whole(file: GrowingFile, path: Path) -> None:
    """Raise SourceError when a file that was read to its end goes on."""
    if file.is_torn():
        raise SourceError(
            f"the gzip log {path} ends inside a member: it is damaged, or still being written; "
            "get a whole copy, or follow it (without --once)"
        )


def _pieces(lines: bytes, lines_max: int) -> Iterator[bytes]:
    """Whole lines, halved until no piece has more than `lines_max` of them; nothing of nothing."""
    if lines.count(b"\n") <= lines_max:
        if lines:
            yield lines
        return
    middle = len(lines) // 2
    cut = lines.find(b"\n", middle) + 1
    if cut == len(lines):  # the last line is longer than all others together
        cut = lines.rfind(b"\n", 0, middle) + 1
    yield from _pieces(lines[:cut], lines_max)
    yield from _pieces(lines[cut:], lines_max)
