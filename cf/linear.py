"""The linear item model: each film's score is a weighted sum of the user's films (EASE), anchored on popularity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from cf.blend import Floats, recency
from cf.interactions import History
from core.errors import TrainingError

MOST_FILMS = 8_000  # 256 MB and 7 s of a processor; all 20,784 would take 1.7 GB and, by the cube, 18 times as long


@dataclass(frozen=True)
class LinearParameters:
    """What a fit depends on besides the data.

    `regularization` is in units of the mean diagonal of the films' gram matrix, each film weighted by its own, so
    that a choice made on a sample of users, or on fewer films, holds for all of them. `weight` goes from 0 (recent
    popularity alone) to 1 (the linear model alone). The others are as in `BlendParameters`.
    """

    regularization: float
    recency_places: float | None = None
    recency_floor: float = 0.0
    half_life_days: float | None = None
    weight: float = 1.0


@dataclass(frozen=True)
class Linear:
    """Scores of the `kept` films, the most popular ones, from films to films; all others have popularity alone."""

    kept: NDArray[np.int64]  # films, the most popular first
    weights: Floats  # (n_kept, n_kept): row i is what film i says for each film
    popularity: Floats  # (n_movies,), of unit root mean square
    parameters: LinearParameters

    @classmethod
    def of(
        cls, history: History, popularity: Floats, parameters: LinearParameters, most_films: int = MOST_FILMS
    ) -> Linear:
        """The weights with a diagonal of 0 that predict each user's films from the same user's other films best.

        Source: Steck 2019 (WWW), Embarrassingly Shallow Autoencoders: with P the inverse of the regularized gram
        matrix, the weights are -P_ij / P_jj. Inverted in place, in float32, by Cholesky's method.
        Raises TrainingError when the matrix can not be inverted.
        """
        n_movies = len(popularity)
        n_kept = min(most_films, n_movies)
        watchers = np.bincount(history.movies, minlength=n_movies)
        kept = np.argsort(-watchers, kind="stable")[:n_kept]
        chosen = history.matrix(n_movies)[:, kept]
        gram: Floats = (chosen.T @ chosen).toarray(order="F").astype(np.float32, copy=False)
        diagonal = np.diag_indices(n_kept)
        support = gram[diagonal].astype(np.float64)
        gram[diagonal] += parameters.regularization * float((support**2).sum() / support.sum())
        inverse = _inverted(gram).T  # by rows, in its own memory: a product with sparse rows would else copy it all
        inverse /= -inverse[diagonal]
        inverse[diagonal] = 0
        return cls(kept, inverse, popularity, parameters)

    def scores(self, history: History, rows: NDArray[np.int64]) -> Floats:
        """Shape (len(rows), n_movies), for these rows of `history`."""
        parameters, n_movies = self.parameters, len(self.popularity)
        own = history.rows(rows)
        counted = own.weights * recency(own.lengths, parameters.recency_places, parameters.recency_floor)
        linear = own.matrix(n_movies, counted)[:, self.kept] @ self.weights
        size = np.sqrt((linear**2).sum(axis=1, keepdims=True) / n_movies)
        scores = np.tile(np.float32(1 - parameters.weight) * self.popularity, (len(rows), 1))
        scores[:, self.kept] += parameters.weight * linear / np.where(size > 0, size, 1)
        return scores


def _inverted(gram: Floats) -> Floats:
    """The inverse of a symmetric positive matrix in Fortran's order, in its own memory."""
    factor, failed = lapack.spotrf(gram, lower=1, overwrite_a=1, clean=0)
    if not failed:
        factor, failed = lapack.spotri(factor, lower=1, overwrite_c=1)
    if failed:
        raise TrainingError(f"the gram matrix of {len(gram)} films can not be inverted: regularize more")
    inverse: Floats = factor
    for low in range(0, len(inverse), 500):  # LAPACK leaves the upper half as it was; in blocks, to need no copy
        high = low + 500
        square = np.tril(inverse[low:high, low:high])
        inverse[low:high, low:high] = square + np.tril(square, -1).T
        inverse[low:high, high:] = inverse[high:, low:high].T
    return inverse
