"""The directory: the site's two read-only APIs, which tell who its users and what its films are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import requests

from core.backends import PortUrl, masked
from core.clock import Clock
from core.errors import DirectoryAnswer, DirectoryDown, SettingError
from core.ids import MovieId, UserId
from core.movie import Movie
from core.user import User
from ingest.movie_records import movie_from_record
from ingest.pacing import Pace, backoff_seconds, retry_after_seconds
from ingest.record_fields import RecordReason, RefusedRecord, first_of_each_id, parse_json
from ingest.user_records import user_from_record

IDS_PER_CALL = 200  # the most that the APIs take
PATH_MAX = 4_000  # characters of ids in a call; netty and gunicorn refuse a request line above 4,096 and 4,094
TRIES = 5
TIMEOUT_SECONDS = (3.05, 15.0)  # to connect, and between two pieces of an answer
LONGEST_PAUSE_SECONDS = 120.0
DEFAULT_RATE = "5"  # calls a second

R = TypeVar("R", Movie, User)
I = TypeVar("I", MovieId, UserId)  # noqa: E741  the id of an R


@dataclass(frozen=True, slots=True)
class Fetched(Generic[R]):
    """What came back for the ids that were asked for."""

    records: tuple[R, ...]
    refused: tuple[RefusedRecord, ...]  # wrong records, each with its reason
    absent: tuple[str, ...]  # ids for which no record came, or only a wrong one


class Directory:
    """A client of both APIs at `http://HOST:PORT?rate=CALLS_PER_SECOND`.

    Paced to the rate; Retry-After is honoured; what may pass (429, 5xx, no connection, no answer in time,
    half an answer) is tried TRIES times, which is safe since every call only reads.
    """

    def __init__(self, url: str, session: requests.Session, clock: Clock, rng: Random) -> None:
        """Raises SettingError when `url` is none of these. Makes no call."""
        parsed = PortUrl.parse(url)
        parsed.only_options("rate")
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise SettingError(f"{masked(url)!r} is no directory: give it as http://HOST:PORT?rate=5")
        self._base = f"{parsed.scheme}://{parsed.host}{parsed.path.rstrip('/')}"
        self._shown = masked(self._base)
        self._pace = Pace(_rate(parsed.options.get("rate", DEFAULT_RATE)), clock)
        self._session = session
        self._clock = clock
        self._rng = rng

    def users(self, ids: Iterable[UserId]) -> Fetched[User]:
        """The records of these users. Raises DirectoryDown or DirectoryAnswer when a call fails for good."""
        return self._fetched("user", ids, user_from_record)

    def movies(self, ids: Iterable[MovieId]) -> Fetched[Movie]:
        """The records of these films. Raises DirectoryDown or DirectoryAnswer when a call fails for good."""
        return self._fetched("movie", ids, movie_from_record)

    def _fetched(self, kind: str, ids: Iterable[I], read: Callable[[object], R | RefusedRecord]) -> Fetched[R]:
        asked = list(dict.fromkeys(ids))
        records: list[R] = []
        refused: list[RefusedRecord] = []
        for call in _calls([str(one) for one in asked]):
            for record in first_of_each_id(map(read, self._answer(kind, call))):
                if isinstance(record, RefusedRecord):
                    refused.append(record)
                elif str(record.id) in call:
                    records.append(record)
                else:
                    refused.append(RefusedRecord(str(record.id), RecordReason.NOT_ASKED))
        came = {record.id for record in records}
        return Fetched(tuple(records), tuple(refused), tuple(str(one) for one in asked if one not in came))

    def _answer(self, kind: str, ids: Sequence[str]) -> list[Any]:
        """The records of one call, unchecked, after as many tries as it takes."""
        url = f"{self._base}/{kind}/{quote(','.join(ids), safe=',+')}"
        failures = 0
        while True:
            self._pace.wait()
            try:
                return self._once(url, f"{self._shown}/{kind} for {len(ids)} ids")
            except _MayPass as fault:
                failures += 1
                if failures == TRIES:
                    raise DirectoryDown(
                        f"{self._shown}/{kind} gave no usable answer for {len(ids)} ids in {TRIES} tries, the last "
                        f"fault: {_said(fault.__cause__)}; is it up, and is the address right?"
                    ) from fault.__cause__
                self._clock.sleep(fault.pause_seconds + backoff_seconds(failures, self._rng))

    def _once(self, url: str, shown: str) -> list[Any]:
        """The records of one try. A 404 means that none of the ids is known. shown : the call in words."""
        try:
            response = self._session.get(url, timeout=TIMEOUT_SECONDS)
            if response.status_code == 404:
                return []
            if response.status_code == 200:
                return _records(parse_json(response.content))
        except (requests.RequestException, ValueError) as error:
            raise _MayPass(0.0) from error
        refusal = requests.HTTPError(f"status {response.status_code}", response=response)
        if response.status_code != 429 and response.status_code < 500:
            raise DirectoryAnswer(
                f"{shown} was answered with status {response.status_code}: 200, 404, 429 or 5xx were expected; "
                "is it the site's API?"
            ) from refusal
        pause = retry_after_seconds(response.headers.get("Retry-After"), self._clock.now()) or 0.0
        if pause > LONGEST_PAUSE_SECONDS:
            raise DirectoryDown(
                f"{self._shown} asks for a pause of {pause:.0f} s, at most {LONGEST_PAUSE_SECONDS:.0f} s are waited: "
                "come back later"
            ) from refusal
        raise _MayPass(pause) from refusal


class _MayPass(Exception):
    """A fault that may be gone at the next try; its cause says what it was."""

    def __init__(self, pause_seconds: float) -> None:
        super().__init__(pause_seconds)
        self.pause_seconds = pause_seconds  # what Retry-After asks for


def _said(fault: BaseException | None) -> str:
    """What a fault says, without the address and its ids, which requests quotes."""
    reason = getattr(fault.args[0], "reason", None) if fault and fault.args else None
    return str(reason or fault)


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0.001 <= rate <= 10_000:
        raise SettingError(f"rate={text!r} is refused: give the most calls a second, from 0.001 to 10000")
    return rate


def _calls(ids: Sequence[str]) -> Iterator[list[str]]:
    """The ids cut into calls that keep IDS_PER_CALL and PATH_MAX."""
    call: list[str] = []
    length = 0
    for one in ids:
        size = len(quote(one, safe="+")) + 1
        if call and (len(call) == IDS_PER_CALL or length + size > PATH_MAX):
            yield call
            call, length = [], 0
        call.append(one)
        length += size
    if call:
        yield call


def _records(answer: Any) -> list[Any]:
    """One id is answered with an object, several with an array, nothing with `{}` or null."""
    if isinstance(answer, list):
        return answer
    return [answer] if answer else []
