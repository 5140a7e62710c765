"""The oracle: understands a prompt by knowing what the world's users meant. A stand-in for a language model."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from core.errors import WorldError
from simulator.mentions import Field, Kind, Mention, recall

SHORTEST = 8  # letters of a text that can be found in a prompt
BEGINNING = 48  # letters that are enough to know a text by, so that a cut text is known too
LONGEST = 600  # letters that are looked at: ordinary texts have fewer
EXCERPT = 24  # letters of a quoted text that are enough to know it by, wherever in a description they stand
# A string without an end ends with the prompt: looking for the end from each quote took seconds.
_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.DOTALL)
_ID = re.compile(r"[a-z0-9+._*'\[\]-]{2,200}")


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a prompt is about: the mentions of the texts in it, and the film ids that it offers as answers."""

    mentions: tuple[Mention, ...]
    offered: frozenset[str]


class Oracle:
    """Finds the self-descriptions that stand in a prompt, whatever stands around them, and knows their mentions.

    Case, blanks and marks do not matter, a JSON string is read as what it says, and a text may be cut at its end; a
    JSON string may be cut on both sides. In a prompt without any description each JSON string that is the text of a
    mention is understood by itself. In a line of JSON an object with the text of a mention and a list of film ids
    says which films are offered for that mention: one of them is meant, unless something in the object is true, and
    no other mention is asked about.
    """

    def __init__(self, world: Path, error_rate: float, seed: int) -> None:
        """error_rate : share of mentions that are misunderstood, the same ones whenever the same prompt comes.

        Raises WorldError when there is no world in `world` or the rate is no share.
        """
        if not 0 <= error_rate <= 1:
            raise WorldError(f"an error rate of {error_rate:g} can not be: give a share from 0 to 1")
        self._error_rate = error_rate
        self._seed = seed
        self._mentions: dict[str, tuple[Mention, ...]] = {}
        self._by_text: dict[str, Mention] = {}
        for _, description in recall(world):
            for field, text in ((Field.LIKES, description.likes), (Field.DISLIKES, description.dislikes)):
                mentions = tuple(mention for mention in description.mentions if mention.field is field)
                letters = _letters(text)[:LONGEST]
                if mentions and len(letters) >= SHORTEST:
                    self._mentions[letters] = mentions
                self._by_text |= {_letters(mention.text): mention for mention in mentions}
        self._texts = sorted(self._mentions)
        self._beginnings = {letters[:SHORTEST] for letters in self._texts}
        self._movies = sorted({movie for mention in self._by_text.values() for movie in mention.movies})
        self._known = frozenset(self._movies)

    def understand(self, prompt: str) -> Understanding:
        """What the prompt is about, with as many misunderstandings as the error rate says."""
        said = [json_text for match in _JSON_STRING.findall(prompt) if (json_text := _decoded(match))]
        found = list(self._in(_letters(prompt)))
        quoted = [letters for text in said if text not in self._known and (letters := _letters(text))]
        everything = "\n".join(dict.fromkeys(quoted))
        for letters in dict.fromkeys(quoted):
            if everything.count(letters) > 1:
                continue  # words of a text that is quoted too, and tells more of them
            found += self._around(letters) or self._in(letters)
        if not found:
            found = [self._by_text[letters] for letters in map(_letters, said) if letters in self._by_text]
        rng = Random(f"{self._seed} {prompt}")
        offers = _offers(prompt, self._known)
        asked = [mention for mention in dict.fromkeys(found) if _offer_for(mention, offers)]
        closed = (_chosen(mention, _offer_for(mention, offers)) for mention in asked or dict.fromkeys(found))
        understood = (self._understood(mention, rng) for mention in closed)
        offered = self._known.intersection(word for text in (prompt, *said) for word in _ID.findall(text))
        return Understanding(tuple(mention for mention in understood if mention), offered)

    def _in(self, letters: str) -> Iterator[Mention]:
        """The mentions of every description that stands in these letters."""
        place = 0
        while place < len(letters):
            text, common = "", 1
            if letters[place : place + SHORTEST] in self._beginnings:
                text, common = self._at_beginning(letters[place : place + LONGEST])
            yield from (one for one in self._mentions.get(text, ()) if _letters(one.text) in text[:common])
            place += common

    def _around(self, letters: str) -> list[Mention]:
        """The mentions that stand in these letters when they are a part of a description."""
        if not EXCERPT <= len(letters) <= LONGEST or letters in self._mentions:
            return []
        whole = next((text for text in self._texts if letters in text), "")
        return [one for one in self._mentions.get(whole, ()) if _letters(one.text) in letters]

    def _at_beginning(self, letters: str) -> tuple[str, int]:
        """The text with which the letters begin and how far it goes, or ("", 1)."""
        while letters:
            place = bisect_right(self._texts, letters)
            neighbours = self._texts[max(0, place - 1) : place + 1]
            common, text = max(((_common(letters, text), text) for text in neighbours), key=_whole_first)
            if common >= min(BEGINNING, len(text)):
                return text, common
            letters = letters[:common] if common < len(letters) else letters[:-1]
        return "", 1

    def _understood(self, mention: Mention, rng: Random) -> Mention | None:
        """The mention; or, by chance, nothing, its opposite, or another film."""
        if rng.random() >= self._error_rate:
            return mention
        other_film = replace(mention, kind=Kind.TITLE, movies=(rng.choice(self._movies),))
        return rng.choice((None, replace(mention, polarity=mention.polarity.opposite), other_film))


