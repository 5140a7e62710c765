"""The blend: a user's own films, seen through the ALS factors, anchored on recent popularity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf.interactions import History

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class BlendParameters:
    """How a user's films are weighed, and how much popularity counts.

    `recency_places`: a film counts exp(-place / recency_places) + recency_floor, where the user's last film
    has place 0; None counts all alike. `half_life_days`: see `Popularity.of`. `ridge` shrinks the directions
    in which the films' factors hardly vary. `als_weight` goes from 0 (recent popularity alone) to 1 (ALS alone);
    `taste_weight` is the same for users of whom nothing but a taste is known.
    """

    recency_places: float | None = None
    recency_floor: float = 0.0
    ridge: float = 10.0
    half_life_days: float | None = None
    als_weight: float = 1.0
    taste_weight: float = 1.0


@dataclass(frozen=True)
class Axes:
    """The directions in which ALS tells films apart, orthogonal, each of unit root mean square over the films.

    With Y = U S Q' the factors of the films: `movies` is sqrt(n_movies) U, `power` is S**2.
    """

    movies: Floats  # (n_movies, n_axes)
    power: Floats  # (n_axes,)

    @classmethod
    def of(cls, item_factors: Floats) -> Axes:
        """The axes of ALS factors, shape (n_movies, n_factors); directions without any power are dropped."""
        factors = item_factors.astype(np.float64)
        power, turn = np.linalg.eigh(factors.T @ factors)
        used = power > power[-1] * 1e-10
        axes = factors @ (turn[:, used] * np.sqrt(len(factors) / power[used]))
        return cls(axes.astype(np.float32), power[used].astype(np.float32))


@dataclass(frozen=True)
class Blend:
    """Scores of films for users, by one linear formula for users of the training and users folded in alike.

    With V the films' axes, a user whose films have weights r is x = (sum of r_i V_i) * power / (power + ridge),
    scaled to length 1: the projection of r onto what ALS found, as a ridge regression would do it. The scores
    V x then have a root mean square of 1 over all films, as `cf.popularity` has, so that one weight blends
    them for every user. Popularity is the last column of `factors`: a score is one dot product.

    Against the factors that ALS itself gives a user this costs nothing (no solve), makes fold-in exact, and
    lets recency count: see docs/decisions/0004.
    """

    factors: Floats  # (n_movies, n_axes + 1)
    shrink: Floats  # (n_axes,)
    parameters: BlendParameters

    @classmethod
    def of(cls, axes: Axes, popularity: Floats, parameters: BlendParameters) -> Blend:
        """The blend of what ALS found and a popularity of unit root mean square."""
        return cls(
            np.column_stack([axes.movies, popularity]).astype(np.float32),
            (axes.power / (axes.power + parameters.ridge)).astype(np.float32),
            parameters,
        )

    def recency(self, lengths: NDArray[np.int64]) -> Floats:
        """What each film of each user counts by its place, for histories of these lengths end to end."""
        return recency(lengths, self.parameters.recency_places, self.parameters.recency_floor)

    def vectors(self, history: History) -> Floats:
        """The users' vectors, shape (n_users, n_axes + 1); all 0 where ALS knows nothing of a user's films."""
        weights = history.weights * self.recency(history.lengths)
        return self._of_length_one(
            history.matrix(len(self.factors), weights) @ self.factors, self.parameters.als_weight
        )

    def vector(
        self, movies: NDArray[np.int32], weights: Floats, said: Floats | None = None, counts: float = 0.0
    ) -> Floats | None:
        """The vector of one user with these films, oldest first; None where ALS knows nothing of them.

        said : what the user's words add to the sum of the films, shape (n_axes + 1,); `counts`, from 0 to 1, is how
        much it counts. With 0 the vector is the one without it, with 1 and no films it is that of the words alone.
        """
        parameters, sums = self.parameters, np.zeros((1, self.factors.shape[1]), np.float32)
        if len(movies):
            weights = weights * self.recency(np.array([len(movies)]))
            sums[0] = weights @ self.factors[movies]
        if said is not None:
            sums[0] += counts * said
        als_weight = (1 - counts) * parameters.als_weight + counts * parameters.taste_weight
        vector = self._of_length_one(sums, als_weight)[0]
        return vector if vector.any() else None

    def _of_length_one(self, sums: Floats, als_weight: float) -> Floats:
        """Vectors from weighted sums of rows of `factors`."""
        on_axes = sums[:, :-1] * self.shrink
        length = np.linalg.norm(on_axes, axis=1, keepdims=True)
        known = length[:, 0] > 0
        vectors = np.zeros(sums.shape, np.float32)
        vectors[known, :-1] = als_weight * on_axes[known] / length[known]
        vectors[known, -1] = 1 - als_weight
        return vectors

    def scores(self, history: History, rows: NDArray[np.int64]) -> Floats:
        """Shape (len(rows), n_movies), for these rows of `history`."""
        return self.vectors(history.rows(rows)) @ self.factors.T


def recency(lengths: NDArray[np.int64], places: float | None, floor: float) -> Floats:
    """exp(-place / places) + floor for histories of these lengths end to end, place 0 the last; else 1 each."""
    if places is None:
        return np.ones(lengths.sum(), np.float32)
    ends = np.repeat(lengths.cumsum(), lengths)
    place = ends - 1 - np.arange(len(ends))
    return (np.exp(-place / places) + floor).astype(np.float32)
