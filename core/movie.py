"""A film of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.ids import MovieId
from core.money import Usd


class AgeSource(StrEnum):
    """Where the lowest age for a film comes from."""

    CERTIFICATE = "certificate"
    ESTIMATE = "estimate"
    ADULT = "adult"  # the record says that the film is for adults


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """The lowest age, in years, that a film is known to suit, and how we know."""

    years: int
    source: AgeSource


@dataclass(frozen=True, slots=True)
class Movie:
    """A film: what the catalogue knows of it. What is unknown is None or empty, never a guess.

    `age_limit` None means: not known to suit anyone under 18 (DESIGN section 5, fail closed).
    `licence_fee` None means: the fee of a play is unknown, which is not a fee of 0.
    `original_title` is empty when it is the title, `collection` names the series that a film belongs to, and `votes`
    says how many people elsewhere had an opinion of it: its fame before anybody watched it here.
    """

    id: MovieId
    title: str
    year: int | None = None
    genres: tuple[str, ...] = ()
    runtime_minutes: int | None = None
    release_date: date | None = None
    language: str = ""
    overview: str = ""
    certificate: str = ""
    age_limit: AgeLimit | None = None
    licence_fee: Usd | None = None
    original_title: str = ""
    collection: str = ""
    votes: int | None = None
