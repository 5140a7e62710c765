"""Plays: the minutes of one user and film in the order of their time, cut where six hours pass without any.

Minutes hang together when less than PLAY_GAP_US lies between neighbours, so a set of minutes has one way to be cut,
in whatever order and in however many pieces it arrives: of each piece the two ends of its plays are enough, since
a minute that falls inside a play has a neighbour of that play less than six hours away.

A store keeps the pauses only, and nearly no row has one: of 3.0 million pairs nearly all have a single play.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

PLAY_GAP_US = 6 * 3600 * 1_000_000  # DESIGN section 5: a play starts after a gap of six hours

Play = tuple[int, int]
"""Times of the first and the last minute, in microseconds since 1970 UTC."""


def united(plays: Iterable[Play]) -> list[Play]:
    """The plays in order, where those less than six hours apart have become one.

    >>> hour = PLAY_GAP_US // 6
    >>> [end // hour for start, end in united([(20 * hour, 21 * hour), (0, 2 * hour), (7 * hour, 7 * hour)])]
    [7, 21]
    """
    result: list[Play] = []
    for start_us, end_us in sorted(plays):
        if result and start_us - result[-1][1] < PLAY_GAP_US:
            result[-1] = result[-1][0], max(result[-1][1], end_us)
        else:
            result.append((start_us, end_us))
    return result


def pack_pauses(plays: Iterable[Play]) -> bytes | None:
    """What lies between the plays: the end of one and the start of the next, 8 bytes each; None for a single play.

    >>> pack_pauses([(0, 5)]), pack_pauses([(0, 1), (2, 5)]).hex()
    (None, '01000000000000000200000000000000')
    """
    _, *pauses, _ = (time for play in plays for time in play)
    return struct.pack(f"<{len(pauses)}q", *pauses) if pauses else None


def unpack_plays(first_us: int, last_us: int, pauses: bytes | None) -> list[Play]:
    """The inverse of `pack_pauses`, given the first and the last time.

    >>> unpack_plays(0, 5, pack_pauses([(0, 1), (2, 5)]))
    [(0, 1), (2, 5)]
    """
    if pauses is None:
        return [(first_us, last_us)]
    times = first_us, *struct.unpack(f"<{len(pauses) // 8}q", pauses), last_us
    return list(zip(times[::2], times[1::2], strict=True))


def unite_pauses(
    first_us: int, last_us: int, pauses: bytes | None, other_first_us: int, other_last_us: int, other: bytes | None
) -> bytes | None:
    """The pauses of the minutes of two rows taken together."""
    return pack_pauses(
        united([*unpack_plays(first_us, last_us, pauses), *unpack_plays(other_first_us, other_last_us, other)])
    )
