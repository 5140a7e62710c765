"""Serving: all that requests read, held as one value that is swapped as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cf.leaning import Leaning, counts
from cf.model import Model
from cf.rankers import BlendRanker, LastResort, PopularRanker, Ranker, TasteRanker, Viewer
from cf.suitability import UNKNOWN_AGE_YEARS, age_limits
from cf.taste_vectors import TasteVectors
from core.ids import MovieId, UserId
from core.movie import Movie
from core.taste import Taste

NO_MODEL = "none"


@dataclass(frozen=True)
class Serving:
    """What is known at one moment. `rankers` are asked in order; the last one needs nothing but memory."""

    rankers: tuple[Ranker, ...]
    limits: Mapping[MovieId, int]  # the lowest `shown_age` for each film; a film that is not here is for adults
    model: Model | None = None
    fresh: Mapping[UserId, Mapping[MovieId, float]] = field(default_factory=dict)  # weights of newer films
    ages: Mapping[UserId, int] = field(default_factory=dict)  # `shown_age` of each user with a record
    tastes: Mapping[UserId, Taste] = field(default_factory=dict)

    @classmethod
    def of(cls, catalogue: Iterable[Movie], model: Model | None) -> Serving:
        """What can be served from a catalogue and, when there is one, a model."""
        catalogue = tuple(catalogue)
        limits = age_limits(catalogue)
        if model is None:
            return cls((LastResort(limits, limits),), limits)
        last = LastResort(model.by_popularity, limits)
        blend = BlendRanker(model, limits)
        by_taste = TasteRanker(blend, TasteVectors.of(model, catalogue))
        return cls((blend, by_taste, PopularRanker(model, limits), last), limits, model)

    @property
    def version(self) -> str:
        """The version of the model, "none" without one."""
        return NO_MODEL if self.model is None else self.model.card.version

    def viewer(self, user: UserId) -> Viewer:
        """What is known of a user: films seen in training or since, the age, and what the user's words say."""
        fresh = self.fresh.get(user, {})
        row = None if self.model is None else self.model.row(user)
        seen = frozenset(fresh)
        if self.model is not None and row is not None:
            seen = seen.union(self.model.films_of(row))
        age = self.ages.get(user, UNKNOWN_AGE_YEARS)
        taste = self.tastes.get(user)
        if taste is None:
            return Viewer(age, row, seen, fresh)
        leaning = Leaning.of(taste)  # 64 microseconds now, or 13 s at each start for 200,000 users
        counted = counts(len(seen)) if leaning else 0.0
        return Viewer(age, row, seen.union(leaning.seen), fresh, leaning, counted, frozenset(leaning.disliked))
