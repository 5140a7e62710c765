"""Genres: how common each is and how grown-up its films are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How grown-up a film is; its certificate follows from this."""

    FAMILY = "family"
    GENTLE = "gentle"
    TENSE = "tense"
    HARSH = "harsh"


@dataclass(frozen=True, slots=True)
class Genre:
    """A genre of the movie API: its name and number there, its share among the films' first genres."""

    name: str
    number: int
    share: float
    tone: Tone


GENRES = (
    Genre("Drama", 18, 0.20, Tone.TENSE),
    Genre("Comedy", 35, 0.18, Tone.GENTLE),
    Genre("Thriller", 53, 0.08, Tone.HARSH),
    Genre("Action", 28, 0.09, Tone.TENSE),
    Genre("Romance", 10749, 0.07, Tone.GENTLE),
    Genre("Adventure", 12, 0.05, Tone.GENTLE),
    Genre("Crime", 80, 0.05, Tone.HARSH),
    Genre("Science Fiction", 878, 0.05, Tone.TENSE),
    Genre("Horror", 27, 0.05, Tone.HARSH),
    Genre("Fantasy", 14, 0.03, Tone.GENTLE),
    Genre("Family", 10751, 0.08, Tone.FAMILY),
    Genre("Animation", 16, 0.08, Tone.FAMILY),
    Genre("Mystery", 9648, 0.02, Tone.TENSE),
    Genre("Documentary", 99, 0.03, Tone.GENTLE),
    Genre("War", 10752, 0.02, Tone.HARSH),
    Genre("Music", 10402, 0.02, Tone.GENTLE),
    Genre("History", 36, 0.02, Tone.TENSE),
    Genre("Western", 37, 0.02, Tone.TENSE),
)
