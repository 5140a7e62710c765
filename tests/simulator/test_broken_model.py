"""A broken model has its time in the timetable; whoever operates the service is told of it, and so is the truth."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
import pytest

from core.clock import ManualClock
from simulator.behaviour import Behaviour
from simulator.caller import Caller
from simulator.live_truth import LIVE_TRUTH
from simulator.timetable import BrokenForm, BrokenModel, Timetable

BEGIN = datetime(2026, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def broken(start_h, end_h, form):
    return BrokenModel(start=BEGIN + start_h * HOUR, end=BEGIN + end_h * HOUR, form=BrokenForm(form))


@pytest.fixture
def live(world_folder, tmp_path, service):
    """Lets a world live for some hours with an operator, and gives the truth of it."""
    folder = shutil.copytree(world_folder, tmp_path / "world")

    def lived(hours, troubles, operator):
        clock = ManualClock(BEGIN)
        with Caller(
            folder,
            service.url,
            clock=clock,
            stopwatch=ManualClock(BEGIN),
            rng=np.random.default_rng(1),
            behaviour=Behaviour(visits_a_day=0.01),
            timetable=Timetable(troubles),
            operator=partial(operator, clock),
        ) as caller:
            caller.run_until(BEGIN + hours * HOUR)
        (run,) = json.loads((folder / LIVE_TRUTH).read_text())["runs"]
        return run["troubles"]

    return lived


def test_the_operator_is_told_at_its_time_which_broken_model_is_to_serve(live):
    told = []
    first, second = broken(2, 6, "constant list"), broken(4, 8, "unsuitable films")
    live(10, [first, second], lambda clock, form: told.append(((clock.now() - BEGIN) / HOUR, form)))
    assert told == [(2, BrokenForm.CONSTANT), (6, BrokenForm.UNSUITABLE), (8, None)]


def test_what_no_operator_did_is_not_in_the_truth(live):
    (trouble,) = live(10, [broken(2, 6, "constant list")], lambda clock, form: False)
    assert trouble == {
        "kind": "broken model to be released",
        "happened": True,
        "start": "2026-02-01T02:00:00+00:00",
        "end": "2026-02-01T06:00:00+00:00",
        "form": "constant list",
        "lines": 0,
        "users": [],
        "released": None,
        "taken_back": None,
    }


def a_minute_later(clock, form):
    clock.sleep(60)
    return True


def test_the_truth_says_when_the_operator_had_done_it(live):
    (trouble,) = live(10, [broken(2, 6, "constant list")], a_minute_later)
    assert (trouble["released"], trouble["taken_back"]) == ("2026-02-01T02:01:00+00:00", "2026-02-01T06:01:00+00:00")


def test_a_broken_model_is_taken_back_when_the_run_ends_before_its_time(live):
    (trouble,) = live(3, [broken(2, 6, "random films")], a_minute_later)
    assert (trouble["released"], trouble["taken_back"]) == ("2026-02-01T02:01:00+00:00", "2026-02-01T03:01:00+00:00")


def test_of_two_broken_models_the_second_takes_the_place_of_the_first(live):
    first, second = live(10, [broken(2, 6, "random films"), broken(4, 8, "constant list")], a_minute_later)
    assert first["taken_back"] == second["released"] == "2026-02-01T06:01:00+00:00"
    assert second["taken_back"] == "2026-02-01T08:01:00+00:00"
