"""The body of a chat completion, read as strangers' data: local servers leave out what OpenAI always sends."""

from __future__ import annotations

import json
from typing import Any

from core.usage import CallOutcome
from llm.completer import Completed, TokenCounts

LONGEST_NAME = 200  # characters of an id or of a model's name
MOST_TOKENS = 10**9  # of one call: a larger count is nonsense, and would not fit into a sum


class NotAChatAnswer(Exception):
    """A body that is no chat completion. Never leaves the completer: it becomes a NotCompleted."""


def completed(body: str, latency_ms: int) -> Completed:
    """The answer in `body`. Raises NotAChatAnswer when there is none."""
    try:
        answer = json.loads(body)
        choice = answer["choices"][0]
        message = choice["message"]
        content, refusal = message.get("content"), message.get("refusal")
        finish = choice.get("finish_reason")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise NotAChatAnswer(f"the answer is no chat completion: {type(error).__name__}") from error
    text = refusal or content or ""
    if not isinstance(text, str):
        raise NotAChatAnswer(f"the content of the answer is no text: {type(text).__name__}")
    return Completed(
        _clean(text),
        _outcome(finish, is_refused=bool(refusal)),
        _tokens(answer.get("usage")),
        completion=_clean(str(answer.get("id") or ""))[:LONGEST_NAME],
        model=_clean(str(answer.get("model") or ""))[:LONGEST_NAME],
        latency_ms=latency_ms,
    )


def _outcome(finish: object, *, is_refused: bool) -> CallOutcome:
    if is_refused or finish == "content_filter":
        return CallOutcome.REFUSED
    return CallOutcome.CUT_OFF if finish == "length" else CallOutcome.ANSWERED


def _tokens(usage: Any) -> TokenCounts | None:
    """The tokens reported; None when they are not whole numbers, or a part is larger than its whole."""
    if not isinstance(usage, dict):
        return None
    counts = TokenCounts(
        _count(usage.get("prompt_tokens")),
        _count(_part(usage, "prompt_tokens_details", "cached_tokens")),
        _count(usage.get("completion_tokens")),
        _count(_part(usage, "completion_tokens_details", "reasoning_tokens")),
    )
    is_whole = 0 <= counts.cached <= counts.input and 0 <= counts.reasoning <= counts.output
    return counts if is_whole and counts.input > 0 else None


def _part(usage: dict[str, Any], details: str, name: str) -> Any:
    """A part's count; 0 when the server does not tell parts."""
    told = usage.get(details)
    return (told.get(name) or 0) if isinstance(told, dict) else 0


def _count(value: Any) -> int:
    """`value` if it is a number of tokens, else -1."""
    return value if type(value) is int and 0 <= value <= MOST_TOKENS else -1


def _clean(text: str) -> str:
    """The text without halves of characters, which JSON can hold and no file can."""
    return text.encode("utf-8", "replace").decode()
