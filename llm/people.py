"""People of films, where the catalogue's own descriptions say who made them and who plays in them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from core.movie import Movie
from llm.field_text import FieldText
from llm.words import keys_of

_NAME = (
    r"[A-Z\u00c0-\u00de][^\W\d_.'\u2019-]*"
    r"(?:[ '\u2019-](?:[A-Z\u00c0-\u00de][^\W\d_.'\u2019-]*|de|van|von|la|del)){1,3}"
)
_CREDIT = re.compile(rf"\b(?:by|with|starring|stars|director|and|,)\s+(?P<name>(?-i:{_NAME}))", re.IGNORECASE)
_CREDITS_BEGIN = re.compile(r"\b(?:directed|made|written|starring|stars|director|a film|produced)\b", re.IGNORECASE)
_LONGEST_NAME = 4  # words


class People:
    """Who took part in which films, by what their descriptions tell."""

    def __init__(self, movies: Iterable[Movie]) -> None:
        """A film is its place in `movies`."""
        self._films: defaultdict[str, list[int]] = defaultdict(list)
        self._names: dict[str, str] = {}
        for place, movie in enumerate(movies):
            for name in dict.fromkeys(_credited(movie.overview)):
                key = " ".join(keys_of(name))
                self._films[key].append(place)
                self._names.setdefault(key, name)

    def find(self, text: FieldText, taken: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, str, list[int]]]:
        """(first, last, name, films) of each known person in a text, outside of the spans that are already taken."""
        if not self._films:
            return
        barred = {place for first, last in taken for place in range(first, last)}
        place = 0
        while place < len(text.keys):
            for last in range(min(place + _LONGEST_NAME, len(text.keys)), place + 1, -1):
                key = " ".join(text.keys[place:last])
                films = self._films.get(key) or self._films.get(key.removesuffix("s"))
                if films and barred.isdisjoint(range(place, last)):
                    yield place, last, self._names.get(key, text.between(place, last)), films
                    place = last - 1
                    break
            place += 1


def _credited(overview: str) -> Iterator[str]:
    """The names that stand behind "directed by", "with", "starring".

    >>> list(_credited("Drama, made in 1946 by Yusuf Garrido, with Samir Hawthorn and Gloria Estévez."))
    ['Yusuf Garrido', 'Samir Hawthorn', 'Gloria Estévez']
    """
    begin = _CREDITS_BEGIN.search(overview)
    if begin is not None:
        for match in _CREDIT.finditer(overview, begin.start()):
            yield match["name"]
