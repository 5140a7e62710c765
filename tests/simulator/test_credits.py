"""Films are made by people, some of whom make many."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from simulator.credits import WITHOUT_THIRD, invent_credits

COUNT = 3_000


@pytest.fixture(scope="module")
def origins():
    places = np.arange(COUNT)
    return np.where(places % 10 == 9, places - 9, places)  # each tenth film follows the one nine before


@pytest.fixture(scope="module")
def credited(origins):
    return invent_credits(origins, np.random.default_rng(1))


def test_every_film_has_a_director_and_two_or_three_actors(credited):
    assert (credited[:, :3] != "").all()
    # Four standard errors of a share among 3,000: sqrt(.4 * .6 / 3,000) = 0.009.
    assert abs((credited[:, 3] == "").mean() - WITHOUT_THIRD) < 4 * 0.009


def test_nobody_is_named_twice_for_one_film(credited):
    assert all(len(set(filter(None, names))) == len(list(filter(None, names))) for names in credited.tolist())


def test_a_sequel_has_the_director_and_the_first_actors_of_the_film_before(credited, origins):
    assert (credited[:, :3] == credited[origins, :3]).all()


def test_a_few_people_are_in_many_films_and_many_in_few(credited):
    films = sorted(Counter(credited[:, 0].tolist()).values(), reverse=True)
    assert films[0] > 20
    assert films[-1] == 1
