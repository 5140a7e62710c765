"""The public application around a recommender that does as told, and a way to call it without a network."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from api import Decider, public_app
from core.clock import ManualClock
from core.decision import Attempt, Outcome, Ranking
from telemetry import Metrics, RequestIds
from telemetry.metrics import LENGTH

MOVIES = tuple(f"film+{number}+1995" for number in range(20))


class FakeRecommender:
    """Answers with MOVIES, or with what the test puts there; remembers what it was asked."""

    version = "2026-11-20-a"

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.ranking = Ranking(MOVIES, self.version, (Attempt("blend", Outcome.SERVED, 20, 80),))
        self.error: Exception | None = None
        self.asked: list[tuple[int, int, float]] = []

    def recommend(self, user, k, budget_ms):
        self.asked.append((user, k, budget_ms))
        self.clock.sleep(0.000_12)
        if self.error is not None:
            raise self.error
        return self.ranking


class FakeRecorder:
    """Keeps every decision at once."""

    def __init__(self) -> None:
        self.decisions: list = []

    def record(self, decision) -> None:
        self.decisions.append(decision)


@dataclass
class Answer:
    """What came back from the application."""

    status: int
    headers: dict[str, str]
    body: str


class Caller:
    """The application and all that it was built of."""

    def __init__(self) -> None:
        self.clock = ManualClock(datetime(2026, 11, 20, tzinfo=UTC))
        self.recommender = FakeRecommender(self.clock)
        self.recorder = FakeRecorder()
        self.metrics = Metrics([0] * LENGTH)
        decider = Decider(self.recommender, self.recorder, self.metrics, RequestIds(1), self.clock, budget_ms=250)
        self.app = public_app(decider, self.metrics)

    def ask(self, path: str, method: str = "GET", query: str = "", body: bytes = b"", **environ: str) -> Answer:
        """Call with a path as a WSGI server hands it over: decoded, every byte one character."""
        started: list = []
        errors = io.StringIO()
        parts = self.app(
            {
                "REQUEST_METHOD": method,
                "SCRIPT_NAME": "",
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "SERVER_NAME": "127.0.0.1",
                "SERVER_PORT": "8082",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "CONTENT_LENGTH": str(len(body)),
                "wsgi.version": (1, 0),
                "wsgi.url_scheme": "http",
                "wsgi.input": io.BytesIO(body),
                "wsgi.errors": errors,
                "wsgi.multithread": True,
                "wsgi.multiprocess": True,
                "wsgi.run_once": False,
                **environ,
            },
            lambda status, headers, error=None: started.append((status, headers)),
        )
        content = b"".join(parts)
        [(status, headers)] = started
        return Answer(int(status[:3]), dict(headers), content.decode())


@pytest.fixture(scope="module")
def one_caller():
    """One application for a law with many examples."""
    return Caller()


@pytest.fixture
def caller():
    return Caller()
