"""Titles: which films certain words name, by what the catalogue calls its films."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce

import numpy as np

from core.movie import Movie
from llm.common_words import is_ordinary
from llm.near_names import NearNames
from llm.nicknames import nicknames
from llm.title_names import HEAD, NO_ARTICLE, NO_OWNER, TAIL, names_of, titles_of
from llm.title_weights import TitleWeights
from llm.words import keys_of, without_article

FAMILY_SHARE = 0.1  # of the votes of the best known film: whoever says "Star Wars" means none that hardly anyone saw
_LITTLE = frozenset({"the", "a", "an", "of", "and", "in", "to", "on", "is", "for", "at", "with"})
_FAMOUS_SHARE = 0.65  # of the best known film's fame: only then the last word of a title stands for it
_FEWEST_INITIALS = 3
_KNOWN_SHARE = 0.5  # of the fame of the best known film
_OTHER_SPACES = 0.1  # cost
_SHORTEST_RUN_TOGETHER = 5  # letters


@dataclass(frozen=True, slots=True)
class Found:
    """A film that a name stands for. score : fame in powers of ten, less the cost of the name."""

    place: int
    cost: float
    score: float


class Titles:
    """All names of the films of a catalogue. A film is its place in `movies`; a name is its keys in one string."""

    def __init__(self, movies: Iterable[Movie]) -> None:
        self.movies: Sequence[Movie] = list(movies)
        self.fame = [math.log10(1 + max(0, movie.votes or 0)) for movie in self.movies]
        self._most_fame = max(self.fame, default=0.0)
        self._films: defaultdict[str, dict[int, float]] = defaultdict(dict)
        self._series: defaultdict[str, list[int]] = defaultdict(list)
        starts: set[tuple[str, int]] = set()
        words: list[tuple[str, ...]] = []
        famous = self.fame_at(_FAMOUS_SHARE)
        self._names: list[dict[str, float]] = []
        for place, movie in enumerate(self.movies):
            names = names_of(movie)
            self._names.append({" ".join(keys): cost for keys, cost in names.items()})
            for name, cost in self._names[place].items():
                if cost < NO_OWNER or " " in name or self.fame[place] >= famous:
                    self._films[name][place] = cost
            words.append(tuple(dict.fromkeys(key for keys in names for key in keys)))
            starts.update((" ".join(without_article(keys_of(title))), place) for title, _ in titles_of(movie))
            if movie.collection:
                self._series[_series_key(movie.collection)].append(place)
        self._starts = sorted(starts)
        self._all_words = {word for title in words for word in title}
        known = self.fame_at(_KNOWN_SHARE)
        self._known_words = {word for place, title in enumerate(words) if self.fame[place] >= known for word in title}
        self.longest = max((name.count(" ") + 1 for name in self._films), default=0)
        self._fame_of_name = {
            name: max(self.fame[place] - cost for place, cost in named.items()) for name, named in self._films.items()
        }
        self.weights = TitleWeights(words)
        self._beginnings = {(name.split(" ", 2)[0], name.split(" ", 2)[1]) for name in self._films if " " in name}
        self._beginnings.update((name.split(" ", 2)[0], name.split(" ", 2)[1]) for name in nicknames() if " " in name)
        self._together = _names_by_form(self._films, lambda name: name.replace(" ", ""))
        self._gathered = _names_by_form(self._films, gathered)
        self._initials = self._by_initials()
        self._nicknames = {
            nickname: has
            for nickname, titles in nicknames().items()
            if (has := [title for title in titles if min(self._films.get(title, {}).values(), default=HEAD) < HEAD])
        }
        self.near = NearNames([name for name, films in self._films.items() if min(films.values()) < TAIL])

    def fame_at(self, share: float) -> float:
        """That share of the fame of the best known film, in powers of ten: .5 is the root of its votes.

        It is not a share of all films: a catalogue may well have the famous ones only.
        """
        return share * self._most_fame

    def knows(self, word: str) -> bool:
        """Whether the word stands in any title."""
        return word in self._all_words

    def begins(self, first: str, second: str) -> bool:
        """Whether any name begins with these two words."""
        return (first, second) in self._beginnings

    def knows_well(self, word: str) -> bool:
        """Whether the word stands in a title that many know."""
        return word in self._known_words

    def named(self, name: str) -> list[Found]:
        """The films with exactly this name, the best first."""
        return self._found(self._films.get(name, {}))

    def fame_of(self, name: str) -> float:
        """The fame of the best known film with this name or nickname, less the cost of the name."""
        return max([self._fame_of_name.get(name, 0.0), *(self.fame[place] for place in self.nickname(name))])

    def is_name(self, name: str) -> bool:
        """Whether a film or a nickname has exactly this name."""
        return name in self._films or name in self._nicknames

    def names(self, place: int) -> Iterable[str]:
        """All names of a film."""
        return self._names[place]

    def nickname(self, name: str) -> list[int]:
        """The films that a nickname stands for, in the order of its table."""
        places = [self.named(title)[0].place for title in self._nicknames.get(name, ())]
        return list(dict.fromkeys(places))

    def named_places(self, places: Iterable[int]) -> list[Found]:
        """These films as parts of their titles, the most famous first."""
        return self._found(dict.fromkeys(places, TAIL))

    def run_together(self, letters: str) -> str | None:
        """The name that has these letters when spaces are forgotten: "brave heart" or "starwars"."""
        names = self._together.get(letters, ())
        return names[-1] if names and len(letters) >= _SHORTEST_RUN_TOGETHER else None

    def of_letters(self, name: str) -> list[Found]:
        """The films with this name, and those whose name is the same but for its spaces: "Oldboy" and "Old Boy"."""
        others = self._together.get(name.replace(" ", ""), ())
        costs = {place: cost + _OTHER_SPACES for other in others for place, cost in self._films[other].items()}
        return self._found(costs | self._films.get(name, {}))

    def same_content(self, keys: Sequence[str]) -> str | None:
        """The name that has the same words when little ones ("of", "the") are forgotten; at least two others."""
        content = gathered(" ".join(keys))
        return self._gathered[content][-1] if " " in content and content in self._gathered else None

    def from_initials(self, word: str) -> str | None:
        """The name with these initials, the most famous one."""
        return self._initials.get(word)

    def family(self, keys: Sequence[str]) -> list[int]:
        """The films whose titles begin with these words or whose collection does, in the order of their years.

        No part of what people mean are films known to less than a tenth of those who know the best known one, films
        that share no genre with it, and other films of its very name.
        """
        base = " ".join(without_article(tuple(keys)))
        series = {place for name in (base, " ".join(keys)) for place in self._series.get(name, ())}
        series.update(self.nickname(base))
        begin = {place for place in self._beginning_with(base) if self._continues(base, place)} - series
        if not series and not begin:
            return []
        best = max(series | begin, key=lambda place: (self.fame[place], -place))
        if not series and not self._makes_family(base, best):
            return []
        genres, floor = set(self.movies[best].genres), FAMILY_SHARE * (self.movies[best].votes or 0)
        alike = {
            place
            for place in begin
            if (place == best or not genres or genres.intersection(self.movies[place].genres))
            and (place == best or base not in self._full_names(place))
        }
        core = [place for place in series | alike if (self.movies[place].votes or 0) >= floor]
        return sorted(core, key=lambda place: (self.movies[place].year or 0, self.movies[place].title))

    def _makes_family(self, base: str, best: int) -> bool:
        """Whether the best known film that begins so is known well enough for its beginning to be a name of it.

        Of one word, "Matrix" is, being a title; "Jack" and "Paris" are not: films of many kinds begin with them.
        """
        known = self.fame[best] >= self.fame_at(_KNOWN_SHARE)
        named = base in self._own_names(best)
        return named or known if " " in base else named and known

    def first_of(self, keys: Sequence[str], family: Sequence[int]) -> int | None:
        """The film that is meant by the name of a family whose other films carry numbers; None when none is."""
        base = " ".join(without_article(tuple(keys)))
        heads = [place for place in family if base in self._own_names(place)]
        others = (name for place in family if place not in heads for name in self._own_names(place))
        if len(heads) != 1:
            return None
        numbered = {name[len(base) + 1 :][:1] for name in others if name.startswith(base + " ")}
        return heads[0] if any(mark.isdigit() for mark in numbered) else None

    def shares(self, keys: Sequence[str]) -> bool:
        """Whether any title begins with these words, or holds them side by side."""
        return bool(self.family(keys) or self.containing(keys))

    def containing(self, keys: Sequence[str]) -> list[Found]:
        """The films with a name in which these words stand side by side, the most famous first."""
        found = sorted((self.weights.places(key) for key in set(keys)), key=len)
        inner = f" {' '.join(keys)} "
        both = reduce(partial(np.intersect1d, assume_unique=True), found).tolist() if found else []
        holds = [place for place in both if self._holds(inner, place)]
        return self._found(dict.fromkeys(holds, TAIL))

    def candidates(self, keys: Sequence[str], count: int) -> list[tuple[int, float]]:
        """(film, score) of the films that share most with the words, by BM25 with a little fame."""
        best = self.weights.best(keys, 4 * count)
        return sorted(((place, score + self.fame[place]) for place, score in best), key=lambda pair: -pair[1])[:count]

    def _found(self, costs: dict[int, float]) -> list[Found]:
        found = [Found(place, cost, self.fame[place] - cost) for place, cost in costs.items()]
        return sorted(found, key=lambda one: (-one.score, one.cost, -(self.movies[one.place].year or 0), one.place))

    def _beginning_with(self, base: str) -> Iterator[int]:
        for at in range(bisect_left(self._starts, (base, -1)), len(self._starts)):
            name, place = self._starts[at]
            if not name.startswith(base):
                return
            yield place

    def _continues(self, base: str, place: int) -> bool:
        """Whether a title that begins with these letters is of one family with them.

        One ordinary word ("alien") needs a mark or a number behind it: "Alien Nation" is no alien film.
        """
        if " ".join(keys_of(base)) != base:
            return False
        if " " not in base and is_ordinary(base):
            return base in self._own_names(place) or any(
                name[len(base) + 1 :].isdigit() for name in self._own_names(place) if name.startswith(base + " ")
            )
        rest = {name[len(base) :] for name in self._own_names(place) if name.startswith(base)}
        return any(one == "" or one[0] == " " or one == "s" or one.startswith("s ") for one in rest)

    def _full_names(self, place: int) -> set[str]:
        return {name for name, cost in self._names[place].items() if cost <= NO_ARTICLE}

    def _own_names(self, place: int) -> set[str]:
        return {name for name, cost in self._names[place].items() if cost <= HEAD + NO_ARTICLE}

    def _holds(self, inner: str, place: int) -> bool:
        return any(inner in f" {name} " for name in self._names[place])

    def _by_initials(self) -> dict[str, str]:
        """By initials the name of the most famous film that has them."""
        best: dict[str, tuple[float, str]] = {}
        for name, films in self._films.items():
            words = name.split(" ")
            score = max(self.fame[place] - cost for place, cost in films.items())
            if len(words) >= _FEWEST_INITIALS and min(films.values()) < TAIL:
                initials = "".join(word[0] for word in words)
                best[initials] = max(best.get(initials, (score, name)), (score, name))
        return {initials: name for initials, (_, name) in best.items()}


def gathered(name: str) -> str:
    """The name without its little words.

    >>> gathered("the lord of the rings")
    'lord rings'
    """
    return " ".join(word for word in name.split(" ") if word not in _LITTLE)


def _series_key(collection: str) -> str:
    keys = without_article(keys_of(collection))
    return " ".join(keys[:-1] if len(keys) > 1 and keys[-1] in {"collection", "series", "trilogy", "saga"} else keys)


def _names_by_form(films: Mapping[str, Mapping[int, float]], form: Callable[[str], str]) -> dict[str, list[str]]:
    """By a form of names the names that have it, the one that costs least last."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(films, key=lambda name: (-min(films[name].values()), name)):
        names[form(name)].append(name)
    return dict(names)
