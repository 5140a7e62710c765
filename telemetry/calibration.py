"""Calibration: whether lists that are expected to cost more do cost more, and as much as expected."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.money import Usd

DECILES = 10


@dataclass(frozen=True, slots=True)
class Decile:
    """A tenth of all lists, of neighbours in expected cost. Sums over its lists.

    error : standard error of `realised`, from the spread of the lists' costs.
    """

    lists: int
    expected: Usd
    realised: Usd
    error: Usd

    @property
    def ratio(self) -> float | None:
        """Realised over expected cost: 1 when the expectation was right; None where nothing was expected."""
        return self.realised.nano / self.expected.nano if self.expected.nano else None


def deciles(expected: NDArray[np.int64], realised: NDArray[np.int64]) -> tuple[Decile, ...]:
    """The lists in ten parts of about the same size, those expected to cost least first; fewer when there are few.

    expected, realised : int64, shape (n_lists,). Billionths of a dollar that each list cost in fees.
    The sums are exact: over all parts they are those of all lists. Raises ValueError when the lengths differ.

    >>> [(part.lists, part.expected.nano, part.ratio) for part in deciles(np.array([4, 1]), np.array([2, 1]))]
    [(1, 1, 1.0), (1, 4, 0.5)]
    """
    if expected.shape != realised.shape:
        raise ValueError(f"{len(expected)} lists have an expected cost, {len(realised)} a realised one")
    order = np.argsort(expected, kind="stable")
    parts = [part for part in np.array_split(order, DECILES) if len(part)]
    return tuple(_decile(expected[part], realised[part]) for part in parts)


def _decile(expected: NDArray[np.int64], realised: NDArray[np.int64]) -> Decile:
    error = math.sqrt(len(realised)) * float(realised.std())
    return Decile(len(expected), Usd(int(expected.sum())), Usd(int(realised.sum())), Usd(round(error)))
