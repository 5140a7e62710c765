"""A tally's days add up to its total, and each event counts once, in any order."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.events import AccountCreated, MinuteWatched, RatingGiven, RecommendationRequested
from core.ids import MovieId, UserId
from core.money import Usd
from simulator.tally import Tally

START = datetime(2026, 2, 1, tzinfo=UTC)
TIMES = st.integers(0, 5 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))
USERS = st.integers(1, 3).map(UserId)
MOVIES = st.sampled_from(["heat+1995", "up+2009"]).map(MovieId)
FEES = {MovieId("heat+1995"): Usd.parse("0.07611307"), MovieId("up+2009"): Usd(1)}
ERRORS = st.sampled_from(
    ["java.util.concurrent.TimeoutException: Request timeout", "java.io.IOException: HTTP status 500"]
)
EVENTS = st.lists(
    st.one_of(
        st.builds(MinuteWatched, TIMES, USERS, MOVIES, st.integers(0, 200)),
        st.builds(RatingGiven, TIMES, USERS, MOVIES, st.integers(1, 10)),
        st.builds(AccountCreated, TIMES, USERS),
        st.builds(
            RecommendationRequested, TIMES, USERS, st.just("a:1"), st.just(200), st.just(()), st.just(""), st.just(5)
        ),
        st.builds(
            RecommendationRequested, TIMES, USERS, st.just("a:1"), st.just(0), st.just(()), ERRORS, st.just(601)
        ),
    )
)


@given(EVENTS)
def test_days_add_up_to_the_total_and_every_event_is_counted(events):
    tally = Tally(lambda movie, time: FEES[movie])
    for event in events:
        tally.add(event)
    told = tally.as_json()
    total = told["total"]
    assert total == {name: sum(day[name] for day in told["days"].values()) for name in total}
    assert total["requests"] == total["answered"] + total["late"] + total["failed"]
    counted = total["minutes"] + total["ratings"] + total["accounts"] + total["requests"]
    assert counted == len(events)
    pairs = {(event.user, event.movie) for event in events if isinstance(event, MinuteWatched)}
    assert total["plays"] == len(pairs)
    assert tally.total().fees_nano == sum(FEES[movie].nano for _, movie in pairs)
    assert asdict(tally.total()) == total
