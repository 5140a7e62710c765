"""Lines of the event log, written as the site writes them: a Java LocalDateTime, the user, what happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import assert_never

from core.events import AccountCreated, Event, MinuteWatched, RatingGiven, RecommendationRequested

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = tuple(f":{second:02}" for second in range(60))


def format_event(event: Event) -> str:
    """The line that tells `event`, without newline. Times are written in UTC; `event.time` must be aware.

    >>> from core.ids import MovieId, UserId
    >>> format_event(RatingGiven(datetime(2026, 2, 14, 15, 22, tzinfo=UTC), UserId(70999), MovieId("heat+1995"), 9))
    '2026-02-14T15:22,70999,GET /rate/heat+1995=9'
    """
    time_us = (event.time - _EPOCH) // timedelta(microseconds=1)
    match event:
        case MinuteWatched():
            return minute_line(time_us, event.user, event.movie, event.minute)
        case RatingGiven():
            return rating_line(time_us, event.user, event.movie, event.stars)
        case AccountCreated():
            return account_line(time_us, event.user)
        case RecommendationRequested(movies=movies, error=error):
            result = error if error else ", ".join(movies)
            return request_line(time_us, event.user, event.host, event.status, result, event.elapsed_ms)
        case _:
            assert_never(event)


def java_time(time_us: int) -> str:
    """Microseconds since 1970 as Java's LocalDateTime.toString() writes that time in UTC.

    Seconds are left out when they and the fraction are zero; the fraction has 3 digits or 6, or is absent.

    >>> java_time(0), java_time(5_000_000)
    ('1970-01-01T00:00', '1970-01-01T00:00:05')
    >>> java_time(426_000), java_time(426_001)
    ('1970-01-01T00:00:00.426', '1970-01-01T00:00:00.426001')
    """
    minute, rest_us = divmod(time_us, 60_000_000)
    if not rest_us:
        return _minute_text(minute)
    second, fraction_us = divmod(rest_us, 1_000_000)
    text = _minute_text(minute) + _SECONDS[second]
    return f"{text}.{fraction_us:06}".removesuffix("000") if fraction_us else text


@lru_cache(maxsize=1024)
def _minute_text(minute: int) -> str:
    """A minute since 1970, as `java_time` writes it. Neighbouring lines share it: isoformat() a line is slower."""
    return (_EPOCH + timedelta(minutes=minute)).isoformat()[:16]


def minute_line(time_us: int, user: int, movie: str, minute: int) -> str:
    """One minute of a film was fetched."""
    return f"{java_time(time_us)}{fetch_text(user, movie)}{minute}.mpg"


def fetch_text(user: int, movie: str) -> str:
    """What stands between time and minute in a minute line: the same for all minutes of a viewing."""
    return f",{user},GET /data/m/{movie}/"


def rating_line(time_us: int, user: int, movie: str, stars: int) -> str:
    """A user gave stars."""
    return f"{java_time(time_us)},{user},GET /rate/{movie}={stars}"


def account_line(time_us: int, user: int) -> str:
    """A new user signed up."""
    return f"{java_time(time_us)},{user},GET /create_account"


def request_line(time_us: int, user: int, host: str, status: int, result: str, elapsed_ms: int) -> str:
    """A recommendation request. `host` is written as HOST:PORT; `result` is a joined list or an exception's text."""
    answer = f"status {status}, result: {result}, {elapsed_ms} ms"
    return f"{java_time(time_us)},{user},recommendation request {host}, {answer}"


def timeout_text(host: str, address: str, limit_ms: int) -> str:
    """The result text of a request that was not answered within `limit_ms`; `host` is HOST:PORT.

    >>> timeout_text("host:8082", "10.0.0.1", 600)
    'java.util.concurrent.TimeoutException: Request timeout to host/10.0.0.1:8082 after 600 ms'
    """
    name, _, port = host.rpartition(":")
    return f"java.util.concurrent.TimeoutException: Request timeout to {name}/{address}:{port} after {limit_ms} ms"
