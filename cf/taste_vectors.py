"""Taste vectors: what is named in a text, on the axes that ALS found and in genres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf.blend import Blend, Floats
from cf.leaning import Leaning
from cf.model import Model
from core.ids import MovieId
from core.movie import Movie

_RIDGE = 5.0  # films: a genre of fewer than about five known films says little, so its axes shrink
# Genres against axes. On four simulated sites of 9,000 ratings, too few for good axes, Recall@20 rose from 1.22 to
# 1.30 times popularity; with 130,000 ratings, and on MovieLens, it changes by less than 1 %: docs/decisions/0012.
_CONTENT = 2.0


@dataclass(frozen=True)
class TasteVectors:
    """Films and genres as sums that `Blend.vector` takes as if they were rated films, and as sums of genres.

    A named film is where ALS has it plus where its genres lie, which is all there is of a film that nobody watched.
    A genre lies where a ridge regression from genres to axes puts it, each film weighted by its popularity: the axes
    of films that hardly anybody knows are noise. Genres by themselves count too: they need no history at all.
    """

    blend: Blend
    index: dict[MovieId, int]  # of the model's films
    genres: dict[str, int]
    shares: Floats  # (n_movies, n_genres): rows of length 1 over a film's genres, 0 for a film without any
    usual: Floats  # (n_genres,): the mean row of what is watched
    genre_axes: Floats  # (n_genres, n_axes + 1), the last column as in `Blend.factors`

    @classmethod
    def of(cls, model: Model, catalogue: Iterable[Movie]) -> TasteVectors:
        """The vectors for a model's films, with their genres as the catalogue has them now."""
        known = {movie.id: movie.genres for movie in catalogue}
        genres = {genre: place for place, genre in enumerate(sorted({g for of in known.values() for g in of}))}
        shares = np.zeros((len(model.movies), len(genres)))
        for row, movie in enumerate(model.movies):
            shares[row, [genres[genre] for genre in known.get(movie, ())]] = 1
        shares /= np.maximum(1, np.linalg.norm(shares, axis=1, keepdims=True))
        popularity = model.blend.factors[:, -1].astype(np.float64)
        weight = popularity / popularity.mean() if popularity.any() else np.ones_like(popularity)
        with_rest = np.column_stack([shares, np.ones(len(shares))])
        weighted = with_rest.T * weight
        axes = np.linalg.solve(
            weighted @ with_rest + _RIDGE * np.eye(len(genres) + 1), weighted @ model.blend.factors
        )
        return cls(
            model.blend,
            model.index,
            genres,
            shares.astype(np.float32),
            (weight @ shares / weight.sum()).astype(np.float32),
            axes[:-1].astype(np.float32),
        )

    def scores(self, movies: NDArray[np.int32], weights: Floats, leaning: Leaning, counts: float) -> Floats | None:
        """Scores of all films for a user with these films, oldest first, and this leaning; None when all is unknown.

        `counts` is how much the leaning counts, see `cf.leaning.counts`. With 0 these are the blend's own scores;
        genres count as much as the leaning does, and the user's films turn them as they turn the axes.
        """
        said, in_genres = self._sums(leaning)
        vector = self.blend.vector(movies, weights, said, counts)
        if vector is None:
            return None
        in_genres = counts * in_genres + weights @ (self.shares[movies] - self.usual)
        strength = counts * self.blend.parameters.taste_weight * _CONTENT / _length(in_genres)
        scores: Floats = self.blend.factors @ vector + self.shares @ (strength * in_genres).astype(np.float32)
        return scores

    def says(self, parts: Sequence[Leaning], movies: Sequence[MovieId]) -> Floats:
        """How much each part of a leaning speaks for each film, shape (len(parts), len(movies)).

        The columns of a film add up to its score by the whole leaning, without popularity. A film that the model
        does not know has 0.
        """
        at = [self.index.get(movie, -1) for movie in movies]
        sums = [self._sums(part) for part in parts]
        on_axes = np.array([said[:-1] for said, _ in sums]) * self.blend.shrink
        in_genres = np.array([content for _, content in sums])
        by_axes = on_axes / _length(on_axes.sum(axis=0)) @ self.blend.factors[at, :-1].T
        by_genres = _CONTENT * in_genres / _length(in_genres.sum(axis=0)) @ self.shares[at].T
        found = (self.blend.parameters.taste_weight * (by_axes + by_genres)).astype(np.float32)
        found[:, np.array(at) < 0] = 0
        return found

    def _sums(self, leaning: Leaning) -> tuple[Floats, Floats]:
        """All that is named, weighted: on the axes, shape (n_axes + 1,), and in genres, shape (n_genres,)."""
        places = np.array([self.index.get(movie, -1) for movie in leaning.films], np.int64)
        at, weights = places[places >= 0], np.array(leaning.film_weights, np.float32)[places >= 0]
        in_genres = weights @ self.shares[at]
        for genre, weight in zip(leaning.genres, leaning.genre_weights, strict=True):
            if genre in self.genres:
                in_genres[self.genres[genre]] += weight
        said = weights @ self.blend.factors[at] + in_genres @ self.genre_axes
        return said.astype(np.float32, copy=False), in_genres - weights.sum() * self.usual


def _length(vector: Floats) -> float:
    """The length of a vector, 1 for one of length 0, so that it can be divided by."""
    return float(np.linalg.norm(vector)) or 1.0
