"""The client through which the site asks for recommendations, with the site's real time limit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from io import BufferedReader, RawIOBase
from socket import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.clock import Clock
from core.errors import WorldError
from core.ids import MovieId, UserId
from simulator.lines import timeout_text
from simulator.log import LIMIT_MS, LIST_LENGTH

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

MODEL_HEADER, ARM_HEADER, REQUEST_HEADER = "X-Model-Version", "X-Arm", "X-Request-Id"
MOST_BYTES = 65_536  # of a body: twenty film ids are a thousand
TIMEOUT = "java.util.concurrent.TimeoutException"  # how the result of a late request begins


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as the log tells it: `movies` only when answered, else `error`, an exception's text.

    model, arm : which made the list, as the answer's headers say; empty when they do not. request : the name that the
    service gave to this call.
    """

    status: int
    movies: tuple[MovieId, ...]
    error: str
    elapsed_ms: int
    model: str = ""
    arm: str = ""
    request: str = ""


class AnswerTooLong(HTTPException):
    """A body of more than MOST_BYTES. Its name stands in the log."""


class _TimedSocket(RawIOBase):
    """A socket that a service has until a moment to read from and to fill, however slowly it does."""

    def __init__(self, connected: socket, clock: Clock, until: float) -> None:
        self._socket = connected
        self._clock = clock
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        self._set_timeout()
        return self._socket.recv_into(buffer)

    def sendall(self, data: ReadableBuffer) -> None:
        self._set_timeout()
        self._socket.sendall(data)

    def makefile(self, mode: str) -> BufferedReader:  # noqa: ARG002  http.client asks for "rb"
        return BufferedReader(self)

    def close(self) -> None:
        """Nothing: http.client lets go of a connection before it reads the body, whoever opened it closes it."""

    def _set_timeout(self) -> None:
        left_s = self._until - self._clock.monotonic()
        if left_s <= 0:
            raise TimeoutError
        self._socket.settimeout(left_s)


class RecommendationClient:
    """Sends `GET /recommend/<userid>`; a new connection each time, so that nothing is left from the last one."""

    def __init__(self, url: str, movies: Iterable[MovieId], clock: Clock, limit_ms: int = LIMIT_MS) -> None:
        """`url` is where the service answers, as http://127.0.0.1:8082; `movies` are the ids that may be listed.

        Raises WorldError when `url` is no such address.
        """
        self.host = _host(url)
        self._movies = frozenset(movies)
        self._clock = clock
        self._limit_ms = limit_ms

    def ask(self, user: UserId) -> Answer:
        """Never raises for what the service does."""
        begin = self._clock.monotonic()
        try:
            status, body, *said = self._get(f"/recommend/{user}", begin + self._limit_ms / 1000)
        except TimeoutError:
            return self._late(begin)
        except (OSError, HTTPException) as error:
            return self._failed(0, f"java.io.IOException: {type(error).__name__}", begin)
        if self._elapsed_ms(begin) > self._limit_ms:
            return self._late(begin)
        if status != HTTPStatus.OK:
            return self._failed(status, f"java.io.IOException: HTTP status {status}", begin)
        movies = tuple(MovieId(name) for name in body.removesuffix("\n").split(","))
        if len(movies) > LIST_LENGTH or len(set(movies)) < len(movies) or not self._movies.issuperset(movies):
            return self._failed(0, "java.io.IOException: not a list of up to 20 distinct films", begin)
        return Answer(status, movies, "", self._elapsed_ms(begin), *said)

    def _get(self, path: str, until: float) -> tuple[int, str, str, str, str]:
        """Status, body, and what the headers say of model, arm and request. `until` : on our clock."""
        connection = HTTPConnection(self.host, timeout=self._limit_ms / 1000)
        try:
            connection.connect()
            with connection.sock as connected:
                connection.sock = _TimedSocket(connected, self._clock, until)
                connection.request("GET", path)
                response = connection.getresponse()
                model, arm, request = (
                    response.headers.get(name, "") for name in (MODEL_HEADER, ARM_HEADER, REQUEST_HEADER)
                )
                body = response.read(MOST_BYTES + 1)
            if len(body) > MOST_BYTES:
                raise AnswerTooLong
            return response.status, body.decode("utf-8", "replace"), model, arm, request
        finally:
            connection.close()

    def _late(self, begin: float) -> Answer:
        elapsed_ms = max(self._elapsed_ms(begin), self._limit_ms + 1)
        name = urlsplit(f"//{self.host}").hostname or ""
        return Answer(0, (), timeout_text(self.host, name, self._limit_ms), elapsed_ms)

    def _failed(self, status: int, error: str, begin: float) -> Answer:
        return Answer(status, (), error, self._elapsed_ms(begin))

    def _elapsed_ms(self, begin: float) -> int:
        return round((self._clock.monotonic() - begin) * 1000)


def _host(url: str) -> str:
    """HOST:PORT of http://HOST:PORT."""
    try:
        parts = urlsplit(url)
        is_right = parts.scheme == "http" and parts.hostname and parts.port != 0
    except ValueError:  # a port that is none, half a bracket
        is_right = False
    if not is_right or parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise WorldError(f"{url!r} is no address of a service: the simulated site asks at http://HOST:PORT")
    return parts.netloc
