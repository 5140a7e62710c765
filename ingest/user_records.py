"""User records of the user API and of the course CSV, checked into `User`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.ids import parse_user_id
from core.user import User
from ingest.record_fields import FieldError, RecordReason, RefusedRecord, shown_id, text, whole_number

AGE_MAX_YEARS = 120  # real ages run from 8 to 90; nobody on record was older than 122


def user_from_record(record: object) -> User | RefusedRecord:
    """The user that a record describes, or why it is refused. Never raises: strangers write these records.

    A record is refused whole: with a wrong age the rest is in doubt too, and a user without a record counts
    as one of unknown age, which is the safe side.
    """
    if not isinstance(record, Mapping):
        return RefusedRecord("", RecordReason.SHAPE, f"a {type(record).__name__} where an object should be")
    try:
        return _user(record)
    except FieldError as error:
        return RefusedRecord(shown_id(record, "user_id"), error.reason, error.detail)


def _user(record: Mapping[str, Any]) -> User:
    user = parse_user_id(text(record, "user_id"))
    if user is None:
        raise FieldError(RecordReason.ID, "user_id must be a plain number")
    likes = text(record, "self_description_likes")
    dislikes = text(record, "self_description_dislikes")
    if bool(likes) != bool(dislikes):
        raise FieldError(RecordReason.TEXTS, f"only the {'likes' if likes else 'dislikes'} are there")
    return User(
        id=user,
        age_years=whole_number(record, "age", AGE_MAX_YEARS, RecordReason.AGE),
        gender=text(record, "gender"),
        occupation=text(record, "occupation"),
        likes=likes,
        dislikes=dislikes,
    )
