"""Rating biases: the only model here that predicts ratings, to be judged by rmse beside the lists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf.interactions import History, Interactions

_DAMPING = 10.0  # interactions: a film or user of few stays near the mean


@dataclass(frozen=True)
class Biases:
    """A film's predicted weight for a user is the mean, plus how the film differs, plus how the user differs."""

    mean: float
    movies: NDArray[np.float64]  # (n_movies,)

    @classmethod
    def of(cls, interactions: Interactions) -> Biases:
        """Damped means of weights, films first. Source: Koren, Bell, Volinsky 2009 (IEEE Computer), biases."""
        n_movies = len(interactions.movies)
        mean = float(interactions.weight.mean(dtype=np.float64))
        sums = np.bincount(interactions.movie, interactions.weight - mean, minlength=n_movies)
        return cls(mean, sums / (np.bincount(interactions.movie, minlength=n_movies) + _DAMPING))

    def scores(self, history: History, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Predicted weights, shape (len(rows), n_movies), for these rows of `history`."""
        own = history.rows(rows)
        user = np.repeat(np.arange(len(rows)), own.lengths)
        left = own.weights - self.mean - self.movies[own.movies]
        differs = np.bincount(user, left, minlength=len(rows)) / (own.lengths + _DAMPING)
        return (self.mean + self.movies[None, :] + differs[:, None]).astype(np.float32)
