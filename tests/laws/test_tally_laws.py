"""A tally counts each event once, and its groups add up to its total in any grouping, on disk too."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from core.events import AccountCreated, MinuteWatched, RatingGiven, RecommendationRequested
from core.ids import MovieId, UserId
from core.money import Usd
from simulator.behaviour import Behaviour
from simulator.live_truth import LIVE_TRUTH, LiveTruth, truth_by_user
from simulator.tally import Cause, Tally, Totals, as_json, totals_by

START = datetime(2026, 2, 1, tzinfo=UTC)
TIMES = st.integers(0, 5 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))
USERS = st.integers(1, 3).map(UserId)
MOVIES = st.sampled_from(["heat+1995", "up+2009"]).map(MovieId)
FEES = {MovieId("heat+1995"): Usd.parse("0.07611307"), MovieId("up+2009"): Usd(1)}
ERRORS = st.sampled_from(
    ["java.util.concurrent.TimeoutException: Request timeout", "java.io.IOException: HTTP status 500"]
)
EVENT = st.one_of(
    st.builds(MinuteWatched, TIMES, USERS, MOVIES, st.integers(0, 200)),
    st.builds(RatingGiven, TIMES, USERS, MOVIES, st.integers(1, 10)),
    st.builds(AccountCreated, TIMES, USERS),
    st.builds(
        RecommendationRequested, TIMES, USERS, st.just("a:1"), st.just(200), st.just(()), st.just(""), st.just(5)
    ),
    st.builds(RecommendationRequested, TIMES, USERS, st.just("a:1"), st.just(0), st.just(()), ERRORS, st.just(601)),
)
CAUSES = st.builds(
    Cause, st.sampled_from(["", "m1", "m2"]), st.sampled_from(["", "a", "b"]), st.booleans(), st.integers(-9999, 9999)
)


@given(st.lists(st.tuples(EVENT, CAUSES)), st.lists(st.tuples(TIMES, USERS, CAUSES)))
def test_every_event_is_counted_and_every_grouping_adds_up_to_the_total(caused, visits):
    tally = Tally(lambda movie, time: FEES[movie])
    for event, cause in caused:
        tally.add(event, cause)
    for time, user, cause in visits:
        tally.add_visit(time, user, cause)
    told = as_json(tally.groups)
    total = told["total"]
    assert total == asdict(tally.total)
    by_user = {user: asdict(totals) for user, totals in totals_by(tally.groups, lambda group: group.user).items()}
    for grouping in (told["days"], told["models"], told["arms"], by_user):
        assert total == {name: sum(group[name] for group in grouping.values()) for name in total}
    assert total["requests"] == total["answered"] + total["late"] + total["failed"]
    events = [event for event, _ in caused]
    assert total["minutes"] + total["ratings"] + total["accounts"] + total["requests"] == len(events)
    assert total["visits"] == len(visits)
    assert total["stars"] == sum(event.stars for event in events if isinstance(event, RatingGiven))
    pairs = {(event.user, event.movie) for event in events if isinstance(event, MinuteWatched)}
    assert total["plays"] == len(pairs) >= total["picked"]
    assert tally.total.fees == Usd(sum(FEES[movie].nano for _, movie in pairs))


@given(st.lists(st.tuples(EVENT, CAUSES), max_size=20), st.lists(st.tuples(EVENT, CAUSES), max_size=20))
def test_the_truth_by_user_of_all_runs_adds_up_to_what_is_said_of_them(one, other):
    with TemporaryDirectory() as name:
        folder = Path(name)
        for run in (one, other):
            truth, tally = LiveTruth(folder, START, Behaviour()), Tally(lambda movie, time: FEES[movie])
            for event, cause in run:
                tally.add(event, cause)
            truth.close(START, tally.groups, [])
        told = json.loads((folder / LIVE_TRUTH).read_text())
        sums = {}
        for group, totals in truth_by_user(folder):
            sums[group] = sums.get(group, Totals()) + totals
    assert {name: told[name] for name in ("total", "days", "models", "arms")} == as_json(sums)
    assert told["complete"]
