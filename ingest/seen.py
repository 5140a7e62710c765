"""The set of minutes that a user saw of a film, stored as a bitmap: bit m of byte m // 8, no trailing zero bytes."""

from __future__ import annotations


def pack(seen: int) -> bytes:
    """The bitmap of a set of minutes given as the bits of an int.

    >>> pack(1 << 0 | 1 << 9)
    b'\\x01\\x02'
    """
    return seen.to_bytes((seen.bit_length() + 7) // 8, "little")


def unite(one: bytes, other: bytes) -> bytes:
    """The bitmap of the minutes that are in either.

    >>> unite(b"\\x01", b"\\x02\\x02")
    b'\\x03\\x02'
    """
    return pack(int.from_bytes(one, "little") | int.from_bytes(other, "little"))


def count_minutes(bitmap: bytes) -> int:
    """How many minutes the bitmap holds.

    >>> count_minutes(b"\\x03\\x02")
    3
    """
    return int.from_bytes(bitmap, "little").bit_count()
