"""Alternating least squares, fitted by `implicit`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from cf.interactions import History


@dataclass(frozen=True)
class AlsParameters:
    """What a fit depends on besides the data. `alpha` times an interaction's weight is its confidence."""

    factors: int
    regularization: float
    alpha: float
    iterations: int


@dataclass(frozen=True)
class Als:
    """Factors as ALS itself finds them; the score of a film for a user is their dot product."""

    users: NDArray[np.float32]  # (n_users, factors)
    movies: NDArray[np.float32]  # (n_movies, factors)

    @classmethod
    def fit(
        cls,
        history: History,
        n_movies: int,
        parameters: AlsParameters,
        seed: int,
        threads: int = 0,
        on_iteration: Callable[[], object] = lambda: None,
    ) -> Als:
        """Every film that a user has is a preference of 1 with confidence alpha * weight, every other one a
        preference of 0 with confidence 1.

        Equal history, parameters and seed give equal factors, bit by bit, whatever `threads` (0: all cores):
        each row is solved by itself, and BLAS runs with one thread meanwhile.
        Source: Hu, Koren, Volinsky 2008 (ICDM); conjugate gradient as in Takacs, Pilaszy, Tikk 2011 (RecSys).
        """
        with threadpool_limits(1, "blas"):
            model = AlternatingLeastSquares(
                factors=parameters.factors,
                regularization=parameters.regularization,
                alpha=parameters.alpha,
                iterations=parameters.iterations,
                random_state=seed,
                num_threads=threads,
            )
            model.fit(history.matrix(n_movies), show_progress=False, callback=lambda *_: on_iteration())
        return cls(model.user_factors, model.item_factors)

    def scores(self, history: History, rows: NDArray[np.int64]) -> NDArray[np.float32]:  # noqa: ARG002  a Scorer
        """Shape (len(rows), n_movies), for these rows of the history that was fitted."""
        scores: NDArray[np.float32] = self.users[rows] @ self.movies.T
        return scores
