"""The simulator writes lines as the real service writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from core.events import AccountCreated, MinuteWatched, RatingGiven, RecommendationRequested
from core.ids import MovieId, UserId
from simulator.lines import format_event, timeout_text

NOON = datetime(2026, 2, 14, 12, 0, 7, tzinfo=UTC)
HEAT = MovieId("heat+1995")
USER = UserId(42)


def test_a_minute_line_reads_as_the_service_writes_it():
    event = MinuteWatched(NOON.replace(microsecond=426_000), USER, HEAT, 73)
    assert format_event(event) == "2026-02-14T12:00:07.426,42,GET /data/m/heat+1995/73.mpg"


def test_a_rating_on_the_full_minute_has_no_seconds():
    event = RatingGiven(datetime(2024, 10, 14, 15, 22, tzinfo=UTC), UserId(70999), MovieId("carcasses+2009"), 4)
    assert format_event(event) == "2024-10-14T15:22,70999,GET /rate/carcasses+2009=4"


def test_an_account_line_names_only_the_user():
    assert format_event(AccountCreated(NOON, USER)) == "2026-02-14T12:00:07,42,GET /create_account"


def test_a_list_is_joined_with_comma_and_space():
    event = RecommendationRequested(NOON, USER, "host:8082", 200, (MovieId("big+hero+6+2014"), HEAT), "", 25)
    assert format_event(event) == (
        "2026-02-14T12:00:07,42,recommendation request host:8082, status 200, "
        "result: big+hero+6+2014, heat+1995, 25 ms"
    )


def test_an_empty_list_leaves_nothing_between_result_and_time():
    event = RecommendationRequested(NOON, USER, "host:8082", 200, (), "", 3)
    assert format_event(event).endswith("status 200, result: , 3 ms")


def test_a_late_answer_is_a_status_0_line_with_an_exception():
    error = timeout_text("host:8082", "10.0.0.1", 800)
    event = RecommendationRequested(NOON, USER, "host:8082", 0, (), error, 832)
    assert format_event(event) == (
        "2026-02-14T12:00:07,42,recommendation request host:8082, status 0, result: "
        "java.util.concurrent.TimeoutException: Request timeout to host/10.0.0.1:8082 after 800 ms, 832 ms"
    )


def test_a_time_of_another_zone_is_written_in_utc():
    there = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert format_event(AccountCreated(there, USER)).startswith("2026-02-14T12:00:07,")
