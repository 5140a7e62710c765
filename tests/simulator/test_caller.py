"""The caller closes the loop: it asks, its users react, and it knows how good the lists were."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from datetime import UTC, datetime

import numpy as np
import pytest

from core.clock import ManualClock
from core.errors import WorldError
from simulator.behaviour import Behaviour
from simulator.caller import Caller
from simulator.live_truth import LIVE_TRUTH

NOON = datetime(2026, 2, 1, 12, 0, 5, tzinfo=UTC)


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
    with Caller(
        live_folder,
        service.url,
        clock=clock,
        stopwatch=clock,
        rng=rng,
        behaviour=Behaviour(asks=1, alone=0, sign_ups=0),
    ) as caller:
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
