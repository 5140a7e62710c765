"""What is asked about words that seem to name a film, and what the answer is."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.taste import Means


@dataclass(frozen=True, slots=True)
class Hints:
    """What stands around a mention. years : from, to, when the text says when the film was made.

    usual_year : the middle of the years of the other films named. all_of_them : "the X movies", "the X trilogy".
    particular : the words are marked as a title, by quotes or capitals. order : "first", "last" by year, or "".
    """

    years: tuple[int, int] | None = None
    usual_year: int | None = None
    all_of_them: bool = False
    particular: bool = False
    order: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What words mean. films : places of Titles, the best first. `sure` False and no films: maybe no title at all."""

    why: str
    films: tuple[int, ...] = ()
    means: Means | None = None
    candidates: tuple[tuple[int, float], ...] = field(default=())
    is_open: bool = False
