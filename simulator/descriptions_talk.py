"""Talk of films: the names that people have for films that exist, and for films that do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from simulator.descriptions import Named, TalkedOf
from simulator.films import Films

ARTICLES = ("the ", "a ", "an ")
SMALL_WORDS = frozenset({"the", "a", "an", "and", "&", "of", "in"})


def talk_of(films: Films, places: NDArray[np.int64]) -> list[TalkedOf]:
    """These films as people talk of them. A name other than the title is used when it means no other film."""
    by_title, by_series, by_person = (defaultdict[str, list[str]](list) for _ in range(3))
    titles_of: defaultdict[str, set[str]] = defaultdict(set)
    for place, movie_id in enumerate(films.ids.tolist()):
        by_title[films.titles[place]].append(movie_id)
        by_series[_series(films, place)].append(movie_id)
        for person in films.credits[place].tolist():
            by_person[person].append(movie_id)
        for name in (films.titles[place], _series(films, place), *_other_names(films, place)):
            titles_of[name.casefold()].add(films.titles[place])
    talked_of = []
    for place in places.tolist():
        title, series, movie_id = films.titles[place], _series(films, place), films.ids[place].item()
        others = (one for one in by_title[title] if one != movie_id)
        also = (name for name in _other_names(films, place) if len(titles_of[name.casefold()]) == 1)
        people = (Named(name, tuple(by_person[name])) for name in films.credits[place].tolist() if name)
        named_series = Named(series, tuple(by_series[series])) if series else None
        talked_of.append(TalkedOf(title, (movie_id, *others), tuple(also), named_series, tuple(people)))
    return talked_of


def _series(films: Films, place: int) -> str:
    return films.collections[place].removesuffix(" Collection")


def _other_names(films: Films, place: int) -> Iterator[str]:
    """What a film may be called instead of its title."""
    names = (short_form(films.titles[place]), films.nicknames[place], films.original_titles[place])
    return (name for name in dict.fromkeys(names) if name and name != films.titles[place])


def short_form(title: str) -> str:
    """What is left of a title in talk: no article, nothing after a colon.

    >>> short_form("The Bridge: Golden Tide")
    'Bridge'
    """
    article = next((one for one in ARTICLES if title.lower().startswith(one)), "")
    return title[len(article) :].partition(":")[0]


class Phantoms:
    """Titles of films that do not exist, made of the words of titles that do: as near as a wrong memory comes."""

    def __init__(self, titles: Sequence[str]) -> None:
        shorts = [short_form(title) for title in titles]
        self._words = [short.split() for short in shorts]
        self._taken = {short.casefold() for short in shorts}

    def invent(self, rng: Random) -> str:
        """The beginning of one title and the end of another."""
        first, last = (rng.choice(self._words) for _ in range(2))
        head, tail = first[: (len(first) + 1) // 2], last[len(last) // 2 :]
        while len(head) > 1 and head[-1].lower() in SMALL_WORDS:
            head.pop()
        while len(tail) > 1 and tail[0].lower() in SMALL_WORDS:
            tail.pop(0)
        title = " ".join((*head, *tail))
        while short_form(title).casefold() in self._taken:
            title += " Forever"
        return title
