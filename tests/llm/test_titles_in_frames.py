"""Titles of a real catalogue in sentences of all voices: how many are found, and how many that we lack are none.

No text is labelled by hand: a frame is filled with titles, so what is right is known. A third of the titles is named
by many people, a third by some, a third by few. Bounds are what was measured on the day of writing (found 1.00 as
they are, .94 small, .99 in capitals, .92 with an error; none .91, .87 and .86), less one title in thirty.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pytest

from core.ids import MovieId
from core.movie import Movie
from ingest import RefusedRecord, read_movielens
from llm import Understander
from llm.title_names import titles_of
from llm.words import keys_of, without_article

CAREFUL = (
    "I really enjoy films such as {0}, {1} and {2}.",
    "My favorite is \"{0}\". I also like '{1}' and '{2}'.",
    "Give me something like {0} any day, or {1}, or {2}.",
    "{0} is the best film ever made. Nothing beats {1}! And {2}?",
    "I can't stop rewatching {0}; {1} and {2} come close, whatever my wife says.",
    "The movie {0} was great. Oh, and the film {1}, and {2} too.",
    "{0} ({year}) is a masterpiece, like {1} and {2}.",
)
SMALL = (
    "i love {0}, {1} and {2}",
    "me like {0} very much, also {1} is good film, and {2}",
    "movies like {0} or {1} make me happy, {2} also",
)
CAPITALS = ("GIVE ME {0}! AND {1}, {2}. NO MORE TALK.", "ONLY {0}, {1} OR {2} FOR ME!!!")
VOTES = ((80, 10**9), (25, 80), (5, 25))  # of titles that many, some and few people name; MovieLens counts
ERROR_LETTERS = "aeioutnrsl"


@dataclass(frozen=True)
class Reached:
    """Shares of the titles that were named."""

    found: float
    wrong: float


@pytest.fixture(scope="module")
def films(shared_real) -> list[Movie]:
    return [film for film in read_movielens(shared_real / "ml-latest-small") if not isinstance(film, RefusedRecord)]


@pytest.fixture(scope="module")
def same_name(films) -> dict[str, set[MovieId]]:
    named: defaultdict[str, set[MovieId]] = defaultdict(set)
    for film in films:
        for title, _ in titles_of(film):
            named[bare(title)].add(film.id)
    return named


@pytest.fixture(scope="module")
def understander(films) -> Understander:
    return Understander.of(films)


def title_of(film: Movie) -> str:
    """The title as people write it, without what stands in brackets."""
    return next(titles_of(film))[0]


def bare(title: str) -> str:
    return " ".join(without_article(keys_of(title)))


def sample(films: Iterable[Movie], count: int, rng: random.Random) -> list[Movie]:
    """As many films of each of the three classes, in no order."""
    known = list(films)
    classes = [[film for film in known if low <= (film.votes or 0) < high] for low, high in VOTES]
    drawn = [film for one in classes for film in rng.sample(one, count // len(VOTES))]
    rng.shuffle(drawn)
    return drawn


def with_an_error(title: str, rng: random.Random) -> str:
    """A letter left out, put in, changed or swapped with the one before; none in the first place."""
    places = [place for place, letter in enumerate(title) if letter.isalpha() and place > 1]
    if len(title) < 6 or not places:
        return title
    place, other = rng.choice(places), rng.choice(ERROR_LETTERS)
    before, letter, behind = title[:place], title[place], title[place + 1 :]
    return rng.choice(
        (
            before + behind,
            before + other + letter + behind,
            before + other + behind,
            before[:-1] + letter + before[-1] + behind,
        )
    )


def written(frames: Sequence[str], voice: str, rng: random.Random, named: Sequence[Movie]) -> str:
    titles = [title_of(film) for film in named]
    if voice == "small":
        titles = [title.lower() for title in titles]
    elif voice == "capitals":
        titles = [title.upper() for title in titles]
    elif voice == "one error":
        titles = [with_an_error(title, rng) for title in titles]
    return rng.choice(frames).format(*titles, year=named[0].year)


def reached(understander, films, same_name, frames, voice) -> Reached:
    """Over 300 titles, three in a frame."""
    rng = random.Random(7)
    drawn = sample(films, 300, rng)
    found = wrong = 0
    for at in range(0, len(drawn), 3):
        named = drawn[at : at + 3]
        text = written(frames, voice, rng, named)
        got = {film.movie for film in understander.read(text, "").taste_films()}
        right = [same_name[bare(title_of(film))] for film in named]
        found += sum(bool(got & one) for one in right)
        wrong += len(got.difference(*right))
    return Reached(found / len(drawn), wrong / len(drawn))


@pytest.mark.parametrize(
    ("voice", "frames", "found", "wrong"),
    [
        ("as they are", CAREFUL, 0.97, 0.03),
        ("small", SMALL, 0.91, 0.03),
        ("capitals", CAPITALS, 0.95, 0.03),
        ("one error", (CAREFUL[0], CAREFUL[2]), 0.89, 0.06),
    ],
)
def test_titles_of_all_fame_are_found_in_all_voices(understander, films, same_name, voice, frames, found, wrong):
    got = reached(understander, films, same_name, frames, voice)
    assert got.found >= found
    assert got.wrong <= wrong


@pytest.mark.parametrize(
    ("voice", "frames", "none"),
    [("as they are", CAREFUL, 0.87), ("small", SMALL, 0.83), ("capitals", CAPITALS, 0.83)],
)
def test_titles_that_the_catalogue_lost_are_no_others(films, same_name, voice, frames, none):
    """Harder than life: of a family whose first film is gone, its name means the others."""
    rng = random.Random(11)
    gone = sample(films, 150, rng)
    lost = set().union(*(same_name[bare(title_of(film))] for film in gone))
    kept = [film for film in films if film.id not in lost]
    without, others = Understander.of(kept), sample(kept, 150, rng)
    silent = 0
    for film in gone:
        beside = rng.sample(others, 2)
        text = written(frames, voice, rng, [film, *beside])
        right = set().union(*(same_name[bare(title_of(one))] for one in beside))
        silent += not {named.movie for named in without.read(text, "").taste_films()} - right
    assert silent / len(gone) >= none