@dataclass(frozen=True, slots=True)
class _Offer:
    """The films that a prompt offers for a mention, and whether several may be meant."""

    movies: frozenset[str]
    is_series: bool


def _offers(prompt: str, known: frozenset[str]) -> dict[str, _Offer]:
    """By the letters of each text that stands beside a list of film ids in one object, in lines of JSON."""
    offers: dict[str, _Offer] = {}
    open_values: list[Any] = [value for line in prompt.splitlines() if (value := _parsed(line)) is not None]
    while open_values:
        value = open_values.pop()
        parts = list(value.values()) if isinstance(value, dict) else value
        open_values += [part for part in parts if isinstance(part, dict | list)]
        lists = [part for part in parts if isinstance(part, list)] if isinstance(value, dict) else []
        movies = known.intersection(movie for part in lists for movie in part if isinstance(movie, str))
        if movies:
            offer = _Offer(movies, any(part is True for part in parts))
            offers |= {_letters(part): offer for part in parts if isinstance(part, str)}
    return offers


def _parsed(line: str) -> dict[str, Any] | None:
    """The object that a line of JSON is, None when it is none."""
    if not line.startswith("{"):
        return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _offer_for(mention: Mention, offers: Mapping[str, _Offer]) -> _Offer | None:
    """What is offered for a mention: beside its own letters, or beside more or fewer words of the same place."""
    letters = _letters(mention.text)
    near = (one for one in offers if one and (one in letters or letters in one))
    return offers.get(letters) or next((offers[one] for one in near), None)


def _chosen(mention: Mention, offer: _Offer | None) -> Mention:
    """The mention with those of its films that are offered for it; as it is when nothing is said of that."""
    if offer is None or not mention.movies:
        return mention
    movies = tuple(movie for movie in mention.movies if movie in offer.movies)
    return replace(mention, movies=movies if offer.is_series else movies[:1])


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _whole_first(candidate: tuple[int, str]) -> tuple[int, int]:
    """The more letters in common the better, and the fewer others."""
    common, text = candidate
    return common, -len(text)


def _common(one: str, other: str) -> int:
    """How many letters two texts have in common at their beginning."""
    shorter = min(len(one), len(other))
    return next((place for place in range(shorter) if one[place] != other[place]), shorter)


def _decoded(literal: str) -> str:
    """What a JSON string says; empty when it is none after all."""
    try:
        return str(json.loads(literal))
    except ValueError:
        return ""
