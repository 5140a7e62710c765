"""A chunk: consecutive lines of one partition of an event source, with their positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Position:
    """Where the next line begins, and the last bytes before it, by which a changed source is found out."""

    offset: int
    guard: bytes = b""


class Chunk(Protocol):
    """What a source hands over in one piece: at least one line."""

    @property
    def source(self) -> str:
        """The identity of the log, the same wherever it lies and whatever it is called."""
        ...

    @property
    def partition(self) -> int: ...

    @property
    def start(self) -> int:
        """The position of the first line."""
        ...

    @property
    def last(self) -> int:
        """The position of the last line."""
        ...

    @property
    def next(self) -> Position:
        """Where to go on when all lines of this chunk are stored."""
        ...

    @property
    def block(self) -> bytes:
        """All lines, each followed by one newline; a line that is not plain bytes without newline stands empty."""
        ...

    def line(self, index: int) -> bytes | None:
        """The line at `index` as it came, without its newline; None is a null value."""
        ...

    def position(self, index: int) -> int:
        """The position of the line at `index`."""
        ...


@dataclass(frozen=True)
class FileChunk:
    """Whole lines of a file; positions are byte offsets in its uncompressed text."""

    source: str
    start: int
    next: Position
    block: bytes
    partition: int = 0

    @property
    def last(self) -> int:
        return self.start + self.block.rfind(b"\n", 0, -1) + 1

    @cached_property
    def _ends(self) -> NDArray[np.intp]:
        """Offsets of the newlines in the block."""
        return np.flatnonzero(np.frombuffer(self.block, np.uint8) == ord("\n"))

    def _begin(self, index: int) -> int:
        return int(self._ends[index - 1]) + 1 if index else 0

    def line(self, index: int) -> bytes:
        return self.block[self._begin(index) : int(self._ends[index])]

    def position(self, index: int) -> int:
        return self.start + self._begin(index)


@dataclass(frozen=True)
class MessageChunk:
    """Messages of one partition of a broker; positions are the broker's offsets, which may have gaps."""

    source: str
    partition: int
    offsets: Sequence[int]
    values: Sequence[bytes | None]

    @property
    def start(self) -> int:
        return self.offsets[0]

    @property
    def last(self) -> int:
        return self.offsets[-1]

    @property
    def next(self) -> Position:
        return Position(self.offsets[-1] + 1)

    @property
    def block(self) -> bytes:
        return b"".join((b"" if value is None or b"\n" in value else value) + b"\n" for value in self.values)

    def line(self, index: int) -> bytes | None:
        return self.values[index]

    def position(self, index: int) -> int:
        return self.offsets[index]
