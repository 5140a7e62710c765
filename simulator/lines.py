"""Lines of the event log, written as the site writes them: a Java LocalDateTime, the user, what happened."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import assert_never

from core.events import AccountCreated, Event, MinuteWatched, RatingGiven, RecommendationRequested


def format_event(event: Event) -> str:
    """The line that tells `event`, without newline. Times are written in UTC; `event.time` must be aware.

    >>> from core.ids import MovieId, UserId
    >>> format_event(RatingGiven(datetime(2026, 2, 14, 15, 22, tzinfo=UTC), UserId(70999), MovieId("heat+1995"), 9))
    '2026-02-14T15:22,70999,GET /rate/heat+1995=9'
    """
    time = event.time.astimezone(UTC).replace(tzinfo=None)
    match event:
        case MinuteWatched():
            return minute_line(time, event.user, event.movie, event.minute)
        case RatingGiven():
            return rating_line(time, event.user, event.movie, event.stars)
        case AccountCreated():
            return account_line(time, event.user)
        case RecommendationRequested(movies=movies, error=error):
            result = error if error else ", ".join(movies)
            return request_line(time, event.user, event.host, event.status, result, event.elapsed_ms)
        case _:
            assert_never(event)


def java_time(time: datetime) -> str:
    """`time` (naive, UTC) as Java's LocalDateTime.toString() gives it.

    Seconds are left out when they and the fraction are zero; the fraction has 3 digits or 6, or is absent.

    >>> java_time(datetime(2026, 2, 14, 15, 22)), java_time(datetime(2026, 2, 14, 15, 22, 5))
    ('2026-02-14T15:22', '2026-02-14T15:22:05')
    >>> java_time(datetime(2026, 2, 14, 15, 22, 0, 426000)), java_time(datetime(2026, 2, 14, 15, 22, 0, 426001))
    ('2026-02-14T15:22:00.426', '2026-02-14T15:22:00.426001')
    """
    text = time.isoformat()
    if time.microsecond:
        return text.removesuffix("000")
    return text if time.second else text[:-3]


def minute_line(time: datetime, user: int, movie: str, minute: int) -> str:
    """One minute of a film was fetched."""
    return f"{java_time(time)},{user},GET /data/m/{movie}/{minute}.mpg"


def rating_line(time: datetime, user: int, movie: str, stars: int) -> str:
    """A user gave stars."""
    return f"{java_time(time)},{user},GET /rate/{movie}={stars}"


def account_line(time: datetime, user: int) -> str:
    """A new user signed up."""
    return f"{java_time(time)},{user},GET /create_account"


def request_line(time: datetime, user: int, host: str, status: int, result: str, elapsed_ms: int) -> str:
    """A recommendation request. `host` is written as HOST:PORT; `result` is a joined list or an exception's text."""
    return (
        f"{java_time(time)},{user},recommendation request {host}, status {status}, result: {result}, {elapsed_ms} ms"
    )


def timeout_text(host: str, address: str, limit_ms: int) -> str:
    """The result text of a request that was not answered within `limit_ms`; `host` is HOST:PORT.

    >>> timeout_text("host:8082", "10.0.0.1", 600)
    'java.util.concurrent.TimeoutException: Request timeout to host/10.0.0.1:8082 after 600 ms'
    """
    name, _, port = host.rpartition(":")
    return f"java.util.concurrent.TimeoutException: Request timeout to {name}/{address}:{port} after {limit_ms} ms"
