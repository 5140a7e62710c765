"""Tastes: why some users like some films, in a space of genres and hidden qualities.

A film is a vector of length 1, a user a vector with entries of variance 1; their product, the affinity, has
mean 0 and standard deviation 1 over all pairs. Tastes run in crowds, so that what one user watched says
something about the others of the same crowd: that is what collaborative filtering can find.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.genres import GENRES

HIDDEN = 6  # qualities that no genre tells
GENRE_SHARE = 0.6  # of the variance of an affinity; the rest is hidden
CROWDS = 10
CROWD_SHARE = 0.8  # of the variance of a taste; the rest is the user's own


def crowd_tastes(count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Tastes of `count` users, shape (count, len(GENRES) + HIDDEN)."""
    dimensions = len(GENRES) + HIDDEN
    crowds = rng.standard_normal((CROWDS, dimensions))
    crowds = (crowds - crowds.mean(axis=0)) / crowds.std(axis=0)  # a few crowds: chance would make worlds too unlike
    own = rng.standard_normal((count, dimensions))
    member = rng.integers(CROWDS, size=count)
    tastes: NDArray[np.float64] = np.sqrt(CROWD_SHARE) * crowds[member] + np.sqrt(1 - CROWD_SHARE) * own
    return tastes.astype(np.float32)


def film_tastes(has_genre: NDArray[np.bool_], hidden: NDArray[np.float64]) -> NDArray[np.float32]:
    """Where films lie. has_genre : bool, shape (n_films, len(GENRES)); hidden : float, shape (n_films, HIDDEN).

    Only the directions count, but for a film without a genre: of that its hidden qualities alone tell.
    """
    parts = (np.sqrt(GENRE_SHARE) * _unit(has_genre.astype(float)), np.sqrt(1 - GENRE_SHARE) * _unit(hidden))
    return np.hstack(parts).astype(np.float32)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    length: NDArray[np.float64] = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0, length, 1)
