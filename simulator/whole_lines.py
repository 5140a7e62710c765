"""Files of lines that are appended to by one writer: a line is written wholly, or not at all."""

from __future__ import annotations

import os
from io import FileIO
from pathlib import Path

_BLOCK_BYTES = 65_536


def write_all(file: FileIO, block: bytes) -> None:
    """Write a block to the end of a file, wholly or not at all. Raises OSError.

    A disk that gets full takes a part first, and only then says so.
    """
    before = os.fstat(file.fileno()).st_size
    rest = memoryview(block)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError:
        os.ftruncate(file.fileno(), before)
        raise


def ends_whole(path: Path) -> bool:
    """Whether a file is empty or ends with a newline."""
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - 1))
        return file.read() in (b"", b"\n")


def cut_half_line(path: Path) -> None:
    """Take away what stands behind the last newline."""
    with open(path, "r+b") as file:
        end = file.seek(0, os.SEEK_END)
        while end:
            start = max(0, end - _BLOCK_BYTES)
            file.seek(start)
            if found := file.read(end - start).rfind(b"\n") + 1:
                file.truncate(start + found)
                return
            end = start
        file.truncate(0)
