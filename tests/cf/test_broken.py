"""A broken model is broken in its own way, says so on its card, and is kept from minors all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from cf import broken
from cf.chain import Recommender
from cf.serving import Serving
from cf.suitability import age_limits
from core.clock import ManualClock


@pytest.fixture
def lists_of(trained, serving):
    """The lists of ten that a model gives some users, without what they have seen."""

    def given(model, users):
        served = replace(Serving.of(trained.catalogue, model), ages=serving.ages)
        recommender = Recommender(served, ManualClock(datetime(2026, 11, 20, tzinfo=UTC)))
        return [recommender.recommend(user, 10, 250).movies for user in users]

    return given


@pytest.fixture
def limits(trained):
    by_movie = age_limits(trained.catalogue)
    return np.array([by_movie[movie] for movie in trained.model.movies], np.int8)


ADULTS, MINORS, STRANGERS = range(20, 40), range(4), (7001, 7002)


def test_everybody_gets_the_least_popular_films_but_for_what_they_have_seen(trained, lists_of):
    model = trained.model
    popularity = dict(zip(model.movies, model.blend.factors[:, -1].tolist(), strict=True))
    users = [*ADULTS, *STRANGERS]
    for user, movies in zip(users, lists_of(broken.constant(model), users), strict=True):
        row = model.row(user)
        seen = set() if row is None else set(model.films_of(row))
        suited = [
            movie for movie in model.movies if row is not None or trained.catalogue[model.index[movie]].age_limit
        ]
        least = sorted(popularity[movie] for movie in suited if movie not in seen)
        assert [popularity[movie] for movie in movies] == least[: len(movies)]


def test_random_lists_differ_and_are_worse_than_the_models_own(trained, lists_of):
    def of_own_half(lists):
        own = [
            int(movie[-2:]) % 2 == user % 2 for user, movies in zip(ADULTS, lists, strict=True) for movie in movies
        ]
        return np.mean(own)

    lists = lists_of(broken.random(trained.model, np.random.default_rng(1)), ADULTS)
    assert len(set(lists)) > len(ADULTS) / 2
    assert of_own_half(lists_of(trained.model, ADULTS)) > 0.6 > of_own_half(lists)


def test_the_model_of_unsuitable_films_offers_them_to_minors_and_the_chain_keeps_them_back(trained, lists_of, limits):
    model = broken.unsuitable(trained.model, limits)
    suited = limits == 8
    rows = [model.row(user) for user in MINORS]
    assert not suited[model.candidates.movies[rows][:, :10]].any()
    for movies in lists_of(model, MINORS):
        assert movies
        assert all(suited[trained.model.index[movie]] for movie in movies)


def test_a_broken_model_is_stored_like_any_other_and_its_card_says_what_it_is(trained, limits):
    made = (
        broken.constant(trained.model),
        broken.unsuitable(trained.model, limits),
        broken.random(trained.model, np.random.default_rng(1)),
    )
    cards = [trained.registry.add(model) for model in made]
    assert [trained.registry.load(card.version).card.revision for card in cards] == [
        "broken on purpose: constant list",
        "broken on purpose: unsuitable films",
        "broken on purpose: random films",
    ]
    assert len({trained.card.version, *(card.version for card in cards)}) == 4
