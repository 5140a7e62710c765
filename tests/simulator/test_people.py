"""Users are distributed as on the real site."""

from __future__ import annotations

import csv
from collections import Counter

import numpy as np
import pytest

from simulator.people import SCHOOL, invent_people


@pytest.fixture(scope="module")
def people():
    return invent_people(28_589, np.random.default_rng(1))


def test_ids_are_distinct_and_leave_room_for_strangers(people):
    assert len(set(people.ids.tolist())) == len(people.ids) < people.ids.max()
    assert people.ids.min() >= 1


def test_minors_go_to_school(people):
    assert set(people.occupations[people.ages < 18]) == {SCHOOL}


def test_some_users_watch_far_more_than_others(people):
    assert people.activity.mean() == pytest.approx(1)
    assert np.quantile(people.activity, 0.99) > 3


def test_ages_and_genders_come_as_often_as_among_real_users(people, shared_real):
    with open(shared_real / "user_age_gender_counts.csv") as file:
        real = {(int(row["age"]), row["gender"]): int(row["users"]) for row in csv.DictReader(file)}
    total = sum(real.values())
    for low, high in ((8, 13), (13, 18), (18, 25), (25, 35), (35, 45), (45, 60), (60, 91)):
        for gender in "FM":
            share = sum(count for (age, kind), count in real.items() if low <= age < high and kind == gender) / total
            ours = ((people.ages >= low) & (people.ages < high) & (people.genders == gender)).mean()
            # Four standard errors of a share among 28,589, and 0.1 points for rounded parameters.
            assert abs(ours - share) < 4 * np.sqrt(share / total) + 0.001 + 0.02 * share


def test_occupations_come_as_often_as_among_real_users(people, shared_real):
    with open(shared_real / "user_occupation_counts.csv") as file:
        real = {row["occupation"]: int(row["users"]) for row in csv.DictReader(file)}
    total = sum(real.values())
    ours = Counter(people.occupations.tolist())
    assert set(ours) <= set(real)
    for occupation, count in real.items():
        assert abs(ours[occupation] / total - count / total) < 4 * np.sqrt(count) / total + 0.002
