"""A run that fails leaves a log and a truth that agree."""

from __future__ import annotations

import json
import resource
from datetime import timedelta

import numpy as np
import pytest

from core.errors import WorldError
from simulator.live_log import settle_log
from simulator.live_truth import LIVE_TRUTH
from simulator.timetable import LateLines
from simulator.world import LOG


@pytest.fixture
def famous(truth, service):
    """The service answers with the most famous films."""
    films = ",".join(truth.movie_ids[np.argsort(-truth.fame)[:20]])
    service.answer = lambda path: (200, films)


class FullTopic:
    """A sink that takes so many lines, and then fails."""

    def __init__(self, room):
        self.lines, self.room, self.is_closed = [], room, False

    def write(self, lines):
        if len(self.lines) + len(lines) > self.room:
            raise WorldError("the broker does not take lines")
        self.lines += lines

    def close(self):
        self.is_closed = True


def counted(log):
    """The figures of the truth that can be counted in a log."""
    names = {".mpg": "minutes", "/rate/": "ratings", "recommendation request": "requests"}
    return {name: sum(sign in line for line in log) for sign, name in names.items()}


@pytest.mark.usefixtures("famous")
def test_what_was_written_before_a_sink_failed_is_counted_and_written_once(caller_with, log, live_folder, clock):
    topic = FullTopic(300)
    with pytest.raises(WorldError, match="the broker does not take lines"), caller_with(also=topic) as caller:
        caller.run_until(clock.now() + timedelta(hours=9))
    told = json.loads((live_folder / LIVE_TRUTH).read_text())
    assert told["complete"]
    assert counted(log()).items() <= told["total"].items()
    assert len(log()) == len(set(log())) > 300
    assert topic.lines == log()[: len(topic.lines)]
    assert topic.is_closed


@pytest.mark.usefixtures("famous")
def test_a_full_disk_stops_a_run_with_the_truth_of_what_was_written(caller_with, log, live_folder, clock):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    room = 2 * max(file.stat().st_size for file in live_folder.iterdir())  # only the log grows beyond
    caller = caller_with(
        troubles=[LateLines(start=clock.now(), end=clock.now() + timedelta(hours=1), share=0.3, delay_s=600)]
    )
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        with pytest.raises(WorldError, match=r"can not write to .*: File too large"), caller:
            caller.run_until(clock.now() + timedelta(days=9))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    settle_log(live_folder / LOG)
    told = json.loads((live_folder / LIVE_TRUTH).read_text())
    assert told["complete"]
    assert counted(log()).items() <= told["total"].items()
    assert len(log()) == len(set(log())) > 1000
