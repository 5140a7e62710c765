"""Segments: what lists have in common when costs are added up, kept once under a small number."""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from core.decision import Decision
from telemetry import varint

WARM_RANKER, TASTE_RANKER = "blend", "taste"  # rankers that need to know a user, by watching or by words
NOBODY = "nobody"  # no ranker had a film


class UserKind(StrEnum):
    """What was known of a user when a list was made, by who filled it."""

    WARM = "warm"  # the blend put at least one film there
    DESCRIBED = "described"  # the taste did, and not the blend
    NEW = "new"  # neither


class Segment(NamedTuple):
    """Arm, model, the ranker of the first film, and the kind of the user."""

    arm: str
    model: str
    ranker: str
    user_kind: str


def segment_of(decision: Decision) -> Segment:
    """The segment of a list as it is made."""
    ranking = decision.ranking
    return _segment(decision.arm, ranking.model, [item.ranker for item in ranking.attempts if item.movies])


def segment_of_row(pattern: str, numbers: bytes) -> str:
    """The text of the segment of a list in the ledger, from its pattern's text and its numbers (telemetry/row.py)."""
    arm, model, rankers = _read(pattern)
    counts = varint.decode(numbers)[: 2 * len(rankers) : 2]
    return _text(arm, model, tuple([ranker for ranker, count in zip(rankers, counts, strict=True) if count]))


def segment_text(segment: Segment) -> str:
    """The segment as JSON: equal ones give equal texts."""
    return json.dumps(segment, separators=(",", ":"))


@lru_cache(maxsize=1024)  # patterns and segments come back all the time, there are a few dozen
def _read(pattern: str) -> tuple[str, str, tuple[str, ...]]:
    """Arm, model, and the rankers in order of their attempts."""
    arm, model, attempts, _ = json.loads(pattern)
    return arm, model, tuple(ranker for ranker, _, _ in attempts)


@lru_cache(maxsize=1024)
def _text(arm: str, model: str, served: tuple[str, ...]) -> str:
    return segment_text(_segment(arm, model, served))


def _segment(arm: str, model: str, served: Iterable[str]) -> Segment:
    """served : the rankers with films on the list, in order."""
    rankers = list(served)
    if WARM_RANKER in rankers:
        kind = UserKind.WARM
    elif TASTE_RANKER in rankers:
        kind = UserKind.DESCRIBED
    else:
        kind = UserKind.NEW
    return Segment(arm, model, rankers[0] if rankers else NOBODY, kind.value)
