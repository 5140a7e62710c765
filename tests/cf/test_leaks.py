"""Each leak is planted in clean parts, and must be the one that is found."""

from dataclasses import replace

import numpy as np
import pytest

from cf import Interactions
from cf.leaks import all_alike, leaks_of_figures, leaks_of_split, too_good
from cf.splits import SPLITS, VIEWS, Split, hold_out, per_user_last, time_split


@pytest.fixture(scope="module")
def world(trained):
    return Interactions.from_frame(trained.frame, (movie.id for movie in trained.catalogue), 10)[0]


def names(leaks):
    return [leak.name for leak in leaks]


@pytest.mark.parametrize("view", VIEWS)
def test_our_own_parts_are_clean(world, view):
    assert leaks_of_split(VIEWS[view](world), by_time=view == "time") == []


@pytest.mark.parametrize("view", SPLITS)
def test_a_film_on_both_sides_is_found(world, view):
    parts = SPLITS[view](world)
    first = np.arange(len(parts.test)) == 0
    planted = Split(parts.train.joined(parts.test.only(first)), parts.test)
    assert "duplicates across the split" in names(leaks_of_split(planted, by_time=view == "time"))


def test_training_on_later_days_is_found(world):
    late = np.random.default_rng(1).random(len(world)) < 0.2
    parts = Split(world.only(~late), world.only(late))
    assert names(leaks_of_split(parts, by_time=True)) == ["future in training"]
    assert names(leaks_of_split(parts, by_time=False)) == ["future in training"]


def test_what_others_did_later_is_a_leak_by_time_only(world):
    parts = per_user_last(world)
    assert names(leaks_of_split(parts, by_time=True)) == ["future in training"]
    assert leaks_of_split(parts, by_time=False) == []


def test_a_held_out_user_in_training_is_found(world):
    parts = hold_out(world)
    planted = replace(parts, train=parts.train.joined(parts.shown))
    assert "held-out users in training" in names(leaks_of_split(planted, by_time=False))


def test_parts_without_a_test_have_no_leak(world):
    nothing = world.only(np.zeros(len(world), bool))
    assert leaks_of_split(time_split(nothing), by_time=True) == []


def columns(ndcg, hit=None, recall=None, users=50):
    said = {"ndcg": ndcg, "hit": ndcg if hit is None else hit, "recall": ndcg if recall is None else recall}
    return {name: np.full(users, value) for name, value in said.items()}


def test_a_model_that_was_given_the_answers_is_too_good():
    assert too_good(columns(0.97, 1.0, 0.98), 0.1).name == "too good to be true"


def test_where_popularity_is_as_good_nothing_is_leaked():
    assert too_good(columns(0.8, 1.0, 0.9), 0.7) is None


def test_one_number_for_three_metrics_is_found():
    assert names(leaks_of_figures(columns(0.3), 0.1, 20)) == ["hit, recall and ndcg are equal"]


def test_usual_figures_and_lists_of_one_film_are_no_leak():
    assert leaks_of_figures(columns(0.16, 0.5, 0.13), 0.09, 20) == []
    assert all_alike(columns(0.3), 1) is None
    assert all_alike(columns(0.0), 20) is None
