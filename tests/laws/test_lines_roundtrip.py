"""The parser and the simulator, which know nothing of each other, agree on every event."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from core.events import AccountCreated, Event, MinuteWatched, RatingGiven, RecommendationRequested
from core.ids import USER_ID_MAX
from ingest.lines import parse_line
from simulator.lines import format_event

any_time = st.datetimes(timezones=st.just(UTC))
times = any_time | any_time.map(lambda time: time.replace(second=0, microsecond=0))
users = st.integers(0, USER_ID_MAX)
movies = st.from_regex(r"[a-z0-9+._*'\[\]-]{1,200}", fullmatch=True)
numbers = st.integers(0, 999_999_999)
hosts = st.from_regex(r"[a-zA-Z0-9.-]{1,40}:[0-9]{1,5}", fullmatch=True)
errors = st.text(st.characters(codec="utf-8"), min_size=1, max_size=400)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(MinuteWatched, times, users, movies, st.integers(0, 1439)),
    st.builds(RatingGiven, times, users, movies, st.integers(1, 10)),
    st.builds(AccountCreated, times, users),
    st.builds(
        RecommendationRequested, times, users, hosts, st.just(200), st.lists(movies).map(tuple), st.just(""), numbers
    ).filter(lambda event: sum(map(len, event.movies)) < 8_000),
    st.builds(
        RecommendationRequested,
        times,
        users,
        hosts,
        st.sampled_from([0, 400, 404, 500]),
        st.just(()),
        errors,
        numbers,
    ),
)


@given(events)
def test_format_then_parse_is_the_identity(event: Event) -> None:
    assert parse_line(format_event(event).encode()) == event


@given(st.binary(max_size=300) | st.none(), st.integers(5, 10))
def test_no_bytes_whatever_raise(line: bytes | None, stars_max: int) -> None:
    assert parse_line(line, stars_max) is not None


@given(events, st.integers(0, 400), st.characters(min_codepoint=33, max_codepoint=126))
def test_a_line_with_an_inserted_character_never_raises(event: Event, place: int, extra: str) -> None:
    line = format_event(event)
    assert parse_line((line[:place] + extra + line[place:]).encode()) is not None
