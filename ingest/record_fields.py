"""Fields of the records that strangers send: each is read by name and checked, or refused with a reason."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from core.movie import Movie
from core.user import User

TEXT_MAX = 20_000  # characters; real texts stay below 1,500. A cut text would not be what was written: refused whole

_ABSENT = ("", "null", "NaN")  # as the 2019 API, CSV files and pandas say "nothing here"
_WHOLE_NUMBER = re.compile(r"(\d{1,9})(?:\.0+)?")  # pandas writes whole numbers with gaps as 33.0
_DATE = re.compile(r"\d{4}-\d\d-\d\d")

R = TypeVar("R", Movie, User)


class RecordReason(StrEnum):
    """Why a record was refused. The list is short and fixed: it becomes a metric label."""

    SHAPE = "not a record"
    ID = "no valid id"
    NOT_ASKED = "not among the ids asked for"
    SAME_ID = "another record has this id"
    DOUBLED = "a field stands twice with different values"
    KIND = "a field of the wrong kind"
    TOO_LONG = "text too long"
    ENCODING = "text not valid Unicode"
    TITLE = "no title"
    RUNTIME = "no valid runtime"
    VOTES = "no valid count of votes"
    DATE = "no valid date"
    FEE = "no valid licence fee"
    FEES_DISAGREE = "cost and license_cost disagree"
    AGE = "no valid age"
    TEXTS = "one self-description without the other"


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A record that we could not use: set aside and counted, while its neighbours are used."""

    id: str  # as it came, shortened; empty when there was none
    reason: RecordReason
    detail: str = ""


class FieldError(Exception):
    """One field is wrong. Never leaves this room: the record readers turn it into a RefusedRecord."""

    def __init__(self, reason: RecordReason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class _Doubled:
    """Stands for the value of a key that a JSON object holds twice with different values."""


def parse_json(body: bytes) -> Any:
    """The JSON value of `body`, where every number is the text that was sent and doubled keys are marked.

    Numbers stay text, so a fee keeps its digits, and "119", 119 and 119.0 are read alike.
    Raises ValueError when `body` is no JSON.

    >>> parse_json(b'{"cost": 0.0761130700, "age": NaN}')
    {'cost': '0.0761130700', 'age': 'NaN'}
    """
    try:
        return json.loads(body, object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=str)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, value in pairs:
        record[name] = value if record.get(name, value) == value else _Doubled()
    return record


def text(record: Mapping[str, Any], name: str) -> str:
    """The text of a field exactly as it came; empty when it is absent in one of the ways that were seen.

    Raises FieldError when the field is doubled, is a collection with something in it, is too long or
    holds half a character (an invalid byte of a CSV file, a lone surrogate of JSON).
    """
    value = record.get(name)
    if isinstance(value, _Doubled):
        raise FieldError(RecordReason.DOUBLED, name)
    if isinstance(value, dict | list):
        if value:
            raise FieldError(RecordReason.KIND, f"{name} is a collection")
        return ""
    string = "" if value is None else str(value)
    if string in _ABSENT:
        return ""
    if len(string) > TEXT_MAX:
        raise FieldError(RecordReason.TOO_LONG, f"{name} has {len(string)} characters, at most {TEXT_MAX} are taken")
    try:
        string.encode()
    except UnicodeEncodeError as error:
        raise FieldError(RecordReason.ENCODING, name) from error
    return string


def whole_number(record: Mapping[str, Any], name: str, highest: int, reason: RecordReason) -> int | None:
    """The whole number from 0 to `highest` in a field, None when absent. Raises FieldError with `reason`."""
    string = text(record, name).strip()
    if not string:
        return None
    match = _WHOLE_NUMBER.fullmatch(string) if string.isascii() else None
    if match is None or int(match[1]) > highest:
        raise FieldError(reason, f"{name} is {string[:40]!r}, a whole number from 0 to {highest} is needed")
    return int(match[1])


def day(record: Mapping[str, Any], name: str) -> date | None:
    """The date in a field, None when absent. Raises FieldError when it is no YYYY-MM-DD."""
    string = text(record, name).strip()
    if not string:
        return None
    try:
        if _DATE.fullmatch(string) is None:
            raise ValueError(f"{string[:40]!r} is not written YYYY-MM-DD")
        return date.fromisoformat(string)
    except ValueError as error:
        raise FieldError(RecordReason.DATE, f"{name}: {error}") from error


def shown_id(record: Mapping[str, Any], *names: str) -> str:
    """What stands where the id should be, short enough to show."""
    return next((str(record[name])[:80] for name in names if record.get(name) is not None), "")


def first_of_each_id(records: Iterable[R | RefusedRecord]) -> Iterator[R | RefusedRecord]:
    """The same records, but each one whose id came before is refused: the first one of an id counts."""
    seen: set[Hashable] = set()
    for record in records:
        if isinstance(record, RefusedRecord):
            yield record
        elif record.id in seen:
            yield RefusedRecord(str(record.id), RecordReason.SAME_ID, "the first one counts")
        else:
            seen.add(record.id)
            yield record
