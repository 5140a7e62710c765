"""Interactions: who watched or rated which film, how much it counts, in the order in which it happened."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from cf.weights import weigh
from core.errors import TrainingError
from core.ids import MovieId

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class History:
    """The interactions by user: row r is `[start[r]:start[r + 1]]` of `movies` and `weights`, oldest first."""

    start: NDArray[np.int64]
    movies: NDArray[np.int32]
    weights: NDArray[np.float32]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How many films each user has."""
        return np.diff(self.start)

    def rows(self, rows: NDArray[np.int64]) -> History:
        """The histories of `rows`, in that order."""
        lengths = self.lengths[rows]
        start = np.concatenate([[0], lengths.cumsum()])
        at = np.repeat(self.start[rows] - start[:-1], lengths) + np.arange(start[-1])
        return History(start, self.movies[at], self.weights[at])

    def best(self, n: int) -> History:
        """Each user's `n` films of the most weight, the latest of equals, all with a weight of 1."""
        lengths = self.lengths
        user, place = np.repeat(np.arange(len(lengths)), lengths), np.arange(len(self.movies))
        ranked = np.lexsort((-place, -self.weights, user))
        kept = np.sort(ranked[place - self.start[user] < n])
        start = np.concatenate([[0], np.minimum(lengths, n).cumsum()])
        return History(start, self.movies[kept], np.ones(len(kept), np.float32))

    def matrix(self, n_movies: int, values: NDArray[np.float32] | None = None) -> sp.csr_matrix:
        """Users by films, with `values` (the weights unless given) in the places of the interactions."""
        data = self.weights if values is None else values
        return sp.csr_matrix((data, self.movies, self.start), shape=(len(self.start) - 1, n_movies))


@dataclass(frozen=True)
class Interactions:
    """One row a (user, film), by the time when the user first chose it; equal times stay in the order of arrival.

    The first time is the only one there is: a film that is watched or rated again stays where it was in the
    splits, in a user's history and in popularity, for by its last time it would carry news of later days.
    Minutes and stars, and so `weight`, are as they are at the end.

    `users` and `movies` are the axes, both ascending; `user` and `movie` point into them. A part of the
    interactions (see `only`) keeps the axes, so that parts of one whole can be compared.
    """

    users: NDArray[np.int64]
    movies: tuple[MovieId, ...]
    user: NDArray[np.int32]
    movie: NDArray[np.int32]
    weight: NDArray[np.float32]
    at_us: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.user)

    @classmethod
    def from_frame(
        cls, frame: pd.DataFrame, movies: Iterable[MovieId], stars_max: int
    ) -> tuple[Interactions, dict[str, int]]:
        """The interactions of `EventReader.interactions()` with the films of the catalogue.

        Returns them with the films that the catalogue does not know, and how many rows each had: these
        rows take no part. Raises TrainingError when the catalogue is empty or no row is left.
        """
        axis = tuple(sorted(set(movies)))
        if not axis:
            raise TrainingError(
                "the catalogue is empty, and only its films are recommended: run matinee catalog import"
            )
        movie = pd.Index(axis, dtype=object).get_indexer(pd.Index(frame["movie_id"], dtype=object))
        known = movie >= 0
        if not known.any():
            raise TrainingError(
                f"none of the {len(frame)} events is about a film of the catalogue ({len(axis)} films): "
                "run matinee ingest, or import the catalogue that belongs to the events"
            )
        unknown = frame["movie_id"][~known].value_counts()
        order = np.flatnonzero(known)
        order = order[np.argsort(frame["first_us"].to_numpy(np.int64)[order], kind="stable")]
        kept = frame.iloc[order]
        users, user = np.unique(kept["user_id"].to_numpy(np.int64), return_inverse=True)
        weight = weigh(kept["minutes"].to_numpy(np.int64), kept["stars"].to_numpy(np.float64), stars_max)
        whole = cls(
            users,
            axis,
            user.astype(np.int32),
            movie[order].astype(np.int32),
            weight,
            kept["first_us"].to_numpy(np.int64),
        )
        return whole, {str(name): int(count) for name, count in unknown.items()}

    def only(self, mask: Mask) -> Interactions:
        """The rows where `mask` holds, on the same axes."""
        return replace(
            self, user=self.user[mask], movie=self.movie[mask], weight=self.weight[mask], at_us=self.at_us[mask]
        )

    def joined(self, other: Interactions) -> Interactions:
        """The rows of two parts of one whole, in the order of time; of equal times these come before the other's."""
        columns = [
            np.concatenate([getattr(self, name), getattr(other, name)])
            for name in ("user", "movie", "weight", "at_us")
        ]
        order = np.argsort(columns[3], kind="stable")
        user, movie, weight, at_us = (column[order] for column in columns)
        return replace(self, user=user, movie=movie, weight=weight, at_us=at_us)

    def of_users(self, keep: Mask) -> Interactions:
        """The rows of the users for whom `keep` holds, with a user axis of only these."""
        row = np.cumsum(keep, dtype=np.int32) - 1
        part = self.only(keep[self.user])
        return replace(part, users=self.users[keep], user=row[part.user])

    def history(self) -> History:
        """The interactions by user, oldest first."""
        order = np.argsort(self.user, kind="stable")
        start = np.concatenate([[0], np.bincount(self.user, minlength=len(self.users)).cumsum()])
        return History(start, self.movie[order], self.weight[order])

    def data_id(self) -> str:
        """The sha256 of the interactions in a canonical form: equal data, equal id, on every machine."""
        digest = hashlib.sha256("\n".join(self.movies).encode())
        for column, kind in ((self.users, "<i8"), (self.user, "<i4"), (self.movie, "<i4"), (self.weight, "<f4")):
            digest.update(column.astype(kind).tobytes())
        digest.update(self.at_us.astype("<i8").tobytes())
        return digest.hexdigest()
