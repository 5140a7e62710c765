"""What the site writes has another form while a schema change holds, and its truth counts that."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from core.clock import ManualClock
from simulator.behaviour import Behaviour
from simulator.caller import Caller
from simulator.directory import DirectoryServer
from simulator.live_truth import LIVE_TRUTH
from simulator.timetable import SchemaChange, SchemaPart, Timetable
from simulator.truth import Truth
from simulator.world import MOVIES

BEGIN = datetime(2026, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
FROM_6_TO_18 = {"start": BEGIN + 6 * HOUR, "end": BEGIN + 18 * HOUR}


def within(line, start, end):
    return start <= datetime.fromisoformat(line.split(",")[0]).replace(tzinfo=UTC) < end


def told_of_films(folder):
    """The records of the movie API."""
    return [json.loads(record.partition("\t")[2]) for record in (folder / MOVIES).read_text().splitlines()]


@pytest.mark.parametrize("part", ["fee name", "runtime type"])
def test_answers_in_another_schema_are_counted_and_only_those(world_folder, tmp_path, part):
    folder = shutil.copytree(world_folder, tmp_path / "world")
    movie, other = Truth.load(folder).movie_ids[:2]
    clock = ManualClock(BEGIN)
    changes = [
        SchemaChange(start=BEGIN + n * HOUR, end=BEGIN + (n + 2) * HOUR, part=SchemaPart(part)) for n in (1, 4)
    ]
    with (
        DirectoryServer(folder, 0) as server,
        Caller(
            folder,
            "http://unused",
            clock=clock,
            stopwatch=clock,
            rng=np.random.default_rng(1),
            timetable=Timetable(changes),
            behaviour=Behaviour(visits_a_day=0.001),
        ) as caller,
    ):
        for hours, answers in ((0.5, 3), (2, 1), (3.5, 3), (5, 2), (7, 1)):
            caller.run_until(BEGIN + hours * HOUR)
            for _ in range(answers):
                server.answer(f"/movie/{movie},{other}")
                server.answer("/user/1")
    (run,) = json.loads((folder / LIVE_TRUTH).read_text())["runs"]
    assert [trouble["answers"] for trouble in run["troubles"]] == [1, 2]


@pytest.mark.parametrize(
    ("part", "is_changed"),
    [
        ("fee name", lambda film: "cost" in film and "license_cost" not in film),
        ("runtime type", lambda film: isinstance(film["runtime"], str)),
    ],
)
def test_a_film_has_another_schema_until_the_change_is_over_or_the_next_run_begins(
    live, world_folder, part, is_changed
):
    usual = told_of_films(world_folder)
    live(SchemaChange(start=BEGIN, end=BEGIN + 48 * HOUR, part=SchemaPart(part)))
    assert all(map(is_changed, told_of_films(live.folder)))
    assert not any(map(is_changed, usual))
    with Caller(
        live.folder,
        "http://unused",
        clock=ManualClock(BEGIN),
        stopwatch=ManualClock(BEGIN),
        rng=np.random.default_rng(1),
    ) as caller:
        caller.finish()
    assert told_of_films(live.folder) == usual
    live(SchemaChange(**FROM_6_TO_18, part=SchemaPart(part)))
    assert told_of_films(live.folder) == usual


def test_minutes_have_another_path_during_a_schema_change(live):
    lines, truth = live(SchemaChange(**FROM_6_TO_18, part=SchemaPart.MINUTE_PATH))
    minutes = [line for line in lines if line.endswith(".mpg")]
    changed = [line for line in minutes if ",GET /data/movie/" in line]
    assert changed == [line for line in minutes if within(line, **FROM_6_TO_18)]
    assert len(changed) == truth["troubles"][0]["lines"] > 10
    assert len(minutes) == truth["total"]["minutes"]
