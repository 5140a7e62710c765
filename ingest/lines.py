"""A line of the site's log, and the one place that decides what it means."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from core.events import (
    AccountCreated,
    Event,
    MinuteWatched,
    RatingGiven,
    Reason,
    RecommendationRequested,
    Rejected,
)
from core.ids import MovieId, UserId, is_movie_id, parse_user_id

LINE_BYTES_MAX = 16 * 1024  # the longest real line, 20 long ids, has 700 bytes
KEPT_BYTES_MAX = 64 * 1024  # of a rejected line; a longer one is in the log, at the position that is kept with it
MINUTE_MAX = 1439  # no film runs a whole day

_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
)  # what fromisoformat takes beyond this, the site does not write
_is_movie_id = lru_cache(maxsize=65_536)(is_movie_id)  # some 20,000 films are told of again and again
_NUMBER = re.compile(r"0|[1-9][0-9]{0,3}")  # the site writes no leading zero: a digit slipped in where there is one
WATCH = "GET /data/m/"
_RATE = "GET /rate/"
_ACCOUNT = "GET /create_account"
_REQUEST = "recommendation request "
_REQUEST_BODY = re.compile(r"([^\s,]+), status ([0-9]{1,3}), result: (.*), ([0-9]{1,9}) ms", re.DOTALL)


def parse_line(line: bytes | None, stars_max: int = 10) -> Event | Rejected:
    """The event that `line` tells, or Rejected with the first reason that holds. Never raises: strangers write lines.

    line : without its newline; None is a null value of Kafka. A carriage return is a byte like any other: the
        site writes none, so a line that ends with one is rejected, from whatever source it comes.
    stars_max : most stars that a rating may have.

    The body begins after the second comma; ids are never split and never repaired. Fractions of a second are cut
    to microseconds. Only a status-200 result is read as a list; any other result is kept as the error's text.

    >>> parse_line(b"2026-02-14T15:22,70999,GET /rate/heat+1995=9").stars
    9
    >>> parse_line(b"2026-02-14T15:22,70999,GET /rate/heat+1995=11").reason.value
    'stars out of range'
    """
    if not line:
        return Rejected(b"", Reason.EMPTY)
    if len(line) > LINE_BYTES_MAX:
        return Rejected(line, Reason.TOO_LONG)
    try:
        fields = line.decode().split(",", 2)
    except UnicodeDecodeError:
        return Rejected(line, Reason.ENCODING)
    if len(fields) < 3:
        return Rejected(line, Reason.FIELDS)
    time = _parse_time(fields[0])
    if time is None:
        return Rejected(line, Reason.TIME)
    user = parse_user_id(fields[1])
    if user is None:
        return Rejected(line, Reason.USER)
    event = _parse_body(fields[2], time, user, stars_max)
    return Rejected(line, event) if isinstance(event, Reason) else event


def _parse_time(text: str) -> datetime | None:
    """The moment that Java's LocalDateTime.toString() wrote as `text`, taken as UTC; None when it wrote no such."""
    if _TIME.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text + "Z")
    except ValueError:  # month 13, February 30, year 0
        return None


def _parse_body(body: str, time: datetime, user: UserId, stars_max: int) -> Event | Reason:
    if body.startswith(WATCH):
        return _parse_watch(body.removeprefix(WATCH), time, user)
    if body.startswith(_RATE):
        return _parse_rating(body.removeprefix(_RATE), time, user, stars_max)
    if body.startswith(_REQUEST):
        return _parse_request(body.removeprefix(_REQUEST), time, user)
    return AccountCreated(time, user) if body == _ACCOUNT else Reason.KIND


def _parse_watch(text: str, time: datetime, user: UserId) -> MinuteWatched | Reason:
    movie, _, file = text.rpartition("/")
    if not _is_movie_id(movie):
        return Reason.MOVIE
    number = file.removesuffix(".mpg")
    if number == file or not _NUMBER.fullmatch(number) or int(number) > MINUTE_MAX:
        return Reason.MINUTE
    return MinuteWatched(time, user, MovieId(movie), int(number))


def _parse_rating(text: str, time: datetime, user: UserId, stars_max: int) -> RatingGiven | Reason:
    movie, equals, stars = text.rpartition("=")
    if not equals or not _NUMBER.fullmatch(stars):
        return Reason.STARS
    if not _is_movie_id(movie):
        return Reason.MOVIE
    return RatingGiven(time, user, MovieId(movie), int(stars)) if 1 <= int(stars) <= stars_max else Reason.STARS_RANGE


def _parse_request(text: str, time: datetime, user: UserId) -> RecommendationRequested | Reason:
    match = _REQUEST_BODY.fullmatch(text)
    if match is None:
        return Reason.REQUEST
    host, status, result, elapsed_ms = match.groups()
    if int(status) != 200:
        return RecommendationRequested(time, user, host, int(status), (), result, int(elapsed_ms))
    movies = tuple(MovieId(name) for name in result.split(", ")) if result else ()
    if not all(map(_is_movie_id, movies)):
        return Reason.REQUEST
    return RecommendationRequested(time, user, host, 200, movies, "", int(elapsed_ms))
