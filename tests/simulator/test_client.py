"""The site's client waits no longer than its limit, and reads no more than a list needs."""

from __future__ import annotations

import threading
from contextlib import suppress
from socket import create_server

import pytest

from core.clock import SystemClock
from core.errors import WorldError
from simulator.client import TIMEOUT, RecommendationClient

HEAD = b"HTTP/1.1 200 OK\r\nX-Model-Version: m1\r\nX-Arm: b\r\n"


class RawService:
    """Takes one connection and sends bytes piece by piece, with a pause between, until the caller hangs up."""

    def __init__(self, pieces, pause_s):
        self._server = create_server(("127.0.0.1", 0))
        self._hung_up = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(pieces, pause_s))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def _run(self, pieces, pause_s):
        connection, _ = self._server.accept()
        with connection, suppress(ConnectionError):
            connection.recv(10_000)
            for piece in pieces:
                connection.sendall(piece)
                self._hung_up.wait(pause_s)

    def close(self):
        self._thread.join(20)
        self._server.close()
        assert not self._thread.is_alive(), "the caller never hung up"


@pytest.fixture
def ask():
    services = []

    def asked(pieces, pause_s=0.0, limit_ms=600, movies=("up+2009",)):
        services.append(RawService(pieces, pause_s))
        return RecommendationClient(services[-1].url, movies, SystemClock(), limit_ms).ask(7)

    yield asked
    for service in services:
        service.close()


def endless(piece):
    while True:
        yield piece


def test_an_answer_is_read_with_what_its_headers_say(ask):
    answer = ask([HEAD + b"\r\n", b"up+", b"2009\n"], limit_ms=20_000)
    assert (answer.status, answer.movies, answer.model, answer.arm) == (200, ("up+2009",), "m1", "b")


@pytest.mark.parametrize("head", [b"", HEAD, HEAD + b"\r\n"])
def test_a_service_that_sends_byte_by_byte_is_late_though_no_byte_is(ask, head):
    def dripping():
        yield head
        yield from endless(b"X")

    answer = ask(dripping(), pause_s=0.05, limit_ms=300)
    assert answer.error.startswith(TIMEOUT)
    assert answer.elapsed_ms > 300


def test_a_body_without_end_is_no_list(ask):
    def flood():
        yield HEAD + b"\r\n"
        yield from endless(b"up+2009," * 1000)

    assert ask(flood(), limit_ms=20_000).error == "java.io.IOException: AnswerTooLong"


@pytest.mark.parametrize(
    "url",
    [
        "foo", "127.0.0.1:8082", "http://", "https://127.0.0.1:8082", "http://127.0.0.1:port", "http://127.0.0.1:0",
        "http://127.0.0.1:99999", "http://127.0.0.1:8082/recommend", "http://[::1", "http://a@b",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_service_is_refused(url):
    with pytest.raises(WorldError, match="is no address of a service: the simulated site asks at http://HOST:PORT"):
        RecommendationClient(url, [], SystemClock())
