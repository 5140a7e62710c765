"""Films have sequels, remakes, foreign originals and nicknames, as those of the site."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from simulator.billings import FOREIGN, REMAKES, SEQUELS, invent_billings

COUNT = 4_000
LAST_YEAR = 2025


@pytest.fixture(scope="module")
def billings():
    rng = np.random.default_rng(3)
    return invent_billings(rng.integers(1930, 2010, COUNT).tolist(), LAST_YEAR, rng)


def test_every_id_is_distinct(billings):
    assert len({billing.movie_id for billing in billings}) == COUNT


def test_nothing_comes_after_the_last_year(billings):
    assert max(billing.year for billing in billings) <= LAST_YEAR


def test_a_series_is_numbered_or_subtitled_and_goes_forward_in_time(billings):
    sequels = [(place, film) for place, film in enumerate(billings) if film.collection and film.origin != place]
    # What would come after the last year or have a taken id stands for itself, so a few are missing.
    assert 0.7 * SEQUELS < len(sequels) / COUNT < 1.2 * SEQUELS
    for _, film in sequels:
        first = billings[film.origin]
        assert film.title.startswith(first.title)
        assert film.title != first.title
        assert film.year > first.year
        assert film.collection == first.collection == f"{first.title} Collection"
    endings = Counter(film.title.removeprefix(billings[film.origin].title).strip() for _, film in sequels)
    assert {"II", "2", "Part II"} <= set(endings)
    assert any(ending.startswith(":") for ending in endings)


def test_a_remake_has_the_title_of_the_first_film_in_a_later_year(billings):
    remakes = [
        film
        for place, film in enumerate(billings)
        if film.origin != place and film.title == billings[film.origin].title
    ]
    assert 0.5 * REMAKES < len(remakes) / COUNT < 1.5 * REMAKES
    assert all(film.year >= billings[film.origin].year + 12 and not film.collection for film in remakes)


def test_some_films_are_foreign_and_only_those_have_another_original_title(billings):
    foreign = [film for film in billings if film.language != "en"]
    assert {film.language for film in foreign} == {"fr", "de", "es", "ru", "ko"}
    assert 0.8 * FOREIGN < len(foreign) / COUNT < 1.1 * FOREIGN
    assert all((film.original_title != film.title) == (film.language != "en") for film in billings)


def test_the_nickname_of_a_sequel_is_that_of_the_first_film_and_a_number(billings):
    named = [
        film for place, film in enumerate(billings) if film.nickname and film.collection and film.origin != place
    ]
    assert named
    assert all(film.nickname.rpartition(" ")[0] == billings[film.origin].nickname for film in named)
