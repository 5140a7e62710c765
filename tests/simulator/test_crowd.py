"""The crowd of a live world changes as the parameters say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from core.ids import UserId
from simulator.behaviour import Behaviour
from simulator.crowd import Crowd
from simulator.truth import Truth

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def truth(world_folder):
    return Truth.load(world_folder)


def test_the_satisfied_come_more_often(truth):
    even = replace(truth, activity=np.ones(len(truth.user_ids)))
    crowd = Crowd(even, Behaviour(loyalty=1, memory=1))
    before = crowd.weight
    crowd.leave(7, 2.0)
    assert crowd.weight == pytest.approx(before - 1 + np.exp(2))
    rng = np.random.default_rng(1)
    share = np.exp(2) / crowd.weight
    drawn = np.mean([crowd.draw(rng) == 7 for _ in range(4000)])
    assert drawn == pytest.approx(share, abs=4 * (share / 4000) ** 0.5)


def test_satisfaction_remembers_a_part_of_what_was_before(truth):
    crowd = Crowd(truth, Behaviour(loyalty=1, memory=0.5))
    before = crowd.weight
    for enjoyment in (2.0, 2.0):
        crowd.leave(0, enjoyment)
    grown = truth.activity[0] * (np.exp(1.5) - 1)
    assert crowd.weight == pytest.approx(before + grown)


def test_tastes_drift_with_time_and_keep_their_variance(truth):
    crowd = Crowd(truth, Behaviour(drift_days=10))
    rng = np.random.default_rng(1)
    everyone = range(len(truth.user_ids))
    first = np.array([crowd.affinity(user) for user in everyone])
    for time in (NOON, NOON + 10 * DAY):
        for user in everyone:
            crowd.drift(user, time, rng)
    later = np.array([crowd.affinity(user) for user in everyone])
    # One drift time on, 1/e of the variance is kept: the correlation is the root of that. 300 users in few crowds.
    assert np.corrcoef(first.ravel(), later.ravel())[0, 1] == pytest.approx(np.exp(-0.5), abs=0.1)
    assert later.std() == pytest.approx(first.std(), rel=0.15)


def test_a_newcomer_is_like_somebody_and_the_same_in_every_run(truth):
    places = [Crowd(truth, Behaviour()) for _ in range(2)]
    joined = [crowd.join(UserId(1_000_000)) for crowd in places]
    assert joined[0] == joined[1]
    place, model = joined[0]
    one, other = places
    assert np.array_equal(one.affinity(place), other.affinity(place))
    assert one.age(place) == truth.ages[model]
    assert np.corrcoef(one.affinity(place), one.affinity(model))[0, 1] > 0.6
    assert one.seen_by(place) == set()


def test_who_joins_without_activity_never_visits(truth):
    crowd = Crowd(truth, Behaviour())
    before = crowd.weight
    crowd.join(UserId(1_000_000), activity=0)
    assert crowd.weight == before
