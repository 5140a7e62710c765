"""Item neighbours: films that the same users chose, by cosine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from cf.interactions import History

_BLOCK = 500  # films whose similarities are held in full at one time


@dataclass(frozen=True)
class NeighbourParameters:
    """`shrinkage` is added to the cosine's denominator: pairs with little support count less."""

    neighbours: int
    shrinkage: float


@dataclass(frozen=True)
class ItemNeighbours:
    """Scores a film by the sum of its similarities to the films that the user has."""

    similarity: sp.csr_matrix  # (n_movies, n_movies): row i holds the nearest films of film i

    @classmethod
    def of(cls, history: History, n_movies: int, parameters: NeighbourParameters) -> ItemNeighbours:
        """Similarity of two films: users who have both / (sqrt of the product of each one's users + shrinkage).

        Source: Deshpande, Karypis 2004 (TOIS), with each film's `neighbours` nearest kept.
        """
        chosen = history.matrix(n_movies, np.ones(len(history.movies), np.float32)).tocsc()
        root = np.sqrt(np.diff(chosen.indptr)).astype(np.float32)
        blocks = []
        for low in range(0, n_movies, _BLOCK):
            both = (chosen[:, low : low + _BLOCK].T @ chosen).toarray()
            both[np.arange(len(both)), np.arange(low, low + len(both))] = 0
            cosine = both / np.maximum(root[low : low + _BLOCK, None] * root + parameters.shrinkage, 1)
            blocks.append(_largest(cosine, parameters.neighbours))
        return cls(sp.vstack(blocks, format="csr"))

    def scores(self, history: History, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Shape (len(rows), n_movies), for these rows of `history`."""
        n_movies = self.similarity.shape[0]
        own = history.rows(rows)
        chosen = own.matrix(n_movies, np.ones(len(own.movies), np.float32))
        scores: NDArray[np.float32] = (chosen @ self.similarity).toarray()
        return scores


def _largest(values: NDArray[np.float32], n: int) -> sp.csr_matrix:
    """The n largest values of each row, as a sparse matrix; zeros are left out."""
    if n < values.shape[1]:
        bound = np.partition(values, -n, axis=1)[:, -n, None]
        values = np.where(values >= bound, values, 0)
    return sp.csr_matrix(values)
