"""Popularity: how many users chose each film, the recent ones counting more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf.interactions import History, Interactions

_DAY_US = 86_400_000_000


@dataclass(frozen=True)
class Popularity:
    """The same list for everyone."""

    score: NDArray[np.float32]  # (n_movies,), of unit root mean square; all 0 without interactions

    @classmethod
    def of(cls, interactions: Interactions, half_life_days: float | None) -> Popularity:
        """An interaction counts half as much for every `half_life_days` that it lies before the last one.

        None counts all alike.
        """
        decay = None
        if half_life_days is not None and len(interactions):
            age_days = (interactions.at_us.max() - interactions.at_us) / _DAY_US
            decay = 0.5 ** (age_days / half_life_days)
        count = np.bincount(interactions.movie, weights=decay, minlength=len(interactions.movies)).astype(np.float64)
        scale = np.sqrt(np.mean(count**2))
        return cls((count / scale if scale > 0 else count).astype(np.float32))

    def scores(self, history: History, rows: NDArray[np.int64]) -> NDArray[np.float32]:  # noqa: ARG002  a Scorer
        """Shape (len(rows), n_movies)."""
        return np.tile(self.score, (len(rows), 1))
