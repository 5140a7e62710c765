"""How likely a list leads to a play of the film at each of its positions: a prior, corrected by what was played."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from telemetry.licence import PICK_PRIOR_PPM

PRIOR_LISTS = 100
"""The prior weighs as much as so many lists. It may well be off by half of what it says (see PICKS_PER_LIST); a share
p that is known that well is worth p(1 - p) / (p / 2)**2 lists: 53 at the top, 250 at the twentieth position."""

_PPM = 1_000_000
_NEWEST = "SELECT version, ppm FROM picks WHERE version > ? ORDER BY version DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Picks:
    """One version of the pick probabilities; version 0 is the prior.

    ppm : plays of the film at each position in a million lists, the top first; it never rises.
    """

    version: int
    ppm: tuple[int, ...]


PRIOR = Picks(0, PICK_PRIOR_PPM)


def learned_ppm(
    lists: Sequence[int], plays: Sequence[int], prior_ppm: Sequence[int] = PICK_PRIOR_PPM
) -> tuple[int, ...]:
    """Pick probabilities by position, in millionths.

    lists : how many lists had a film at this position. plays : how many plays of those films are attributed to
    them. prior_ppm : what is believed without any list; all three have one entry a position, top first.

    Each position's share is shrunk to the prior, which counts as PRIOR_LISTS lists; then neighbours where a lower
    position was played more often share their mean (weighted by lists), so that the result never rises. Rounded to
    whole millionths. Raises ValueError when the lengths differ.
    Source: pool adjacent violators, Ayer et al. 1955 (Ann. Math. Stat.); the shrinkage is a beta prior's mean.

    >>> learned_ppm([0, 0], [0, 0], [70_000, 40_000])
    (70000, 40000)
    >>> learned_ppm([100, 100], [0, 10], [70_000, 40_000])
    (52500, 52500)
    """
    blocks: list[tuple[int, int, int]] = []  # plays in millionths, lists, positions
    for shown, played, prior in zip(lists, plays, prior_ppm, strict=True):
        block = played * _PPM + prior * PRIOR_LISTS, shown + PRIOR_LISTS, 1
        while blocks and block[0] * blocks[-1][1] > blocks[-1][0] * block[1]:
            above = blocks.pop()
            block = above[0] + block[0], above[1] + block[1], above[2] + block[2]
        blocks.append(block)
    return tuple(round(total / weight) for total, weight, positions in blocks for _ in range(positions))


class PicksReader:
    """The newest version that a ledger has."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known = PRIOR

    def newest(self) -> Picks:
        """Looks at one row; a new version is decoded once. Raises sqlite3.Error."""
        found = self._connection.execute(_NEWEST, (self._known.version,)).fetchone()
        if found is not None:
            self._known = Picks(found[0], tuple(json.loads(found[1])))
        return self._known
