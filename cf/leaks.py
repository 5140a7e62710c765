"""Leaks: signs that a figure is too good because something was known that can not be known. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf.interactions import Interactions
from cf.splits import Split

# NDCG@20 against all films: .17 is the best we saw on MovieLens, about .05 on the service itself (FACTS), .24 on 28
# users. Models that were given the answers have 1.
BEST_BELIEVABLE = 0.6


@dataclass(frozen=True)
class Leak:
    """What was found, and the figures that show it."""

    name: str
    detail: str


def leaks_of_split(parts: Split, by_time: bool) -> list[Leak]:
    """What is wrong with the parts themselves; empty when they are clean.

    by_time : whether the split says that all of training comes before all of the test; else it says so of each user.
    """
    return [
        leak
        for leak in (future_in_training(parts, by_time), duplicates(parts), judged_in_training(parts))
        if leak is not None
    ]


def future_in_training(parts: Split, by_time: bool) -> Leak | None:
    """Training rows that are later than the first test row, of all users or of the same user."""
    known, test = parts.known(), parts.test
    if not len(test):
        return None
    first = np.full(len(test.users), np.iinfo(np.int64).max)
    np.minimum.at(first, test.user, test.at_us)
    if by_time:
        first[:] = first.min()
    later = int((known.at_us > first[known.user]).sum())
    return Leak("future in training", f"{later} of {len(known)} rows are later than the test") if later else None


def duplicates(parts: Split) -> Leak | None:
    """The same film of the same user on both sides."""
    n_movies = len(parts.train.movies)
    both = np.intersect1d(_pairs(parts.known(), n_movies), _pairs(parts.test, n_movies))
    return Leak("duplicates across the split", f"{len(both)} films are on both sides") if len(both) else None


def judged_in_training(parts: Split) -> Leak | None:
    """Users who are only shown, for they are held out, and whom training knows all the same."""
    if parts.shown is None:
        return None
    both = np.intersect1d(parts.train.user, parts.test.user)
    return Leak("held-out users in training", f"{len(both)} users") if len(both) else None


def leaks_of_figures(columns: Mapping[str, NDArray[np.float64]], base_ndcg: float, k: int) -> list[Leak]:
    """What is wrong with a model's figures; empty when they can be believed.

    columns : metrics with one number a user. base_ndcg : of popularity for the same users, which leaks nothing.
    """
    return [leak for leak in (too_good(columns, base_ndcg), all_alike(columns, k)) if leak is not None]


def too_good(columns: Mapping[str, NDArray[np.float64]], base_ndcg: float) -> Leak | None:
    """An NDCG that nobody reaches honestly, unless popularity comes close to it (a handful of films)."""
    ndcg = float(columns["ndcg"].mean())
    if ndcg <= max(BEST_BELIEVABLE, 1.5 * base_ndcg):
        return None
    return Leak("too good to be true", f"ndcg {ndcg:.3f}, popularity {base_ndcg:.3f}, believable {BEST_BELIEVABLE}")


def all_alike(columns: Mapping[str, NDArray[np.float64]], k: int) -> Leak | None:
    """Hit, recall and NDCG are one number: lists hold the answer alone, or the metrics count one thing."""
    hit, recall, ndcg = (columns[name] for name in ("hit", "recall", "ndcg"))
    if k == 1 or not hit.any() or not (np.allclose(hit, recall) and np.allclose(hit, ndcg)):
        return None
    return Leak("hit, recall and ndcg are equal", f"for each of {len(hit)} users, mean {hit.mean():.3f}")


def _pairs(rows: Interactions, n_movies: int) -> NDArray[np.int64]:
    return rows.user.astype(np.int64) * n_movies + rows.movie
