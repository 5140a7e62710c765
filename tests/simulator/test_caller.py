"""The caller closes the loop: it asks, its users react, and it knows how good the lists were."""

from __future__ import annotations

import json
import re
import resource
import shutil
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from core.clock import ManualClock
from core.errors import WorldError
from simulator.behaviour import Behaviour
from simulator.caller import Caller
from simulator.live_log import settle_log
from simulator.live_truth import LIVE_TRUTH
from simulator.timetable import LateLines, MixChange, Timetable
from simulator.truth import Truth
from simulator.world import LOG

NOON = datetime(2026, 2, 1, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def live_folder(world_folder, tmp_path):
    """A copy of the small world whose log is still empty."""
    return shutil.copytree(world_folder, tmp_path / "world", ignore=shutil.ignore_patterns(LOG))


@pytest.fixture
def truth(world_folder):
    return Truth.load(world_folder)


@pytest.fixture
def log(live_folder):
    return lambda: (live_folder / LOG).read_text().splitlines()


@pytest.fixture
def clock():
    return ManualClock(NOON)


PATIENT = Behaviour(asks=1, sign_ups=0, alone=0, visits_a_day=10)


@pytest.fixture
def caller_with(live_folder, service, clock):
    """Makes a caller whose users always ask and find nothing alone, unless told otherwise."""

    def make(stopwatch=None, troubles=(), also=None, answered=lambda _: None, **changes):
        behaviour = replace(PATIENT, **changes)
        rng = np.random.default_rng(1)
        return Caller(
            live_folder,
            service.url,
            clock=clock,
            stopwatch=stopwatch or ManualClock(NOON),
            rng=rng,
            behaviour=behaviour,
            timetable=Timetable(troubles),
            also=also,
            answered=answered,
        )

    return make


@pytest.fixture
def caller(caller_with):
    with caller_with() as made:
        yield made


def list_by(truth, score):
    """An answer: the 20 films with the highest score(user), one line."""
    places = {str(user): place for place, user in enumerate(truth.user_ids.tolist())}

    def answer(path):
        user = places[path.removeprefix("/recommend/")]
        return 200, ",".join(truth.movie_ids[np.argsort(-score(user), kind="stable")[:20]]) + "\n"

    return answer


def affinities(truth):
    return lambda user: truth.affinity(user, np.arange(len(truth.movie_ids)))


def test_an_answered_visit_is_logged_with_its_list(caller, truth, service, log):
    service.answer = list_by(truth, lambda user: truth.fame)
    caller.run(1)
    caller.finish()
    user = service.paths[0].removeprefix("/recommend/")
    movies = ", ".join(truth.movie_ids[np.argsort(-truth.fame)[:20]])
    host = service.url.removeprefix("http://")
    (line,) = [line for line in log() if "recommendation request" in line]
    assert line.endswith(f",{user},recommendation request {host}, status 200, result: {movies}, 0 ms")
    assert line.startswith("2026-02-01T12:0")


def test_users_watch_films_of_their_lists_and_rate_some(caller, truth, service, log):
    service.answer = list_by(truth, affinities(truth))
    caller.run(60)
    totals = caller.finish().totals
    lines = log()
    viewings = {match.groups() for line in lines if (match := re.search(r",(\d+),GET /data/m/(.+)/0\.mpg", line))}
    ratings = {match.groups() for line in lines if (match := re.search(r",(\d+),GET /rate/(.+)=\d+", line))}
    lists = {(line.split(",")[1], line) for line in lines if "status 200" in line}
    assert (totals.answered, totals.plays, totals.ratings) == (60, len(viewings), len(ratings))
    assert totals.minutes == sum(".mpg" in line for line in lines)
    assert ratings <= viewings
    assert 10 < totals.plays < 60
    assert all(any(user == other and movie in line for other, line in lists) for user, movie in viewings)


def test_lines_are_written_in_order_of_time(caller, truth, service, log):
    service.answer = list_by(truth, affinities(truth))
    caller.run(40)
    caller.finish()
    times = [datetime.fromisoformat(line.split(",")[0]) for line in log()]
    assert times == sorted(times)


def test_nobody_watches_again_what_the_history_or_an_earlier_run_holds(caller_with, truth, service, log):
    history = {
        (str(truth.user_ids[user]), str(truth.movie_ids[film]))
        for user, film in zip(truth.seen_user, truth.seen_film, strict=True)
    }
    service.answer = list_by(truth, affinities(truth))
    for _ in range(2):
        with caller_with() as caller:
            caller.run(80)
            caller.finish()
    starts = [match.groups() for line in log() if (match := re.search(r",(\d+),GET /data/m/(.+)/0\.mpg", line))]
    assert len(starts) == len(set(starts))
    assert not history & set(starts)


def test_lists_by_true_taste_are_judged_above_popular_ones(caller, truth, service):
    service.answer = list_by(truth, affinities(truth))
    report = caller.run(40)
    assert report.affinity > report.popular_affinity + 0.5


def test_the_popular_list_is_no_better_than_itself(caller, truth, service):
    popular = truth.popular()

    def score(user):
        seen = set(truth.seen_film[truth.seen_user == user].tolist())
        suits = truth.least_ages <= truth.ages[user]
        ranks = np.empty(len(popular))
        ranks[popular] = -np.arange(len(popular))
        return np.where(suits & ~np.isin(np.arange(len(popular)), list(seen)), ranks, -np.inf)

    service.answer = list_by(truth, score)
    report = caller.run(15)
    assert report.affinity == pytest.approx(report.popular_affinity, abs=0.05)
    assert report.unsuitable == 0


def test_films_for_adults_in_a_childs_list_are_counted(live_folder, truth, service, clock):
    ages = np.where(np.arange(len(truth.ages)) == 0, 10, 40)
    activity = (ages == 10).astype(float)
    replace(truth, ages=ages, activity=activity).save(live_folder)
    service.answer = list_by(truth, lambda user: truth.least_ages)
    rng = np.random.default_rng(1)
    with Caller(live_folder, service.url, clock=clock, stopwatch=clock, rng=rng, behaviour=PATIENT) as caller:
        assert caller.run(3).unsuitable == 60


@pytest.mark.parametrize(
    "body", ["", "no+such+film+1999", "{first},{first}", "<html></html>", "{first},", "{all}", "{first}\n{first}"]
)
def test_what_is_no_list_of_distinct_known_films_is_a_failure(caller, truth, service, log, body):
    first, everything = truth.movie_ids[0], ",".join(truth.movie_ids)
    service.answer = lambda path: (200, body.format(first=first, all=everything))
    assert (caller.run(1), caller.finish())[1].totals.failed == 1
    assert "status 0, result: java.io.IOException: not a list of up to 20 distinct films, 0 ms" in log()[0]


def test_an_error_of_the_service_is_a_failure_with_its_status(caller, service, log):
    service.answer = lambda path: (500, "oops, a stack trace\n")
    assert (caller.run(1), caller.finish())[1].totals.failed == 1
    assert log()[0].endswith("status 500, result: java.io.IOException: HTTP status 500, 0 ms")


def test_a_service_that_is_not_there_is_a_failure(caller, service, log):
    service.stop()
    caller.run(2)
    report = caller.finish()
    assert (report.totals.answered, report.totals.late, report.totals.failed) == (0, 0, 2)
    assert report.affinity is None
    assert "status 0, result: java.io.IOException: ConnectionRefusedError," in log()[0]


def test_an_answer_after_the_limit_is_late_and_not_read(caller_with, truth, service, log):
    stopwatch = ManualClock(NOON)
    listed = list_by(truth, lambda user: truth.fame)

    def slow(path):
        stopwatch.sleep(0.7)
        return listed(path)

    service.answer = slow
    with caller_with(stopwatch) as caller:
        caller.run(1)
        report = caller.finish()
    assert (report.totals.late, report.totals.answered, report.slowest_ms) == (1, 0, 700)
    assert "Request timeout to 127.0.0.1/127.0.0.1:" in log()[0]
    assert log()[0].endswith("after 600 ms, 700 ms")


def test_the_truth_tells_what_each_model_and_arm_did(caller_with, truth, service, live_folder):
    listed = list_by(truth, affinities(truth))
    service.answer = lambda path: (*listed(path), {"X-Model-Version": f"m{len(service.paths) % 2}", "X-Arm": "a"})
    with caller_with() as caller:
        caller.run(30)
        totals = caller.finish().totals
    told = json.loads((live_folder / LIVE_TRUTH).read_text())
    assert {name: model["visits"] for name, model in told["models"].items()} == {"m0": 15, "m1": 15}
    assert told["arms"].keys() == {"a"}
    assert told["total"] == asdict(totals) == told["arms"]["a"]
    assert totals.shown == 600
    assert totals.picked == totals.plays > 5
    # The best 20 films of a taste have affinities far above the mean; what is picked of them is about as good.
    assert 1000 < totals.shown_liking_milli / totals.shown < totals.liking_milli / totals.plays + 500


def test_the_names_of_right_answers_are_told(caller_with, truth, service):
    listed = list_by(truth, lambda user: truth.fame)
    names = iter([{"X-Request-Id": "a"}, {"X-Request-Id": "b"}, {}])
    service.answer = lambda path: (*(listed(path) if len(service.paths) > 1 else (500, "")), next(names))
    told = []
    with caller_with(answered=told.append) as caller:
        caller.run(3)
    assert told == ["b", ""]


def test_progress_counts_visits(caller, truth, service):
    service.answer = list_by(truth, lambda user: truth.fame)
    counts = []
    caller.run(3, counts.append)
    assert sum(counts) == 3


def test_there_is_no_caller_without_a_world(tmp_path, service, clock):
    with pytest.raises(WorldError):
        Caller(tmp_path, service.url, clock=clock, stopwatch=clock, rng=np.random.default_rng(1))


def in_hour(number):
    return {"start": NOON + timedelta(hours=number), "end": NOON + timedelta(hours=number + 1)}


def visits_by_hour(caller, hours):
    """How many visits there were in each hour from now on."""
    counts = [0, *(caller.run_until(NOON + timedelta(hours=hour)).visits for hour in range(1, hours + 1))]
    return np.diff(counts)


def test_after_a_quiet_hour_visits_are_as_frequent_as_before(caller_with):
    # 300 users of mean activity 1 make 2 / 24 * 300 = 25 visits an hour; Poisson, four standard errors of ten hours.
    quiet = MixChange(**in_hour(1), changes={"visits_a_day": 1e-9})
    with caller_with(troubles=[quiet], visits_a_day=2, asks=0, loyalty=0) as caller:
        first, during, *after = visits_by_hour(caller, 12)
    assert during == 0 < first
    assert abs(sum(after) - 250) < 4 * 250**0.5


def test_a_busy_hour_of_a_site_that_nobody_visits_is_busy(caller_with):
    busy = MixChange(**in_hour(1), changes={"visits_a_day": 20})
    with caller_with(troubles=[busy], visits_a_day=1e-300, asks=0, loyalty=0) as caller:
        first, during, last = visits_by_hour(caller, 3)
    assert first == last == 0
    assert abs(during - 250) < 4 * 250**0.5


def test_visits_do_not_come_twice_as_often_when_doors_open_again(caller_with, clock):
    with caller_with(visits_a_day=2, asks=0, loyalty=0) as caller:
        for _ in range(20):  # each time the visit that was on its way is still to come
            caller.run(1)
            caller.finish()
        before = caller.report().visits
        visits = caller.run_until(clock.now() + timedelta(hours=10)).visits - before
    assert abs(visits - 250) < 4 * 250**0.5


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


def test_what_was_written_before_a_sink_failed_is_counted_and_written_once(
    caller_with, truth, service, log, live_folder
):
    service.answer = list_by(truth, affinities(truth))
    topic = FullTopic(300)
    with pytest.raises(WorldError, match="the broker does not take lines"), caller_with(also=topic) as caller:
        caller.run_until(NOON + timedelta(hours=9))
    told = json.loads((live_folder / LIVE_TRUTH).read_text())
    assert told["complete"]
    assert counted(log()).items() <= told["total"].items()
    assert len(log()) == len(set(log())) > 300
    assert topic.lines == log()[: len(topic.lines)]
    assert topic.is_closed


def test_a_full_disk_stops_a_run_with_the_truth_of_what_was_written(caller_with, truth, service, log, live_folder):
    service.answer = list_by(truth, affinities(truth))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    room = 2 * max(file.stat().st_size for file in live_folder.iterdir())  # only the log grows beyond
    caller = caller_with(troubles=[LateLines(**in_hour(0), share=0.3, delay_s=600)])
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        with pytest.raises(WorldError, match=r"can not write to .*: File too large"), caller:
            caller.run_until(NOON + timedelta(days=9))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    settle_log(live_folder / LOG)
    told = json.loads((live_folder / LIVE_TRUTH).read_text())
    assert told["complete"]
    assert counted(log()).items() <= told["total"].items()
    assert len(log()) == len(set(log())) > 1000
