"""Histories are possible, and follow taste and fame."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import numpy as np
import pytest
from scipy.stats import spearmanr

from simulator import viewings
from simulator.viewings import DAY_US, FINISHED, MINUTE_US, RATED, Viewings, react, watch


@pytest.fixture
def seen(small_world):
    return small_world.viewings


def test_nobody_watches_a_film_twice(seen):
    assert len(set(zip(seen.user.tolist(), seen.film.tolist(), strict=True))) == len(seen.user)


def test_nobody_watches_two_films_at_once(small_world, seen):
    order = np.lexsort((seen.start_us, seen.user))
    user, start = seen.user[order], seen.start_us[order]
    end = start + small_world.films.runtimes[seen.film[order]] * MINUTE_US
    assert (start[1:] >= end[:-1])[user[1:] == user[:-1]].all()


def test_every_viewing_lies_within_its_day(small_world, seen):
    end = seen.start_us + small_world.films.runtimes[seen.film] * MINUTE_US
    assert (seen.start_us // DAY_US == end // DAY_US).all()
    assert (seen.start_us // DAY_US).min() == np.datetime64("2026-01-01").astype(int)
    assert (seen.start_us // DAY_US).max() == np.datetime64("2026-01-06").astype(int)


def test_nobody_watches_what_does_not_suit_the_age(small_world, seen):
    assert (small_world.people.ages < 18).any()
    assert (small_world.people.ages[seen.user] >= small_world.films.least_ages[seen.film]).all()


def test_every_user_watches_and_the_mean_is_as_asked(small_world, seen):
    per_user = np.bincount(seen.user, minlength=len(small_world.people.ids))
    assert per_user.min() >= 1
    # Activity and chance: the variance of one user is about 5 + (5 * 0.66)^2 = 16, of the mean of 300 a 300th.
    assert per_user.mean() == pytest.approx(5, abs=4 * np.sqrt(16 / 300))


def test_what_is_watched_lies_nearer_to_the_taste_than_what_is_not(small_world, seen):
    affinity = small_world.people.tastes @ small_world.films.tastes.T
    assert affinity[seen.user, seen.film].mean() > 0.8 > 0.2 > abs(affinity.mean())


def test_famous_films_are_watched_more(small_world, seen):
    watched = np.bincount(seen.film, minlength=len(small_world.films.ids))
    assert spearmanr(watched, small_world.films.fame).statistic > 0.5


def test_stars_follow_taste(small_world, seen):
    affinity = small_world.people.tastes @ small_world.films.tastes.T
    rated = seen.stars > 0
    assert set(seen.stars[rated]) <= set(range(1, 11))
    assert spearmanr(affinity[seen.user, seen.film][rated], seen.stars[rated]).statistic > 0.4


def test_a_newcomer_comes_once(seen):
    users = seen.user[seen.newcomer]
    assert len(users) == len(set(users.tolist())) > 0
    firsts = [seen.start_us[seen.user == user].min() for user in users]
    assert seen.start_us[seen.newcomer].tolist() == firsts


def test_most_viewings_reach_the_end_and_none_goes_beyond():
    runtimes = np.full(4_000, 100)
    minutes, stars = react(np.zeros(4_000), runtimes, np.random.default_rng(1))
    assert minutes.min() >= 1
    assert minutes.max() == 100
    # Four standard errors of a share among 4,000: at most sqrt(.69 * .31 / 4,000) = 0.0073.
    assert abs((minutes == 100).mean() - FINISHED) < 4 * 0.0073
    assert abs((stars > 0).mean() - RATED) < 4 * 0.0073


def test_how_many_blocks_are_drawn_at_once_changes_nothing(small_world, monkeypatch):
    people, films = small_world.people, small_world.films
    monkeypatch.setattr(viewings, "CELLS_AT_ONCE", 10 * len(films.ids))  # ten users a block

    def drawn(at_once: int) -> Viewings:
        monkeypatch.setattr(viewings, "BLOCKS_AT_ONCE", at_once)
        return watch(people, films, 5, date(2026, 1, 1), 6, np.random.SeedSequence(3))

    one_by_one, four = drawn(1), drawn(4)
    assert all(np.array_equal(getattr(one_by_one, item.name), getattr(four, item.name)) for item in fields(Viewings))
