"""Metrics of the genres on lists: one number a user, as in `cf.metrics`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cf.interactions import History
from cf.metrics import NO_MOVIE, Floats
from core.ids import MovieId

_SMOOTHING = 0.01  # Steck 2018, section 3.1: a genre that a list lacks is not infinitely wrong


def genre_shares(movies: Sequence[MovieId], genres: Mapping[MovieId, Iterable[str]]) -> Floats:
    """Each film's genres in equal shares, shape (n_movies, n_genres); a film without known genres has all 0."""
    names = {name: at for at, name in enumerate(sorted({name for of in genres.values() for name in of}))}
    shares = np.zeros((len(movies), len(names)))
    for row, movie in enumerate(movies):
        shares[row, [names[name] for name in genres.get(movie, ())]] = 1
    equal: Floats = shares / np.maximum(1, shares.sum(axis=1, keepdims=True))
    return equal


def diversity(lists: NDArray[np.int32], shares: Floats) -> Floats:
    """Metric: how different the films of a list are from each other.

    Data: each judged user's list of k films and the genres of the catalogue.
    Operationalization: mean over all pairs of listed films of 1 - the cosine of their genres; films without known
    genres are left out, and a list with fewer than two others counts 0; the mean over users.
    Source: Ziegler et al. 2005 (WWW), intra-list similarity.

    >>> diversity(np.array([[0, 1], [0, 2]]), np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])).tolist()
    [1.0, 0.0]
    """
    directions = shares / np.maximum(np.linalg.norm(shares, axis=1, keepdims=True), 1e-12)
    total, known = _sums(lists, directions)
    pairs = known * (known - 1)
    alike = (total**2).sum(axis=1) - known  # every film is like itself
    mean: Floats = np.where(pairs > 0, 1 - alike / np.maximum(pairs, 1), 0.0)
    return mean


def miscalibration(lists: NDArray[np.int32], own: History, shares: Floats) -> Floats:
    """Metric: how far the genres of a list are from those of the films that the user chose.

    Data: each judged user's list of k films, the user's own training films, the genres of the catalogue.
    Operationalization: Kullback-Leibler divergence, in bits, of the list's genre shares (with 1 % of the user's own
    mixed in) from the user's own; 0 where either has no known genre; the mean over users. Lower is better.
    Source: Steck 2018 (RecSys), calibrated recommendations.

    >>> own = History(np.array([0, 2]), np.array([0, 1], np.int32), np.ones(2, np.float32))
    >>> miscalibration(np.array([[2, 3]]), own, np.array([[1.0, 0.0], [0.0, 1.0]] * 2)).tolist()
    [0.0]
    """
    listed, n_listed = _sums(lists, shares)
    chosen: Floats = own.matrix(len(shares), np.ones(len(own.movies), np.float32)) @ shares
    n_chosen = chosen.sum(axis=1)
    usual = chosen / np.maximum(n_chosen, 1e-12)[:, None]
    shown = (1 - _SMOOTHING) * listed / np.maximum(n_listed, 1)[:, None] + _SMOOTHING * usual
    ratio = np.where(usual > 0, usual, 1) / np.where(usual > 0, shown, 1)
    bits: Floats = np.where((n_listed > 0) & (n_chosen > 0), (usual * np.log2(ratio)).sum(axis=1), 0.0)
    return bits


def _sums(lists: NDArray[np.int32], rows: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """The sum of the rows of each list's films, and how many of these are not all 0."""
    padded = np.vstack([rows, np.zeros(rows.shape[1])])  # NO_MOVIE is -1: the last row
    assert NO_MOVIE == -1
    has_genres = (padded > 0).sum(axis=1) > 0
    known = has_genres[lists].sum(axis=1)
    total = np.zeros((len(lists), rows.shape[1]))
    for place in range(lists.shape[1]):
        total += padded[lists[:, place]]
    return total, known
