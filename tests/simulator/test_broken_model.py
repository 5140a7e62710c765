"""A broken model has its time in the timetable; whoever operates the service is told of it, and so is the truth."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

import numpy as np

from core.clock import ManualClock
from simulator.behaviour import Behaviour
from simulator.caller import Caller
from simulator.live_truth import LIVE_TRUTH
from simulator.timetable import BrokenForm, BrokenModel, Timetable

BEGIN = datetime(2026, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def broken(start_h, end_h, form):
    return BrokenModel(start=BEGIN + start_h * HOUR, end=BEGIN + end_h * HOUR, form=BrokenForm(form))


def test_the_operator_is_told_at_its_time_which_broken_model_is_to_serve(world_folder, tmp_path, service):
    folder = shutil.copytree(world_folder, tmp_path / "world")
    clock, told = ManualClock(BEGIN), []
    timetable = Timetable([broken(2, 6, "constant list"), broken(4, 8, "unsuitable films")])
    with Caller(
        folder,
        service.url,
        clock=clock,
        stopwatch=ManualClock(BEGIN),
        rng=np.random.default_rng(1),
        behaviour=Behaviour(visits_a_day=0.01),
        timetable=timetable,
        release=lambda form: told.append(((clock.now() - BEGIN) / HOUR, form)),
    ) as caller:
        caller.run_until(BEGIN + 10 * HOUR)
    first, second = BrokenForm.CONSTANT, BrokenForm.UNSUITABLE
    assert told == [(2, first), (4, first), (6, second), (8, None)]
    assert json.loads((folder / LIVE_TRUTH).read_text())["troubles"][0] == {
        "kind": "broken model to be released",
        "start": "2026-02-01T02:00:00+00:00",
        "end": "2026-02-01T06:00:00+00:00",
        "form": "constant list",
        "lines": 0,
        "users": [],
    }
