"""What simulated users write is understood as they mean it: stage one alone against the truth of the simulator."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest

from core.movie import Movie
from core.taste import Polarity
from ingest.movie_records import movie_from_record
from llm import Understander
from simulator import World, WorldSize
from simulator.mentions import Kind
from simulator.mentions import Polarity as True_
from simulator.records import movie_records

POLARITY = {True_.LIKE: Polarity.LIKED, True_.DISLIKE: Polarity.DISLIKED}


@pytest.fixture(scope="module")
def counts() -> Counter[tuple[Kind, str]]:
    """By kind of mention: how many there are, how many were found, and how many with the right polarity."""
    world = World.build(5, WorldSize(users=900, movies=1200, days=2, minute_lines=False), date(2026, 2, 1))
    films = [movie_from_record(json.loads(record)) for _, record in movie_records(world.films)]
    understander = Understander.of(film for film in films if isinstance(film, Movie))
    counted: Counter[tuple[Kind, str]] = Counter()
    for description in filter(None, world.descriptions()):
        understanding = understander.read(description.likes, description.dislikes)
        films_named = {film.movie: film.polarity for film in understanding.taste_films()}
        genres = {(genre.genre, genre.polarity) for genre in understanding.genres}
        meant = {movie for mention in description.mentions for movie in mention.movies}
        for mention in description.mentions:
            polarity = POLARITY[mention.polarity]
            if mention.kind in (Kind.GENRE, Kind.QUALIFIED_GENRE):
                found = right = (mention.name, polarity) in genres
            elif mention.kind is Kind.NOTHING:
                wrong = [one for one in understanding.mentions if one.words in mention.text]
                found = right = not any(set(one.films) - meant for one in wrong)
            else:
                hits = [films_named[movie] for movie in mention.movies if movie in films_named]
                found, right = bool(hits), polarity in hits
            counted[mention.kind, "all"] += 1
            counted[mention.kind, "found"] += found
            counted[mention.kind, "right"] += right
    return counted


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        (Kind.TITLE, 0.94),
        (Kind.FRANCHISE, 0.90),
        (Kind.PERSON, 0.94),
        (Kind.GENRE, 0.96),
        (Kind.QUALIFIED_GENRE, 0.96),
        # phantoms are made of the words of titles: many are a short form of a film that is there
        (Kind.NOTHING, 0.72),
    ],
)
def test_mentions_are_found(counts, kind, least):
    assert counts[kind, "found"] >= least * counts[kind, "all"]


@pytest.mark.parametrize("kind", [Kind.TITLE, Kind.PERSON, Kind.FRANCHISE])
def test_what_is_found_has_the_right_polarity(counts, kind):
    assert counts[kind, "right"] >= 0.98 * counts[kind, "found"]
