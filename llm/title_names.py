"""Names of a film: what people may write of its title, each with what it costs to be only a part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.movie import Movie
from llm.common_words import is_ordinary
from llm.words import ARTICLES, keys_of, without_article

# The cost of a name is in powers of ten of fame: at .3 the film must be twice as famous as one with the full title.
FULL, OTHER_TITLE, NO_ARTICLE, HEAD, NO_OWNER, TAIL = 0.0, 0.15, 0.2, 0.3, 0.5, 0.5
_BRACKET = re.compile(r"\(([^()]*)\)")
_ALSO_KNOWN = re.compile(r"^a\.?k\.?a\.?\s+", re.IGNORECASE)
_ARTICLE_BEHIND = re.compile(r"(?P<rest>.+), (?P<article>The|An?|L[aeo]s?|L'|Il|I|Gli|El|Un[ae]?|D[aei][rs]|Det|Den)")
_SEGMENTS = re.compile(r":\s+|\s+[-\u2013\u2014]\s+|,?\s+\bor[:,]\s+|\s+/\s+", re.IGNORECASE)
_OWNER = re.compile(r"^(?:\S+\s+){0,2}\S+(?:['\u2019]s|s['\u2019])\s+(?P<rest>.+)$")
_CONTENT_WORDS = 2  # fewest of a part of a title that is all ordinary words


def titles_of(movie: Movie) -> Iterator[tuple[str, float]]:
    """(title, cost) of each title that the film has: its own, and those in brackets or known as original.

    >>> list(titles_of(Movie("amelie+2001", "Amelie (Fabuleux destin d'Amélie Poulain, Le)")))
    [('Amelie', 0.0), ("Le Fabuleux destin d'Amélie Poulain", 0.15)]
    """
    main = _BRACKET.sub(" ", movie.title).strip() if not movie.title.startswith("(") else movie.title
    yield main, FULL
    if main != movie.title:
        if not movie.title.rstrip().endswith(")"):
            yield movie.title, FULL
        for other in _BRACKET.findall(movie.title):
            yield _article_in_front(_ALSO_KNOWN.sub("", other.strip())), OTHER_TITLE
    if movie.original_title:
        yield movie.original_title, OTHER_TITLE


def names_of(movie: Movie) -> dict[tuple[str, ...], float]:
    """The keys of each name, with its cost: titles, and the parts of titles that stand for them.

    >>> sorted(" ".join(keys) for keys in names_of(Movie("t2+1991", "Terminator 2: Judgment Day")))
    ['judgment day', 'terminator 2', 'terminator 2 judgment day']
    """
    names: dict[tuple[str, ...], float] = {}
    for title, cost in titles_of(movie):
        for text, more in _parts(title):
            keys = keys_of(text)
            for variant, extra in _variants(keys):
                if variant and (more <= HEAD or _stands_alone(variant)):
                    names[variant] = min(names.get(variant, 9.0), cost + more + extra)
    return names


def _article_in_front(title: str) -> str:
    behind = _ARTICLE_BEHIND.fullmatch(title)
    if behind is None:
        return title
    return behind["article"] + ("" if behind["article"].endswith("'") else " ") + behind["rest"]


def _parts(title: str) -> Iterator[tuple[str, float]]:
    """The title, what stands before its colon, what stands behind it, and what is left without "Bram Stoker's"."""
    yield title, FULL
    segments = [segment for segment in _SEGMENTS.split(title) if segment]
    if len(segments) > 1:
        yield segments[0], HEAD
        yield segments[-1], TAIL
        yield f"{segments[0]} {segments[-1]}", HEAD
        yield f"{segments[0]} {segments[1]}", HEAD
        yield " ".join(segments[1:]), TAIL
    owned = _OWNER.fullmatch(segments[0]) if segments else None
    if owned is not None:
        yield owned["rest"], NO_OWNER


def _variants(keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    """The same name without its article, and without the word "episode"."""
    yield keys, 0.0
    bare = without_article(keys)
    if bare != keys:
        yield bare, NO_ARTICLE
    if "episode" in bare[1:]:
        yield tuple(key for key in bare if key != "episode"), NO_ARTICLE


def _stands_alone(keys: tuple[str, ...]) -> bool:
    """Whether the end of a title says enough: "Judgment Day" does, "The Movie" and "Part Two" do not."""
    content = [key for key in keys if key not in ARTICLES and not key.isdigit()]
    return len(content) >= _CONTENT_WORDS or any(
        not is_ordinary(key) and len(key) > _CONTENT_WORDS for key in content
    )
