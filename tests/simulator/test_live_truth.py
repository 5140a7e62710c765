"""The truth of a live run holds every effect by which its users behaved."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from statistics import NormalDist

import numpy as np
import pytest

from core.money import Usd
from simulator.behaviour import Behaviour
from simulator.live_truth import LIVE_TRUTH, write_live_truth
from simulator.tally import Tally
from simulator.timetable import Timetable
from simulator.viewings import react

BEGIN = datetime(2026, 2, 1, tzinfo=UTC)
MANY = 20_000  # four standard errors of a share are at most 4 * .5 / sqrt(20,000)
FOUR_ERRORS = 2 / MANY**0.5


@pytest.fixture
def effects(tmp_path):
    tally = Tally(lambda movie, time: Usd(0))
    write_live_truth(tmp_path, BEGIN, BEGIN + timedelta(days=1), Behaviour(asks=0.5), Timetable(), tally, {}, {})
    return json.loads((tmp_path / LIVE_TRUTH).read_text())["effects"]


def test_the_effects_hold_how_users_behave(effects):
    assert asdict(Behaviour(asks=0.5)).items() <= effects.items()


@pytest.mark.parametrize("affinity", [-1.0, 0.0, 2.0])
def test_the_effects_foretell_what_users_do_with_a_film(effects, affinity):
    minutes, stars = react(np.full(MANY, affinity), np.full(MANY, 1000), np.random.default_rng(1))
    finished = effects["finished"] + effects["finished_pull"] * np.tanh(affinity)
    assert abs((minutes == 1000).mean() - finished) < FOUR_ERRORS
    assert 0.98 * effects["left_before"] < minutes[minutes < 1000].max() / 1000 <= effects["left_before"]
    assert abs((stars > 0).mean() - effects["rated"]) < FOUR_ERRORS
    for most, bound in enumerate(effects["star_bounds"], 1):
        foretold = NormalDist(affinity, effects["stars_noise"]).cdf(bound)
        share = (stars[stars > 0] <= most).mean()
        assert abs(share - foretold) < FOUR_ERRORS / effects["rated"] ** 0.5
