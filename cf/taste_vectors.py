"""Taste vectors: what is named in a text, on the axes that ALS found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from cf.blend import Blend, Floats
from cf.leaning import Leaning
from cf.model import Model
from core.ids import MovieId
from core.movie import Movie

_RIDGE = 5.0  # films: a genre of fewer than about five known films says little, so its axes shrink


@dataclass(frozen=True)
class TasteVectors:
    """Films and genres as sums that `Blend.vector` takes as if they were rated films.

    A named film is where ALS has it plus where its genres lie, which is all there is of a film that nobody watched.
    A genre lies where a ridge regression from genres to axes puts it, each film weighted by its popularity: the axes
    of films that hardly anybody knows are noise.
    """

    blend: Blend
    index: dict[MovieId, int]  # of the model's films
    genres: dict[str, int]
    has_genre: Floats  # (n_movies, n_genres)
    genre_axes: Floats  # (n_genres, n_axes + 1), the last column as in `Blend.factors`

    @classmethod
    def of(cls, model: Model, catalogue: Iterable[Movie]) -> TasteVectors:
        """The vectors for a model's films, with their genres as the catalogue has them now."""
        known = {movie.id: movie.genres for movie in catalogue}
        genres = {genre: place for place, genre in enumerate(sorted({g for of in known.values() for g in of}))}
        has_genre = np.zeros((len(model.movies), len(genres)), np.float32)
        for row, movie in enumerate(model.movies):
            has_genre[row, [genres[genre] for genre in known.get(movie, ())]] = 1
        popularity = model.blend.factors[:, -1].astype(np.float64)
        weight = popularity / popularity.mean() if popularity.any() else np.ones_like(popularity)
        with_rest = np.column_stack([has_genre, np.ones(len(has_genre))])
        weighted = with_rest.T * weight
        axes = np.linalg.solve(
            weighted @ with_rest + _RIDGE * np.eye(len(genres) + 1), weighted @ model.blend.factors
        )
        return cls(model.blend, model.index, genres, has_genre, axes[:-1].astype(np.float32))

    def sum_of(self, leaning: Leaning) -> Floats:
        """All that is named, weighted, shape (n_axes + 1,); 0 where the model knows nothing of it."""
        films = [
            (self.index[movie], weight)
            for movie, weight in zip(leaning.films, leaning.film_weights, strict=True)
            if movie in self.index
        ]
        at, weights = [place for place, _ in films], np.array([weight for _, weight in films], np.float32)
        in_genres = weights @ self.has_genre[at]
        for genre, weight in zip(leaning.genres, leaning.genre_weights, strict=True):
            if genre in self.genres:
                in_genres[self.genres[genre]] += weight
        total = weights @ self.blend.factors[at] + in_genres @ self.genre_axes
        return total.astype(np.float32, copy=False)

    def says(self, parts: Sequence[Leaning], movies: Sequence[MovieId]) -> Floats:
        """How much each part of a taste speaks for each film, shape (len(parts), len(movies)).

        The columns of a film add up to its score by the whole taste, before popularity, but for a factor above 0
        that is the same for all films. A film that the model does not know has 0.
        """
        at = [self.index.get(movie, -1) for movie in movies]
        sums = np.array([self.sum_of(part)[:-1] for part in parts], np.float32)
        on_axes = sums.reshape(len(parts), -1) * self.blend.shrink
        found = (on_axes @ self.blend.factors[at, :-1].T).astype(np.float32, copy=False)
        found[:, np.array(at) < 0] = 0
        return found
