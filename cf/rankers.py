"""Rankers: each offers films for a viewer, best first, until it has no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cf.leaning import Leaning
from cf.model import Model
from cf.suitability import UNKNOWN_AGE_YEARS
from cf.taste_vectors import TasteVectors
from core.ids import MovieId
from core.user import ADULT_AGE_YEARS

_FIRST = 100  # films that are put in order before all others are: enough for most viewers


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who the list is for, as far as we know: nothing of an unknown user but the safest age."""

    age: int = UNKNOWN_AGE_YEARS  # `shown_age`
    row: int | None = None  # in the model
    seen: frozenset[MovieId] = frozenset()
    fresh: Mapping[MovieId, float] = field(default_factory=dict)  # weights of films since the model, oldest first
    leaning: Leaning | None = None  # what the user's words count for, while they count
    taste_counts: float = 0.0  # how much: from 1 for who has no films yet down to 0, see `cf.leaning.counts`
    disliked: frozenset[MovieId] = frozenset()


class Ranker(Protocol):
    """One way to a list. Films that the viewer may not get are filtered by the chain, whoever offers them."""

    name: str

    def films(self, viewer: Viewer) -> Iterable[MovieId] | None:
        """Films, best first, each once; None when this ranker knows nothing of the viewer."""
        ...


class BlendRanker:
    """The trained blend: from the candidate table, or in full for viewers for whom the table was not made."""

    name = "blend"

    def __init__(self, model: Model, limits: Mapping[MovieId, int]) -> None:
        self._model = model
        self._limits = np.array([limits.get(movie, ADULT_AGE_YEARS) for movie in model.movies], np.int8)

    def films(self, viewer: Viewer) -> Iterable[MovieId] | None:
        """The user's films with the fresh ones folded in, by the formula and weights of the training.

        Who has few films and a taste is left to the `TasteRanker`.
        """
        if viewer.taste_counts:
            return None
        row, table = viewer.row, self._model.candidates
        if row is not None and not viewer.fresh and table.ages[row] == viewer.age:
            listed = table.movies[row].tolist()
            if listed[0] < len(self._model.movies):
                return self._from_table(listed, viewer)
        vector = self._model.blend.vector(*self.own(viewer))
        return None if vector is None else self.in_full(self._model.blend.factors @ vector, viewer)

    def _from_table(self, listed: list[int], viewer: Viewer) -> Iterator[MovieId]:
        """The row of the table, then (who asks for so many?) all other films."""
        movies, end = self._model.movies, len(self._model.movies)
        for index in listed:
            if index == end:
                return
            yield movies[index]
        vector = self._model.blend.vector(*self.own(viewer))
        if vector is not None:
            offered = {movies[index] for index in listed}
            scores = self._model.blend.factors @ vector
            yield from (movie for movie in self.in_full(scores, viewer) if movie not in offered)

    def in_full(self, scores: NDArray[np.float32], viewer: Viewer) -> Iterator[MovieId]:
        """All films that suit the viewer's age, by the scores of all films."""
        movies = self._model.movies
        suited = np.flatnonzero(self._limits <= viewer.age)
        badness = -scores[suited]
        first = min(len(suited), _FIRST + len(viewer.seen) + len(viewer.disliked))
        nearest = np.argpartition(badness, first - 1) if first else suited
        for part in (nearest[:first], nearest[first:]):
            for at in part[np.argsort(badness[part], kind="stable")].tolist():
                yield movies[suited[at]]

    def own(self, viewer: Viewer) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The films that the model knows of the viewer and their weights, oldest first.

        A film of the history that was watched or rated again counts as it is now, where it is now.
        """
        known, history = self._model.index, self._model.history
        fresh = [(known[movie], weight) for movie, weight in viewer.fresh.items() if movie in known]
        movies, weights = np.array([m for m, _ in fresh], np.int32), np.array([w for _, w in fresh], np.float32)
        if viewer.row is None:
            return movies, weights
        span = slice(*history.start[viewer.row : viewer.row + 2].tolist())
        kept = ~np.isin(history.movies[span], movies)
        return (
            np.concatenate([history.movies[span][kept], movies]),
            np.concatenate([history.weights[span][kept], weights]),
        )


class TasteRanker:
    """What a user's own words say, with the few films that are known of the user folded in."""

    name = "taste"

    def __init__(self, blend: BlendRanker, vectors: TasteVectors) -> None:
        self._blend = blend
        self._vectors = vectors

    def films(self, viewer: Viewer) -> Iterable[MovieId] | None:
        """All films that suit the age, by score; None where no taste counts or the model knows nothing of it."""
        if viewer.leaning is None or not viewer.taste_counts:
            return None
        scores = self._vectors.scores(*self._blend.own(viewer), viewer.leaning, viewer.taste_counts)
        return None if scores is None else self._blend.in_full(scores, viewer)


class PopularRanker:
    """What most users chose lately."""

    name = "popularity"

    def __init__(self, model: Model, limits: Mapping[MovieId, int]) -> None:
        self._by_age = _by_age(model.by_popularity, limits)

    def films(self, viewer: Viewer) -> Iterable[MovieId] | None:
        """All films that suit the viewer's age, the most popular first."""
        return self._by_age[viewer.age]


class LastResort:
    """The films of the catalogue as they come: needs no model, no file and no time."""

    name = "last resort"

    def __init__(self, movies: Iterable[MovieId], limits: Mapping[MovieId, int]) -> None:
        self._by_age = _by_age(movies, limits)

    def films(self, viewer: Viewer) -> Iterable[MovieId] | None:
        """All films that suit the viewer's age."""
        return self._by_age[viewer.age]


def _by_age(movies: Iterable[MovieId], limits: Mapping[MovieId, int]) -> list[tuple[MovieId, ...]]:
    """For each `shown_age` the films that suit it, in the order given."""
    limited = [(movie, limits.get(movie, ADULT_AGE_YEARS)) for movie in movies]
    return [tuple(movie for movie, limit in limited if limit <= age) for age in range(ADULT_AGE_YEARS + 1)]
