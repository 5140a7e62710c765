"""Candidates: the best films of each user, worked out once after training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from implicit.cpu.topk import topk
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from cf.blend import Blend
from cf.interactions import History

WIDTH = 100  # films kept a user: 20 are shown, the rest makes up for what is filtered later
_BATCH = 10_000  # users whose vectors are held at one time


@dataclass(frozen=True)
class CandidateTable:
    """Row r: the films that the blend finds best for user r, without the user's own and without unsuitable ones.

    A row that runs out of films (or whose user the blend does not know) is filled with n_movies.
    """

    movies: NDArray[np.unsignedinteger]  # (n_users, width), best first
    scores: NDArray[np.float32]  # (n_users, width)
    ages: NDArray[np.int8]  # (n_users,): the `shown_age` that the row was made for

    @classmethod
    def of(
        cls,
        blend: Blend,
        history: History,
        ages: NDArray[np.int8],
        limits: NDArray[np.int8],
        on_users: Callable[[int], object] = lambda _: None,
    ) -> CandidateTable:
        """The table for users of these `shown_age`s and films of these age limits."""
        n_users, n_movies = len(ages), len(limits)
        width = min(WIDTH, n_movies)
        movies = np.full((n_users, width), n_movies, np.min_scalar_type(n_movies))
        scores = np.full((n_users, width), -np.inf, np.float32)
        for age in np.unique(ages):
            of_age = np.flatnonzero(ages == age)
            unsuitable = np.flatnonzero(limits > age).astype(np.int32)
            for low in range(0, len(of_age), _BATCH):
                rows = of_age[low : low + _BATCH]
                own = history.rows(rows)
                with threadpool_limits(1, "blas"):
                    vectors = blend.vectors(own)
                    found, values = topk(
                        blend.factors,
                        vectors,
                        width,
                        filter_query_items=own.matrix(n_movies),
                        filter_items=unsuitable,
                    )
                usable = vectors.any(axis=1, keepdims=True) & (values > np.finfo(np.float32).min)
                movies[rows] = np.where(usable, found, n_movies)
                scores[rows] = np.where(usable, values, -np.inf)
                on_users(len(rows))
        return cls(movies, scores, ages)
