"""Attribution: which list a play came from, if any."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from core.ids import RequestId
from telemetry import varint

WINDOW_US = 24 * 3600 * 1_000_000  # DESIGN section 5: the attribution window is 24 hours
SECOND_US = 1_000_000
UNKNOWN_RANKER = "unknown"  # of a list whose attempts count fewer films than it has


class Shown(NamedTuple):
    """A list that a user got, as the columns of its decision."""

    request: RequestId
    at_us: int
    pattern: int
    movies: bytes
    numbers: bytes


class Origin(NamedTuple):
    """What put a film on a list."""

    arm: str
    model: str
    ranker: str


@dataclass(frozen=True, slots=True)
class Attributed:
    """The list that a play came from. position : of the film in it, 0 is the top. age_s : whole seconds before."""

    request: RequestId
    position: int
    age_s: int
    origin: Origin


def attribute(start_us: int, film: int, lists: Iterable[Shown], pattern: Callable[[int], str]) -> Attributed | None:
    """The last list with the film that was shown in the WINDOW_US before the start, its ends included; else None.

    film : its number in the ledger. lists : of this user, the latest first. pattern : the text of a pattern.
    """
    for shown in lists:
        age_us = start_us - shown.at_us
        if 0 <= age_us <= WINDOW_US:
            films = varint.decode(shown.movies)
            if film in films:
                position = films.index(film)
                origin = origin_of(pattern(shown.pattern), shown.numbers, position)
                return Attributed(shown.request, position, age_us // SECOND_US, origin)
    return None


def origin_of(pattern: str, numbers: bytes, position: int) -> Origin:
    """Who put the film at `position` there: rankers fill a list one after the other, each as many as it counts."""
    arm, model, rankers = _read(pattern)
    counts = varint.decode(numbers)[: 2 * len(rankers) : 2]
    for ranker, count in zip(rankers, counts, strict=True):
        if position < count:
            return Origin(arm, model, ranker)
        position -= count
    return Origin(arm, model, UNKNOWN_RANKER)


@lru_cache(maxsize=1024)  # patterns come back all the time, there are a few dozen
def _read(pattern: str) -> tuple[str, str, tuple[str, ...]]:
    """Arm, model, and the rankers in order of their attempts."""
    arm, model, attempts, _ = json.loads(pattern)
    return arm, model, tuple(ranker for ranker, _, _ in attempts)
