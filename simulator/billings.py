"""Billings: what films are called, series, remakes and foreign originals included."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.titles import foreign_title, invent_title, movie_id

SEQUELS, REMAKES = 0.09, 0.02  # shares of films that continue, or make again, an earlier one
SEQUEL_YEARS, REMAKE_YEARS = (1, 5), (12, 40)  # after the film before, after the first one
FOREIGN = 0.12  # share of the other films whose original title is in another language
NICKNAMED = 0.3  # share of films that people call by another name
ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
NUMBERINGS = ("{title} {roman}", "{title} {number}", "{title} Part {roman}", "{title}: {subtitle}")
ARTICLES = frozenset({"The", "A", "An"})


@dataclass(frozen=True, slots=True)
class Billing:
    """What stands on a film's poster, and what people say instead.

    language : of the original, as ISO 639-1. collection : name of the series, empty for none.
    nickname : empty when people use the title; no API tells it. origin : position of the film that this one
    continues or makes again, its own position for most.
    """

    title: str
    year: int
    original_title: str
    language: str
    collection: str
    nickname: str
    origin: int

    @property
    def movie_id(self) -> str:
        return movie_id(self.title, self.year)


class _Shelf:
    """The films billed so far: every id once."""

    def __init__(self, last_year: int, rng: np.random.Generator) -> None:
        self._last_year = last_year
        self._rng = rng
        self._ids: set[str] = set()
        self._firsts: list[int] = []  # films that neither continue nor remake another
        self._episodes: Counter[int] = Counter()  # films that continue a first one
        self._latest: dict[int, int] = {}  # year of a series' latest film
        self._numbering: dict[int, str] = {}
        self.billings: list[Billing] = []

    def add_film(self, year: int) -> None:
        """One film more; `year` counts only when it stands for itself, as it does when no sequel or remake can be."""
        kind = self._rng.random()
        again = None
        if self._firsts and kind < SEQUELS + REMAKES:
            origin = self._firsts[int(self._rng.integers(len(self._firsts)))]
            again = self._sequel(origin) if kind < SEQUELS else self._remake(origin)
        if again is None or again.year > self._last_year or again.movie_id in self._ids:
            self._firsts.append(len(self.billings))
            self._put(self._first(year))
            return
        self._put(again)
        if again.collection:
            self._episodes[again.origin] += 1
            self._latest[again.origin] = again.year
            self.billings[again.origin] = replace(self.billings[again.origin], collection=again.collection)

    def _put(self, billing: Billing) -> None:
        self._ids.add(billing.movie_id)
        self.billings.append(billing)

    def _first(self, year: int) -> Billing:
        while movie_id(title := invent_title(self._rng), year) in self._ids:
            pass
        foreign = self._rng.random() < FOREIGN
        original_title, language = foreign_title(self._rng) if foreign else (title, "en")
        name = nickname(title) if self._rng.random() < NICKNAMED else ""
        return Billing(title, year, original_title, language, "", name, len(self.billings))

    def _sequel(self, origin: int) -> Billing | None:
        first = self.billings[origin]
        number = self._episodes[origin] + 2
        if number >= len(ROMAN):
            return None
        numbering = self._numbering.setdefault(origin, NUMBERINGS[int(self._rng.integers(len(NUMBERINGS)))])
        subtitle = invent_title(self._rng).partition(":")[0]
        title = numbering.format(title=first.title, roman=ROMAN[number], number=number, subtitle=subtitle)
        year = self._latest.get(origin, first.year) + int(self._rng.integers(*SEQUEL_YEARS, endpoint=True))
        name = f"{first.nickname} {number}" if first.nickname else ""
        return Billing(title, year, title, "en", f"{first.title} Collection", name, origin)

    def _remake(self, origin: int) -> Billing:
        first = self.billings[origin]
        year = first.year + int(self._rng.integers(*REMAKE_YEARS, endpoint=True))
        return Billing(first.title, year, first.title, "en", "", first.nickname, origin)


def invent_billings(years: Sequence[int], last_year: int, rng: np.random.Generator) -> list[Billing]:
    """One billing a year given, with distinct ids; sequels and remakes come in later years, up to `last_year`."""
    shelf = _Shelf(last_year, rng)
    for year in years:
        shelf.add_film(year)
    return shelf.billings


def nickname(title: str) -> str:
    """What people make of a title: initials of a long one, the last word of a short one; no subtitle.

    >>> nickname("Who Stole the Golden Tide?"), nickname("The Hidden Citadel: Salt River"), nickname("Dr. Ada")
    ('WSTGT', 'Citadel', 'Ada')
    """
    words = [word for word in re.findall(r"[\w']+", title.partition(":")[0]) if word not in ARTICLES]
    return "".join(word[0].upper() for word in words) if len(words) > 3 else words[-1]
