"""The judge: how good the lists of a service truly are, which only the simulator can know."""

from __future__ import annotations

from collections.abc import Set
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from simulator.truth import Truth


class _Mean:
    """A mean that grows, None before its first value."""

    def __init__(self) -> None:
        self._sum = 0.0
        self._count = 0

    def add(self, values: NDArray[np.float32]) -> None:
        self._sum += float(values.sum())
        self._count += len(values)

    @property
    def value(self) -> float | None:
        return self._sum / self._count if self._count else None


class Judge:
    """Compares each list with the most watched films that the same user had not seen and may see.

    An affinity is in standard deviations above a random film.
    """

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._by_viewings = truth.popular().tolist()
        self._shown = _Mean()
        self._popular = _Mean()
        self.unsuitable = 0

    def judge(self, affinity: NDArray[np.float32], age: int, films: NDArray[np.int64], seen: Set[int]) -> None:
        """Take a user's list into account; films and seen are positions in the truth.

        affinity : of the user to every film, shape (n_films,). age : of the user, in years.
        """
        suits = self._truth.least_ages <= age
        popular = islice((film for film in self._by_viewings if suits[film] and film not in seen), len(films))
        self.unsuitable += int((~suits[films]).sum())
        self._shown.add(affinity[films])
        self._popular.add(affinity[np.fromiter(popular, dtype=np.int64)])

    @property
    def affinity(self) -> float | None:
        """Mean true affinity of the films shown; None before the first list."""
        return self._shown.value

    @property
    def popular_affinity(self) -> float | None:
        """The same for the popular films that could have been shown."""
        return self._popular.value
