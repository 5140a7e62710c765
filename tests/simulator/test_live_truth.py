"""The truth of a live run holds every effect by which its users behaved."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from statistics import NormalDist

import numpy as np
import pytest

from core.errors import WorldError
from simulator.behaviour import Behaviour
from simulator.invoice import INVOICE, PRICES, Invoice, Tokens
from simulator.live_truth import LIVE_TRUTH, LiveTruth, end_of_log, truth_by_user
from simulator.tally import Group, Totals
from simulator.viewings import react
from simulator.world import LOG

BEGIN = datetime(2026, 2, 1, tzinfo=UTC)
MANY = 20_000  # four standard errors of a share are at most 4 * .5 / sqrt(20,000)
FOUR_ERRORS = 2 / MANY**0.5


def told(folder):
    return json.loads((folder / LIVE_TRUTH).read_text())


def test_the_runs_are_kept_and_added_up(tmp_path):
    for number in (1, 2):
        group = Group(BEGIN.date(), 7, f"m{number}", "")
        LiveTruth(tmp_path, BEGIN, Behaviour()).close(BEGIN, {group: Totals(plays=number, fees_nano=10)}, [])
    truth = told(tmp_path)
    assert [run["total"]["plays"] for run in truth["runs"]] == [1, 2]
    assert (truth["total"]["plays"], truth["total"]["fees_nano"], truth["complete"]) == (3, 20, True)
    assert {name: totals["plays"] for name, totals in truth["models"].items()} == {"m1": 1, "m2": 2}
    assert [group.model for group, _ in truth_by_user(tmp_path)] == ["m1", "m2"]


def test_a_run_that_was_killed_stays_as_one_without_an_end(tmp_path):
    LiveTruth(tmp_path, BEGIN, Behaviour())
    (tmp_path / LOG).write_text("2026-02-01T08:00,7,GET /rate/up+2009=9\n2026-02-01T09:00:12,7,spoilt\n2026-13-0")
    assert (told(tmp_path)["complete"], told(tmp_path)["runs"][0]["end"]) == (False, None)
    assert end_of_log(tmp_path) == BEGIN + timedelta(hours=9, seconds=12)
    LiveTruth(tmp_path, BEGIN, Behaviour()).close(BEGIN, {Group(BEGIN.date(), 7, "", ""): Totals(plays=1)}, [])
    assert (told(tmp_path)["complete"], told(tmp_path)["total"]["plays"]) == (False, 1)


@pytest.mark.parametrize("text", ["", '{"runs": [', "[]", "{}"])
def test_a_truth_that_is_damaged_is_refused_with_the_way_out(tmp_path, text):
    (tmp_path / LIVE_TRUTH).write_text(text)
    for read in (end_of_log, lambda folder: LiveTruth(folder, BEGIN, Behaviour())):
        with pytest.raises(WorldError, match=r"truth\.json is damaged: .* put a whole copy in its place"):
            read(tmp_path)


def test_what_the_llm_billed_is_told_by_run_and_in_all(tmp_path):
    invoice = Invoice(tmp_path / INVOICE)
    for model in ("gpt-4o-mini", "gpt-4o"):
        truth = LiveTruth(tmp_path, BEGIN, Behaviour())
        invoice.bill(BEGIN, model, Tokens(100, 20, 10, 4))
        truth.close(BEGIN, {}, [])
    first, second = told(tmp_path)["runs"]
    mini = PRICES["gpt-4o-mini"]
    cost_nano = 80 * mini.input + 20 * mini.cached + 10 * mini.output
    usage = {"calls": 1, "input": 100, "cached": 20, "output": 10, "reasoning": 4}
    assert first["llm"]["models"] == {"gpt-4o-mini": {**usage, "cost_nano": cost_nano}}
    assert list(second["llm"]["models"]) == ["gpt-4o"]
    llm = told(tmp_path)["llm"]
    assert llm["total"]["calls"] == 2
    assert llm["total"]["cost_nano"] == invoice.total().nano
    assert llm["models"] == {**first["llm"]["models"], **second["llm"]["models"]}


@pytest.fixture
def effects(tmp_path):
    LiveTruth(tmp_path, BEGIN, Behaviour(asks=0.5)).close(BEGIN + timedelta(days=1), {}, [])
    (run,) = json.loads((tmp_path / LIVE_TRUTH).read_text())["runs"]
    return run["effects"]


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
