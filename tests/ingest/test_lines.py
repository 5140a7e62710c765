"""Every kind of line and every oddity that was seen of the service."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.events import (
    AccountCreated,
    MinuteWatched,
    RatingGiven,
    Reason,
    RecommendationRequested,
    Rejected,
)
from ingest.lines import LINE_BYTES_MAX, parse_line

NOON = datetime(2026, 2, 14, 12, 0, 5, tzinfo=UTC)
HEAD = "2026-02-14T12:00:05,42,"
TIMEOUT = "java.util.concurrent.TimeoutException: Request timeout to host/10.0.0.1:8082 after 800 ms"


@pytest.mark.parametrize(
    ("body", "event"),
    [
        ("GET /data/m/gladiator+2000/74.mpg", MinuteWatched(NOON, 42, "gladiator+2000", 74)),
        ("GET /data/m/1984+1956/0.mpg", MinuteWatched(NOON, 42, "1984+1956", 0)),
        ("GET /data/m/the+awful+truth+/1439.mpg", MinuteWatched(NOON, 42, "the+awful+truth+", 1439)),
        ("GET /data/m/[rec]+2007/7.mpg", MinuteWatched(NOON, 42, "[rec]+2007", 7)),
        (
            "GET /rate/please+dont+eat+the+daisies+1960=7",
            RatingGiven(NOON, 42, "please+dont+eat+the+daisies+1960", 7),
        ),
        ("GET /rate/ocean's+eleven_+a.k.a.+*+2001=10", RatingGiven(NOON, 42, "ocean's+eleven_+a.k.a.+*+2001", 10)),
        ("GET /create_account", AccountCreated(NOON, 42)),
        (
            "recommendation request host:8082, status 200, result: big+hero+6+2014, avatar+2009, avatar+2009, 25 ms",
            RecommendationRequested(
                NOON, 42, "host:8082", 200, ("big+hero+6+2014", "avatar+2009", "avatar+2009"), "", 25
            ),
        ),
        (
            "recommendation request host:8082, status 200, result: , 25 ms",
            RecommendationRequested(NOON, 42, "host:8082", 200, (), "", 25),
        ),
        (
            f"recommendation request host:8082, status 0, result: {TIMEOUT}, 832 ms",
            RecommendationRequested(NOON, 42, "host:8082", 0, (), TIMEOUT, 832),
        ),
        (
            "recommendation request host:8082, status 400, result: heat+1995, avatar+2009, 3 ms",
            RecommendationRequested(NOON, 42, "host:8082", 400, (), "heat+1995, avatar+2009", 3),
        ),
    ],
)
def test_a_good_line_is_its_event(body: str, event: object) -> None:
    assert parse_line((HEAD + body).encode()) == event


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-02-14T12:00", datetime(2026, 2, 14, 12, tzinfo=UTC)),
        ("2026-02-14T12:00:05", NOON),
        ("2026-02-14T12:00:05.426", NOON.replace(microsecond=426000)),
        ("2026-02-14T12:00:05.426001", NOON.replace(microsecond=426001)),
        ("2026-02-14T12:00:05.426001999", NOON.replace(microsecond=426001)),
        ("2026-02-14T12:00:05.5", NOON.replace(microsecond=500000)),
        ("2024-02-29T23:59:59", datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_every_shape_of_a_java_time_is_read_as_utc(text: str, time: datetime) -> None:
    assert parse_line(f"{text},1,GET /create_account".encode()) == AccountCreated(time, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2023-03-23dT14:18:27",
        "2022-03-28T04:00: 44",
        "2026-13-01T00:00",
        "2026-02-30T00:00",
        "2025-02-29T00:00",
        "2026-02-14T24:00",
        "2026-02-14T12:60",
        "2026-02-14T12:00:60",
        "2026-02-14T12:00:05.",
        "2026-02-14T12:00:05.1234567890",
        "2026-02-14T12:00:05Z",
        "2026-02-14T12:00:05+01:00",
        "2026-02-14 12:00:05",
        "2026-2-14T12:00:05",
        "20260214T120005",
        "0000-01-01T00:00",
        "٢٠٢٦-02-14T12:00:05",
    ],
)
def test_what_is_no_java_time_is_rejected_as_such(text: str) -> None:
    assert _reason(f"{text},1,GET /create_account".encode()) == Reason.TIME


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (None, Reason.EMPTY),
        (b"", Reason.EMPTY),
        (b"\xff\xfe", Reason.ENCODING),
        (f"{HEAD}GET /data/m/am\xe9lie+2001/3.mpg".encode("latin-1"), Reason.ENCODING),
        (b"x" * (LINE_BYTES_MAX + 1), Reason.TOO_LONG),
        (b"2026-02-14T12:00:05,42", Reason.FIELDS),
        (b"   ", Reason.FIELDS),
        (b"2026-02-14T12:00:05,,GET /create_account", Reason.USER),
        (b"2026-02-14T12:00:05,-1,GET /create_account", Reason.USER),
        (b"2026-02-14T12:00:05,abc,GET /create_account", Reason.USER),
        (b"2026-02-14T12:00:05,13x27,GET /create_account", Reason.USER),
        (b"2026-02-14T12:00:05, 42,GET /create_account", Reason.USER),
        (b"2026-02-14T12:00:05,99999999999,GET /create_account", Reason.USER),
    ],
)
def test_a_line_that_is_wrong_before_its_body_says_where(line: bytes | None, reason: Reason) -> None:
    assert _reason(line) == reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", Reason.KIND),
        ("GET /", Reason.KIND),
        ("GET /data/m153/50.mpg", Reason.KIND),
        ("POST /rate/heat+1995=9", Reason.KIND),
        ("GET /create_account?role=admin", Reason.KIND),
        ("GET /create_account\r", Reason.KIND),
        ("GET /data/m/the +shawshank+redemption+1994/3.mpg", Reason.MOVIE),
        ("GET /data/m/tBoy+story+3+2010/3.mpg", Reason.MOVIE),
        ("GET /data/m//3.mpg", Reason.MOVIE),
        ("GET /data/m/3.mpg", Reason.MOVIE),
        ("GET /data/m/heat/1995/3.mpg", Reason.MOVIE),
        ("GET /data/m/amélie+2001/3.mpg", Reason.MOVIE),
        ("GET /data/m/heat+1995/3.mp", Reason.MINUTE),
        ("GET /data/m/heat+1995/3.mpg\r", Reason.MINUTE),
        ("GET /data/m/heat+1995/.mpg", Reason.MINUTE),
        ("GET /data/m/heat+1995/-3.mpg", Reason.MINUTE),
        ("GET /data/m/heat+1995/03.mpg", Reason.MINUTE),
        ("GET /data/m/heat+1995/3.5.mpg", Reason.MINUTE),
        ("GET /data/m/heat+1995/1440.mpg", Reason.MINUTE),
        ("GET /data/m/heat+1995/" + "9" * 5000 + ".mpg", Reason.MINUTE),
        ("GET /rate/heat+1995", Reason.STARS),
        ("GET /rate/heat+1995=", Reason.STARS),
        ("GET /rate/heat+1995=-1", Reason.STARS),
        ("GET /rate/heat+1995=1.5", Reason.STARS),
        ("GET /rate/heat+1995=09", Reason.STARS),
        ("GET /rate/heat+1995=nine", Reason.STARS),
        ("GET /rate/heat+1995=٩", Reason.STARS),
        ("GET /rate/Heat+1995=9", Reason.MOVIE),
        ("GET /rate/heat=1995=9", Reason.MOVIE),
        ("GET /rate/=9", Reason.MOVIE),
        ("GET /rate/heat+1995=0", Reason.STARS_RANGE),
        ("GET /rate/heat+1995=11", Reason.STARS_RANGE),
        ("GET /rate/heat+1995=15", Reason.STARS_RANGE),
        ("recommendation request host:8082", Reason.REQUEST),
        ("recommendation request host:8082, status 200, result: heat+1995", Reason.REQUEST),
        ("recommendation request host:8082, status 200, result: heat+1995,avatar+2009, 3 ms", Reason.REQUEST),
        ("recommendation request host:8082, status 200, result: Internal Server Error, 3 ms", Reason.REQUEST),
        ("recommendation request host:8082, status x, result: heat+1995, 3 ms", Reason.REQUEST),
        ("recommendation request host:8082, status 200, result: heat+1995, -3 ms", Reason.REQUEST),
    ],
)
def test_a_wrong_body_says_why(body: str, reason: Reason) -> None:
    assert _reason((HEAD + body).encode()) == reason


def test_the_line_is_kept_as_it_came() -> None:
    line = b"2026-02-14T12:00:05,42,GET /rate/heat+1995=99"
    assert parse_line(line) == Rejected(line, Reason.STARS_RANGE)


def test_the_scale_of_stars_is_a_parameter() -> None:
    line = f"{HEAD}GET /rate/heat+1995=6".encode()
    assert parse_line(line, stars_max=10) == RatingGiven(NOON, 42, "heat+1995", 6)
    assert parse_line(line, stars_max=5) == Rejected(line, Reason.STARS_RANGE)


def test_all_recorded_recommendation_lines_are_read(shared_real: Path) -> None:
    lines = (shared_real / "recommendation_lines_2023.txt").read_bytes().splitlines()
    events = [parse_line(line) for line in lines]
    assert all(isinstance(event, RecommendationRequested) for event in events)
    assert [len(event.movies) for event in events if event.status == 0] == [0]
    assert {len(event.movies) for event in events if event.status == 200} == {20}


def _reason(line: bytes | None) -> Reason:
    rejected = parse_line(line)
    assert isinstance(rejected, Rejected)
    return rejected.reason
