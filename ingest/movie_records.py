"""Film records of the movie API and of the course CSV, checked into `Movie`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import NotMoney
from core.ids import MovieId, is_movie_id
from core.money import Usd
from core.movie import Movie
from ingest.age_limit import ADULTS_ONLY, age_limit, said_certificate, strictest
from ingest.record_fields import FieldError, RecordReason, RefusedRecord, day, shown_id, text, whole_number

ID_FIELDS = ("movie_id", "id")
FEE_FIELDS = ("cost", "license_cost")  # the assignment's name and the data's name
CERTIFICATE_FIELDS = ("certification", "certificate")
RUNTIME_MAX_MINUTES = 100_000  # the longest film there is runs 51,420 minutes
VOTES_MAX = 999_999_999


def movie_from_record(record: object) -> Movie | RefusedRecord:
    """The film that a record describes, or why it is refused. Never raises: strangers write these records.

    Takes both shapes: JSON of the API (`genres` a list of objects) and CSV rows (`genres` as "A|B").
    """
    if not isinstance(record, Mapping):
        return RefusedRecord("", RecordReason.SHAPE, f"a {type(record).__name__} where an object should be")
    try:
        return _movie(record)
    except FieldError as error:
        return RefusedRecord(shown_id(record, *ID_FIELDS), error.reason, error.detail)


def _movie(record: Mapping[str, Any]) -> Movie:
    movie = _id(record)
    title = text(record, "title")
    if not title:
        raise FieldError(RecordReason.TITLE, "title is absent")
    genres = _genres(record)
    overview = text(record, "overview")
    certificate = strictest(filter(None, (said_certificate(text(record, name)) for name in CERTIFICATE_FIELDS)))
    release_date = day(record, "release_date")
    # `adult` was False for all of 4,985 films, so False says nothing; True would.
    is_adult = text(record, "adult").lower() == "true"
    return Movie(
        id=movie,
        title=title,
        year=release_date.year if release_date else None,
        genres=genres,
        runtime_minutes=whole_number(record, "runtime", RUNTIME_MAX_MINUTES, RecordReason.RUNTIME) or None,
        release_date=release_date,
        language=text(record, "original_language"),
        overview=overview,
        certificate=certificate,
        age_limit=ADULTS_ONLY if is_adult else age_limit(certificate, genres, title, overview),
        licence_fee=_fee(record),
        original_title="" if (original := text(record, "original_title")) == title else original,
        collection=_collection(record),
        votes=whole_number(record, "vote_count", VOTES_MAX, RecordReason.VOTES),
    )


def _id(record: Mapping[str, Any]) -> MovieId:
    ids = {string for name in ID_FIELDS if (string := text(record, name))}
    if len(ids) != 1 or not is_movie_id(only := ids.pop()):
        raise FieldError(RecordReason.ID, f"one film id is needed in {' or '.join(ID_FIELDS)}")
    return MovieId(only)


def _fee(record: Mapping[str, Any]) -> Usd | None:
    """The licence fee of a play; None, which is not 0, when neither name is there."""
    try:
        fees = {Usd.parse(string) for name in FEE_FIELDS if (string := text(record, name))}
    except NotMoney as error:
        raise FieldError(RecordReason.FEE, str(error)) from error
    if len(fees) > 1:
        raise FieldError(RecordReason.FEES_DISAGREE, " and ".join(map(str, sorted(fees))))
    return fees.pop() if fees else None


def _collection(record: Mapping[str, Any]) -> str:
    """The name of the series: of an object in the API, which is empty for most films, or as a text."""
    value = record.get("belongs_to_collection")
    return text(value if isinstance(value, dict) else {"name": value}, "name")


def _genres(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Each genre once, in the order in which they came."""
    value = record.get("genres")
    if isinstance(value, list):
        names = [text(item if isinstance(item, dict) else {"name": item}, "name") for item in value]
    else:
        names = text(record, "genres").split("|")
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
