"""Suitability: whom a film may be shown to. What is unknown is decided for the safe side."""

from __future__ import annotations

from collections.abc import Iterable

from core.ids import MovieId
from core.movie import Movie
from core.user import ADULT_AGE_YEARS

UNKNOWN_AGE_YEARS = 8  # users of the site are 8 to 90: who is unknown may be the youngest of them


def shown_age(age_years: int | None) -> int:
    """The age for which films are chosen: the youngest when it is unknown, and one age for all adults.

    >>> shown_age(None), shown_age(6), shown_age(12), shown_age(44)
    (8, 6, 12, 18)
    """
    return UNKNOWN_AGE_YEARS if age_years is None else min(max(age_years, 0), ADULT_AGE_YEARS)


def age_limits(movies: Iterable[Movie]) -> dict[MovieId, int]:
    """The lowest `shown_age` that each film may be shown to; a film without a known limit is for adults."""
    return {
        movie.id: ADULT_AGE_YEARS if movie.age_limit is None else min(movie.age_limit.years, ADULT_AGE_YEARS)
        for movie in movies
    }
