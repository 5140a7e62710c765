"""Who describes himself, and what his most extreme tastes are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from simulator.descriptions import Leaning, TalkedOf, describe
from simulator.descriptions_talk import Phantoms, talk_of
from simulator.films import Films
from simulator.genres import GENRES
from simulator.mentions import Description
from simulator.people import People
from simulator.voices import EMPTY, HOSTILE, VOICES, Voice

DESCRIBED = 0.7  # share of users
EMPTY_SHARE, HOSTILE_SHARE = 0.01, 0.01  # of those who describe themselves
KNOWN_FILMS = 500  # the most famous films are those that people talk of
FILMS_NAMED, GENRES_NAMED = 6, 4  # most in a text
SHARPNESS = 2.0  # a film one standard deviation nearer to a taste is e^2 times as likely to be named first
USERS_AT_ONCE = 4096


def describe_people(people: People, films: Films, seed: np.random.SeedSequence) -> Iterator[Description | None]:
    """What each user writes, None for those who write nothing. The same arguments give the same texts."""
    rng = np.random.default_rng(seed)
    words = Random(int(rng.integers(2**63)))
    known = np.argsort(-films.fame, kind="stable")[:KNOWN_FILMS]
    has_genre = films.has_genre[known]
    talked_of = talk_of(films, known)
    phantoms = Phantoms(films.titles)
    for begin in range(0, len(people.ids), USERS_AT_ONCE):
        affinity = people.tastes[begin : begin + USERS_AT_ONCE] @ films.tastes[known].T
        genre_affinity = affinity @ (has_genre / np.maximum(1, has_genre.sum(axis=0)))
        chance = rng.gumbel(size=affinity.shape)
        describes = (rng.random(len(affinity)) < DESCRIBED).tolist()
        liked, disliked = (_leanings(sign * affinity, chance, sign * genre_affinity, talked_of) for sign in (1, -1))
        for describes_himself, likes, dislikes in zip(describes, liked, disliked, strict=True):
            if not describes_himself:
                yield None
                continue
            unreal = [phantoms.invent(words), phantoms.invent(words)]
            yield describe(likes, dislikes, unreal, _voice(words), words)


def _leanings(
    affinity: NDArray[np.float32],
    chance: NDArray[np.float64],
    genre_affinity: NDArray[np.float64],
    talked_of: Sequence[TalkedOf],
) -> Iterator[Leaning]:
    """What each user names of all that has a positive affinity: films by extremity and chance, genres by extremity.

    affinity, chance, genre_affinity : one row a user; columns as in `talked_of`, and as in GENRES.
    """
    films = _foremost(SHARPNESS * affinity + chance, affinity > 0, FILMS_NAMED)
    genres = _foremost(genre_affinity, genre_affinity > 0, GENRES_NAMED)
    for named, in_genres in zip(films, genres, strict=True):
        yield Leaning([talked_of[film] for film in named], [GENRES[genre].name for genre in in_genres])


def _foremost(scores: NDArray[np.float64], allowed: NDArray[np.bool_], most: int) -> Iterator[list[int]]:
    """The columns with the highest scores of each row, highest first: of those allowed, and `most` at most."""
    order = np.argsort(np.where(allowed, -scores, np.inf), axis=1)[:, :most]
    for columns, count in zip(order.tolist(), allowed.sum(axis=1).tolist(), strict=True):
        yield columns[:count]


def _voice(rng: Random) -> Voice:
    chance = rng.random()
    if chance < EMPTY_SHARE:
        return EMPTY
    return rng.choice(HOSTILE if chance < EMPTY_SHARE + HOSTILE_SHARE else VOICES)
