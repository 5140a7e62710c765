"""Files that may still grow, plain or gzip, read forward as one stream of uncompressed bytes."""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Protocol

from core.errors import SourceError

_GZIP_MAGIC = b"\x1f\x8b"
_COMPRESSED_BYTES = 256 * 1024  # read in one go
_GZIP_MEMBER = 16 + zlib.MAX_WBITS


class GrowingFile(Protocol):
    """A file whose end may move."""

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, fewer only where the file ends for now; empty when there is nothing new.

        Raises SourceError when the file is damaged.
        """
        ...

    def skip(self, size: int) -> int:
        """Pass over up to `size` bytes; returns how many there were."""
        ...

    def is_replaced(self) -> bool:
        """Whether another file stands at the path now, or this one was cut short: a log was rotated."""
        ...

    def is_torn(self) -> bool:
        """Whether the bytes read so far end inside a member that is to be continued."""
        ...

    def progress(self) -> tuple[int, int]:
        """Bytes read and bytes there, as they lie on the disk."""
        ...

    def close(self) -> None: ...


def open_growing(path: Path) -> GrowingFile:
    """The file at `path`; gzip is known by its first bytes, not by its name. Raises SourceError."""
    try:
        with path.open("rb") as head:
            is_gzip = head.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        return GzipFile(path) if is_gzip else PlainFile(path)
    except OSError as error:
        raise SourceError(f"can not read the log {path}: {error.strerror}; give file:PATH of a log") from error


class PlainFile:
    """A file of plain bytes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb")

    def read(self, size: int) -> bytes:
        return self._file.read(size)

    def skip(self, size: int) -> int:
        before, end = self._file.tell(), os.fstat(self._file.fileno()).st_size
        return self._file.seek(min(before + size, end)) - before

    def is_replaced(self) -> bool:
        return _is_replaced(self._path, self._file.fileno(), self._file.tell())

    def is_torn(self) -> bool:
        return False

    def progress(self) -> tuple[int, int]:
        return self._file.tell(), os.fstat(self._file.fileno()).st_size

    def close(self) -> None:
        self._file.close()


class GzipFile:
    """A gzip file of any number of members, the last of which may still be written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb")
        self._member = zlib.decompressobj(_GZIP_MEMBER)
        self._waiting = b""  # compressed bytes that were read and not yet unpacked

    def read(self, size: int) -> bytes:
        parts = []
        while size:
            packed = self._waiting or self._file.read(_COMPRESSED_BYTES)
            if self._member.eof:
                if not packed:
                    break
                self._waiting = packed = packed.lstrip(b"\0")  # gzip too takes zeros behind a member for padding
                if not packed:
                    continue
                self._member = zlib.decompressobj(_GZIP_MEMBER)
            try:
                part = self._member.decompress(packed, size)
            except zlib.error as error:
                place = f"{self._path} before byte {self._file.tell()}"
                raise SourceError(f"the gzip log is damaged at {place}: {error}; get a whole copy") from error
            self._waiting = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            parts.append(part)
            size -= len(part)
            if not packed and not part:
                break
        return b"".join(parts)

    def skip(self, size: int) -> int:
        passed = 0
        while passed < size and (part := self.read(min(size - passed, _COMPRESSED_BYTES))):
            passed += len(part)
        return passed

    def is_replaced(self) -> bool:
        return _is_replaced(self._path, self._file.fileno(), self._file.tell())

    def is_torn(self) -> bool:
        return not self._member.eof

    def progress(self) -> tuple[int, int]:
        return self._file.tell(), os.fstat(self._file.fileno()).st_size

    def close(self) -> None:
        self._file.close()


def _is_replaced(path: Path, descriptor: int, offset: int) -> bool:
    """Whether `path` is no longer the open file, or the open file is now shorter than what was read of it."""
    mine = os.fstat(descriptor)
    try:
        there = path.stat()
    except FileNotFoundError:  # moved away, the next one is not there yet
        return False
    return not os.path.samestat(mine, there) or mine.st_size < offset
