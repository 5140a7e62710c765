"""Chat completions in the form of the OpenAI API: the request that comes and the answer that goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulator.endpoint_form import check_form
from simulator.endpoint_schema import PLAIN, Schema
from simulator.endpoint_tokens import BYTES_A_TOKEN
from simulator.invoice import PRICES, InvoiceLine

STAND_IN = "matinee-simulator-oracle"  # the system_fingerprint of every answer: no language model stands behind it
PIECE = 16  # characters of a streamed piece


class BadRequest(Exception):
    """A request that the endpoint refuses. Never leaves the endpoint: it becomes an answer."""

    def __init__(self, status: int, message: str, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What is asked: by which model, in which words, in what form, and how long the answer may be."""

    model: str
    prompt: str
    schema: Schema
    max_tokens: int | None
    stream: bool
    include_usage: bool

    @classmethod
    def parse(cls, body: bytes) -> ChatRequest:
        """Raises BadRequest for what the real API would refuse, and for what this one can not do."""
        try:
            asked = json.loads(body)
            messages = [f"{message['role']}\n{_content(message['content'])}\n" for message in asked["messages"]]
            form = asked.get("response_format") or {"type": "text"}
            schema = form["json_schema"]["schema"] if form["type"] == "json_schema" else PLAIN
            check_form(schema)
            request = cls(
                model=str(asked["model"]),
                prompt=(json.dumps(schema) if schema is not PLAIN else "") + "".join(messages),
                schema=schema,
                max_tokens=_limit(asked.get("max_completion_tokens", asked.get("max_tokens"))),
                stream=bool(asked.get("stream")),
                include_usage=bool((asked.get("stream_options") or {}).get("include_usage")),
            )
            request.prompt.encode()  # half of a surrogate pair is no text
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BadRequest(400, f"not a chat request: {type(error).__name__} {error}", "invalid_request") from error
        if not messages:
            raise BadRequest(400, "messages is empty: at least one is needed", "invalid_request")
        if asked.get("n", 1) != 1 or asked.get("tools"):
            raise BadRequest(
                400, "n and tools are not simulated: ask for one answer without tools", "invalid_request"
            )
        if request.model not in PRICES:
            known = ", ".join(PRICES)
            raise BadRequest(404, f"no model {request.model[:80]!r}: known models are {known}", "model_not_found")
        return request


def _content(content: Any) -> str:
    """The text of a message, which may come in parts."""
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def _limit(tokens: Any) -> int | None:
    """The most tokens of an answer, None for no limit. Raises ValueError for what is no such limit."""
    if tokens is None or (type(tokens) is int and tokens > 0):
        return tokens
    raise ValueError(f"{str(tokens)[:40]!r} is no limit of tokens: give a whole number above 0")


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer before it is written: its content, or a refusal instead of it, and why it ended."""

    content: str | None
    refusal: str | None = None
    finish_reason: str = "stop"

    @property
    def text(self) -> str:
        """What was written, and is paid for."""
        return self.content or self.refusal or ""

    def cut(self, tokens: int) -> Completion:
        """The same answer, ended by the limit when it is longer."""
        written = self.text.encode()
        if len(written) <= tokens * BYTES_A_TOKEN:
            return self
        return Completion(written[: tokens * BYTES_A_TOKEN].decode(errors="ignore"), finish_reason="length")


def body(completion: Completion, billed: InvoiceLine, now: datetime) -> dict[str, Any]:
    """The whole answer as one JSON object."""
    message = {"role": "assistant", "content": completion.content, "refusal": completion.refusal}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": completion.finish_reason}
    return {**_head("chat.completion", billed, now), "choices": [choice], "usage": _usage(billed)}


def chunks(
    completion: Completion, billed: InvoiceLine, now: datetime, *, include_usage: bool
) -> Iterator[dict[str, Any]]:
    """The answer piece by piece; the usage comes last and only when asked for."""
    head = _head("chat.completion.chunk", billed, now)
    name = "refusal" if completion.content is None else "content"
    deltas = [{"role": "assistant", "content": ""}]
    deltas += [{name: completion.text[place : place + PIECE]} for place in range(0, len(completion.text), PIECE)]
    for delta in deltas:
        yield {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    yield {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": completion.finish_reason}]}
    if include_usage:
        yield {**head, "choices": [], "usage": _usage(billed)}


def _head(kind: str, billed: InvoiceLine, now: datetime) -> dict[str, Any]:
    return {
        "id": billed.id,
        "object": kind,
        "created": int(now.timestamp()),
        "model": billed.model,
        "system_fingerprint": STAND_IN,
    }


def _usage(billed: InvoiceLine) -> dict[str, Any]:
    return {
        "prompt_tokens": billed.input,
        "completion_tokens": billed.output,
        "total_tokens": billed.input + billed.output,
        "prompt_tokens_details": {"cached_tokens": billed.cached},
        "completion_tokens_details": {"reasoning_tokens": billed.reasoning},
    }
