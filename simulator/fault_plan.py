"""Fault plans: which call of a server goes wrong, and how."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import chain, repeat
from random import Random
from typing import Generic, TypeVar

from core.errors import WorldError

F = TypeVar("F", bound=StrEnum)


class FaultPlan(Generic[F]):
    """Says for one call after another which fault it has; None is a good call. Threads may share it."""

    def __init__(self, faults: Iterable[F | None] = ()) -> None:
        """A script: these faults in this order, then none any more."""
        self._faults: Iterator[F | None] = chain(faults, repeat(None))
        self._lock = threading.Lock()

    @classmethod
    def at_rates(cls, rates: Mapping[F, float], seed: int) -> FaultPlan[F]:
        """Each call has each fault with its probability. Raises WorldError when they can not be probabilities."""
        if not (all(rate >= 0 for rate in rates.values()) and sum(rates.values()) <= 1):  # NaN is neither
            shown = ", ".join(f"{fault}={rate:g}" for fault, rate in rates.items())
            raise WorldError(f"faults {shown} can not be: give shares of the calls, together at most 1")
        rng = Random(seed)
        faults, weights = (*rates, None), (*rates.values(), 1 - sum(rates.values()))
        return cls(rng.choices(faults, weights)[0] for _ in repeat(None))

    def next(self) -> F | None:
        """The fault of the next call."""
        with self._lock:
            return next(self._faults)
