"""The client through which the site asks for recommendations, with the site's real time limit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from core.clock import Clock
from core.ids import MovieId, UserId
from simulator.lines import timeout_text
from simulator.log import LIMIT_MS, LIST_LENGTH

MODEL_HEADER, ARM_HEADER = "X-Model-Version", "X-Arm"
TIMEOUT = "java.util.concurrent.TimeoutException"  # how the result of a late request begins


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as the log tells it: `movies` only when answered, else `error`, an exception's text.

    model, arm : which made the list, as the answer's headers say; empty when they do not.
    """

    status: int
    movies: tuple[MovieId, ...]
    error: str
    elapsed_ms: int
    model: str = ""
    arm: str = ""


class RecommendationClient:
    """Sends `GET /recommend/<userid>`; a new connection each time, so that nothing is left from the last one."""

    def __init__(self, url: str, movies: Iterable[MovieId], clock: Clock, limit_ms: int = LIMIT_MS) -> None:
        """`url` is where the service answers, as http://127.0.0.1:8082; `movies` are the ids that may be listed."""
        self.host = urlsplit(url).netloc
        self._movies = frozenset(movies)
        self._clock = clock
        self._limit_ms = limit_ms

    def ask(self, user: UserId) -> Answer:
        """Never raises for what the service does."""
        begin = self._clock.monotonic()
        try:
            status, body, model, arm = self._get(f"/recommend/{user}")
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
        return Answer(status, movies, "", self._elapsed_ms(begin), model, arm)

    def _get(self, path: str) -> tuple[int, str, str, str]:
        """Status, body, and what the headers say of the model and the arm."""
        connection = HTTPConnection(self.host, timeout=self._limit_ms / 1000)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            model, arm = (response.headers.get(name, "") for name in (MODEL_HEADER, ARM_HEADER))
            return response.status, response.read().decode("utf-8", "replace"), model, arm
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
