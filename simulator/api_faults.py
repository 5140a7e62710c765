"""Faults of the directory's answers, each as it was seen on the real site."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from core.money import Usd
from simulator.film_schema import FEE, OTHER_FEE

SLOW_S = 5.0


class ApiFault(StrEnum):
    """How an answer of the two APIs can go wrong."""

    RATE_LIMIT = "429"
    NOT_FOUND = "404"  # although the records are there
    SLOW = "slow"
    PARTIAL = "partial"  # the second half of a batch is missing
    NAN = "nan"  # a number is NaN, which is no JSON
    DOUBLED_KEY = "doubled-key"  # a key stands twice in each record, with two values
    REFRESHED = "refreshed"  # values that grow over time have grown
    PRICE = "price"  # licence fees are a tenth higher than last time


def spoiled(records: Sequence[str], fault: ApiFault | None) -> Sequence[str]:
    """The JSON objects of an answer as the fault leaves them.

    >>> spoiled(['{"age": 33}', '{"age": 34}'], ApiFault.PARTIAL), spoiled(['{"age": 33}'], ApiFault.NAN)
    (['{"age": 33}'], ['{"age": NaN}'])
    """
    match fault:
        case ApiFault.PARTIAL:
            return records[: (len(records) + 1) // 2]
        case ApiFault.DOUBLED_KEY:
            return [_with_doubled_key(record) for record in records]
        case ApiFault.NAN:
            return [_changed(record, ("age", "runtime"), lambda _: float("nan")) for record in records]
        case ApiFault.REFRESHED:
            return [_changed(record, ("age", "vote_count"), _one_more) for record in records]
        case ApiFault.PRICE:
            return [_changed(record, (FEE, OTHER_FEE), _tenth_more) for record in records]
    return records


def _changed(record: str, names: Sequence[str], change: Callable[[Any], Any]) -> str:
    values = json.loads(record)
    return json.dumps(values | {name: change(values[name]) for name in names if name in values})


def _one_more(value: int | str) -> int | str:
    """The number one higher, a string if it was one."""
    return type(value)(int(value) + 1)


def _tenth_more(fee: str) -> str:
    return str(Usd(Usd.parse(fee).nano * 11 // 10))


def _with_doubled_key(record: str) -> str:
    """The record with its first key a second time, at the end, with null."""
    first = next(iter(json.loads(record)))
    return f"{record[:-1]}, {json.dumps(first)}: null}}"
