"""The endpoint: an OpenAI-compatible server that understands self-descriptions, bills calls, and fails on demand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from math import inf
from pathlib import Path
from typing import Any

from core.clock import Clock, SystemClock
from core.errors import WorldError
from simulator.endpoint_chat import BadRequest, ChatRequest, Completion, body, chunks
from simulator.endpoint_oracle import Oracle
from simulator.endpoint_schema import answer
from simulator.endpoint_tokens import PromptCache, count_tokens
from simulator.fault_plan import FaultPlan
from simulator.invoice import INVOICE, PRICES, Invoice, InvoiceLine, Tokens
from simulator.local_server import Handler, LocalServer

REASONING_MODELS = ("gpt-5",)  # beginnings of their names
REASONING_STEP = 64  # tokens of thought: one step, and one more for each mention
RETRY_AFTER_S = 1
MOST_BYTES = 32_000_000  # of a call
REFUSAL = "I'm sorry, but I can't help with that request."


class EndpointFault(StrEnum):
    """How a call can go wrong. The first two are not billed, all others are."""

    RATE_LIMIT = "429"
    SERVER_ERROR = "500"
    DELAY = "delay"  # a good answer, but late
    TIMEOUT = "timeout"  # billed and worked on, then the connection is cut without an answer
    MALFORMED = "malformed"  # the content is no JSON
    TRUNCATED = "truncated"  # the content ends early, with finish_reason length
    REFUSAL = "refusal"


class ConnectionCut(Exception):
    """Nothing more is sent. Never leaves the endpoint."""


class LlmEndpoint(LocalServer):
    """`POST /v1/chat/completions` and `GET /v1/models`; every answer names the stand-in that made it.

    Billed calls are lines of `invoice.csv` in the world's folder: answers of any quality, and calls whose
    connection is cut. Not billed: refused requests, 429 and 500.
    """

    def __init__(
        self,
        world: Path,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        faults: FaultPlan[EndpointFault] | None = None,
        error_rate: float = 0.0,
        latency_s: float = 0.0,
        delay_s: float = 10.0,
        seed: int = 0,
        clock: Clock | None = None,
    ) -> None:
        """Port 0 takes any free one. Raises WorldError when `world` holds none, the port is taken or a time wrong.

        error_rate : share of mentions that are misunderstood. latency_s : how long every answer takes.
        delay_s : how much longer a call with the fault DELAY or TIMEOUT takes.
        """
        if not (0 <= latency_s < inf and 0 <= delay_s < inf):
            raise WorldError(f"answers after {latency_s} s, late ones {delay_s} s later, can not be: give 0 or more")
        self._oracle = Oracle(world, error_rate, seed)
        self._faults = faults or FaultPlan()
        self._latency_s = latency_s
        self._delay_s = delay_s
        self._clock = clock or SystemClock()
        self._cache = PromptCache(self._clock)
        self.invoice = Invoice(world / INVOICE)
        server = self

        class EndpointHandler(_Handler):
            endpoint = server

        super().__init__(EndpointHandler, host, port)

    def complete(self, asked: ChatRequest) -> tuple[Completion, InvoiceLine, datetime]:
        """The answer to a request, its invoice line, and when it was made.

        Raises BadRequest for the faults 429 and 500, ConnectionCut for a timeout.
        """
        fault = self._faults.next()
        if fault is EndpointFault.RATE_LIMIT:
            raise BadRequest(429, "rate limit reached (a fault on demand)", "rate_limit_exceeded")
        if fault is EndpointFault.SERVER_ERROR:
            raise BadRequest(500, "the server had an error (a fault on demand)", "server_error")
        understanding = self._oracle.understand(asked.prompt)
        completion = _spoiled(Completion(json.dumps(answer(asked.schema, understanding))), fault)
        reasoning = REASONING_STEP * (1 + len(understanding.mentions))
        reasoning *= asked.model.startswith(REASONING_MODELS)
        if asked.max_tokens is not None:
            reasoning = min(reasoning, asked.max_tokens)
            completion = completion.cut(asked.max_tokens - reasoning)
        now = self._clock.now()
        tokens = Tokens(
            input=count_tokens(asked.prompt),
            cached=self._cache.cached_tokens(asked.model, asked.prompt),
            output=reasoning + count_tokens(completion.text),
            reasoning=reasoning,
        )
        line = self.invoice.bill(now, asked.model, tokens)
        self._clock.sleep(self._latency_s)
        if fault in (EndpointFault.DELAY, EndpointFault.TIMEOUT):
            self._clock.sleep(self._delay_s)
        if fault is EndpointFault.TIMEOUT:
            raise ConnectionCut
        return completion, line, now


def _spoiled(completion: Completion, fault: EndpointFault | None) -> Completion:
    """The completion as the fault leaves it."""
    content = completion.text
    match fault:
        case EndpointFault.MALFORMED:
            return replace(completion, content=f"Sure! Here is the JSON you asked for: {content[:-1]}")
        case EndpointFault.TRUNCATED:
            return replace(completion, content=content[: len(content) // 2], finish_reason="length")
        case EndpointFault.REFUSAL:
            return replace(completion, content=None, refusal=REFUSAL)
    return completion


class _Handler(Handler):
    """One connection to the endpoint."""

    endpoint: LlmEndpoint

    def do_GET(self) -> None:  # noqa: N802  http.server calls it so
        if self.path != "/v1/models":
            self._refuse(BadRequest(404, f"no {self.path[:80]}: GET /v1/models lists the models", "not_found"))
            return
        models = [{"id": name, "object": "model", "created": 0, "owned_by": self.server_version} for name in PRICES]
        self._send_json(200, {"object": "list", "data": models}, {})

    def do_POST(self) -> None:  # noqa: N802
        try:
            sent = self._sent()
            if self.path != "/v1/chat/completions":
                raise BadRequest(404, f"no {self.path[:80]}: POST to /v1/chat/completions", "not_found")
            asked = ChatRequest.parse(sent)
            completion, billed, now = self.endpoint.complete(asked)
        except BadRequest as refusal:
            self._refuse(refusal)
        except WorldError as error:  # it could not be billed
            self._refuse(BadRequest(500, str(error), "server_error"))
        except ConnectionCut:
            self.close_connection = True
        else:
            if asked.stream:
                self._stream(chunks(completion, billed, now, include_usage=asked.include_usage))
            else:
                self._send_json(200, body(completion, billed, now), {})

    def _sent(self) -> bytes:
        """The body of the call. Raises BadRequest when it does not say how long it is; then nothing more is read."""
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit() and len(length) < 10 and int(length) <= MOST_BYTES):
            self.close_connection = True
            raise BadRequest(
                400, f"Content-Length {length[:40]!r} is refused: give 0 to {MOST_BYTES}", "invalid_request"
            )
        return self.rfile.read(int(length))

    def _refuse(self, refusal: BadRequest) -> None:
        headers = {"Retry-After": str(RETRY_AFTER_S)} if refusal.status == 429 else {}
        error = {"message": str(refusal), "type": refusal.code, "param": None, "code": refusal.code}
        self._send_json(refusal.status, {"error": error}, headers)

    def _send_json(self, status: int, value: dict[str, Any], headers: dict[str, str]) -> None:
        self.send(status, json.dumps(value).encode(), headers)

    def _stream(self, events: Iterable[dict[str, Any]]) -> None:
        """Server-sent events; the end of the connection ends them."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for event in events:
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")
