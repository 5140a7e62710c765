"""The client of the OpenAI API in trouble: what never left is not billed, and no answer fills the memory."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import httpx2
import pytest

from core.backends import PortUrl
from core.clock import ManualClock
from core.usage import CallOutcome
from llm.completer import CompletionRequest, Message, NotCompleted
from llm.openai_completer import LONGEST_ANSWER, OpenAiCompleter, Server

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
REQUEST = CompletionRequest((Message("user", "heat"),), "films", {"type": "object"}, 50, 5.0)


def completer_of(host="site:8000", key="", transport=None):
    server = Server.parse(PortUrl.parse(f"openai://{host}/v1?model=smol&priced_as=free"))
    return OpenAiCompleter(server, key, ManualClock(NOON), transport)


@contextmanager
def a_server(answer):
    """A server on a port of this machine that remembers what it was sent."""
    asked = []

    def serve():
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(1)
                with suppress(TimeoutError):
                    asked.extend(filter(None, [connection.recv(1000)]))
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(2)
        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1], asked


def test_a_name_that_nobody_knows_billed_nothing():
    done = asyncio.run(completer_of("nobody.invalid").complete(REQUEST))
    assert (done.outcome, done.may_be_billed) == (CallOutcome.FAILED, False)


def test_a_key_that_no_header_can_hold_is_neither_sent_nor_billed_nor_told():
    with a_server(b"") as (port, asked):
        done = asyncio.run(completer_of(f"127.0.0.1:{port}", "sk-secret\r").complete(REQUEST))
    assert isinstance(done, NotCompleted)
    assert (done.outcome, done.may_be_billed) == (CallOutcome.FAILED, False)
    assert "secret" not in done.reason
    assert asked == []


@pytest.mark.parametrize("pieces", [1, 50])
def test_an_answer_without_end_is_not_read_to_its_end(pieces):
    piece = b" " * (2 * LONGEST_ANSWER // pieces)
    sent = []

    class Endless(httpx2.AsyncByteStream):
        async def __aiter__(self):
            for _ in range(100 * pieces):
                sent.append(len(piece))
                yield piece

    async def ask():
        transport = httpx2.MockTransport(lambda _: httpx2.Response(200, stream=Endless()))
        return await completer_of(transport=transport).complete(REQUEST)

    done = asyncio.run(ask())
    assert (done.outcome, done.may_be_billed) == (CallOutcome.FAILED, True)
    assert "more than 1,000,000 bytes" in done.reason
    assert sum(sent) <= 2 * LONGEST_ANSWER


def test_an_answer_that_is_packed_is_not_unpacked():
    asked = []

    def answer(request):
        asked.append(request)
        packed = gzip.compress(b" " * 10_000_000)
        return httpx2.Response(200, stream=httpx2.ByteStream(packed), headers={"Content-Encoding": "gzip"})

    done = asyncio.run(completer_of(transport=httpx2.MockTransport(answer)).complete(REQUEST))
    assert (done.outcome, done.may_be_billed) == (CallOutcome.FAILED, True)
    assert asked[0].headers["accept-encoding"] == "identity"
