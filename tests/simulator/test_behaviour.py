"""The true effects are what the parameters say."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import WorldError
from simulator.behaviour import Behaviour

RUNS = 2000
ALL = np.ones(3, bool)


def shares(draw):
    """How often each outcome of `draw(rng)` comes, None last, in RUNS draws."""
    rng = np.random.default_rng(1)
    drawn = [draw(rng) for _ in range(RUNS)]
    return np.array([sum(one == place for one in drawn) for place in (0, 1, 2, None)]) / RUNS


def close_to(expected):
    """Four standard errors of a share among RUNS draws, which is at most 0.5 / sqrt(RUNS)."""
    return pytest.approx(np.array(expected), abs=4 * 0.5 / RUNS**0.5)


def test_position_and_taste_decide_which_film_of_a_list_is_picked():
    behaviour = Behaviour(appeal=1, fatigue=0.5, elsewhere=2)
    affinity = np.array([0, 1, 0], np.float32)
    weights = np.array([1, np.exp(0.5), np.exp(-1), 2])
    assert shares(lambda rng: behaviour.pick(affinity, ALL, rng)) == close_to(weights / weights.sum())


def test_a_film_that_was_seen_is_not_picked():
    drawn = shares(
        lambda rng: Behaviour(elsewhere=0.1).pick(np.zeros(3, np.float32), np.array([False, True, True]), rng)
    )
    assert drawn[0] == 0 < drawn[1]


def test_an_empty_list_is_left():
    assert Behaviour().pick(np.zeros(0, np.float32), np.zeros(0, bool), np.random.default_rng(1)) is None


@pytest.mark.parametrize("feedback", [0, 0.5, 1])
def test_what_lists_showed_is_found_alone_as_often_as_the_feedback_says(feedback):
    behaviour = Behaviour(alone=1, pull=0, feedback=feedback)
    fame, shown = np.array([0.7, 0.3, 0]), np.array([0, 0, 1.0])
    drawn = shares(lambda rng: behaviour.find(np.zeros(3, np.float32), fame, shown, ALL, rng))
    assert drawn == close_to([0.7 * (1 - feedback), 0.3 * (1 - feedback), feedback, 0])


def test_only_some_find_a_film_alone_and_only_open_ones():
    behaviour = Behaviour(alone=0.4, feedback=0)
    fame = np.array([0.5, 0.25, 0.25])
    is_open = np.array([True, False, False])
    drawn = shares(lambda rng: behaviour.find(np.zeros(3, np.float32), fame, fame, is_open, rng))
    assert drawn == close_to([0.4, 0, 0, 0.6])


@pytest.mark.parametrize(
    ("name", "value"), [("asks", 1.1), ("feedback", -0.1), ("visits_a_day", 0), ("minute_s", -1)]
)
def test_what_can_not_be_is_refused(name, value):
    with pytest.raises(WorldError, match=f"{name} = {value}"):
        Behaviour(**{name: value})
