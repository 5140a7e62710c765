"""The port to a language model: what is asked, what comes back, and the table of its backends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from core.backends import Backends
from core.usage import CallOutcome


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation. `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """One call: the messages, the form of the answer as a strict JSON schema, its length, and how long we wait.

    most_output_tokens : of the answer itself; what a model thinks before comes on top (`Completer.thinking_tokens`).
    """

    messages: tuple[Message, ...]
    schema_name: str
    schema: Mapping[str, Any]
    most_output_tokens: int
    timeout_s: float


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """Tokens of one call. `cached` is a part of `input`, `reasoning` a part of `output`."""

    input: int
    cached: int
    output: int
    reasoning: int


@dataclass(frozen=True, slots=True)
class Completed:
    """An answer.

    text : what the model wrote; the refusal's own words when it refused.
    outcome : ANSWERED, CUT_OFF (by the limit of tokens) or REFUSED. Whether the text is of use is not known yet.
    tokens : as the provider reported them; None when it reported none, or parts larger than their whole.
    completion : the provider's id of the answer. model : which model says that it answered.
    """

    text: str
    outcome: CallOutcome
    tokens: TokenCounts | None
    completion: str
    model: str
    latency_ms: int


@dataclass(frozen=True, slots=True)
class NotCompleted:
    """No answer, for a reason that may pass.

    outcome : RATE_LIMITED, TIMEOUT or FAILED.
    may_be_billed : nobody told us whether the call was worked on; its cost is then counted at the most.
    retry_after_s : how long the provider asks us to wait, None when it does not say.
    """

    outcome: CallOutcome
    reason: str
    may_be_billed: bool
    latency_ms: int
    retry_after_s: float | None = None


class Completer(Protocol):
    """A language model that answers one request at a time; many may be in flight. It never tries again by itself."""

    @property
    def provider(self) -> str:
        """Who is asked: "openai", HOST:PORT of another server, or "rules"."""
        ...

    @property
    def model(self) -> str:
        """The model that is asked for; empty when there is none."""
        ...

    @property
    def priced_as(self) -> str:
        """As in `core.usage.Usage`."""
        ...

    @property
    def thinking_tokens(self) -> int:
        """Output tokens that the model may use for thought, beyond those of the answer."""
        ...

    async def complete(self, request: CompletionRequest) -> Completed | NotCompleted:
        """Ask once.

        Raises CompleterClosed when no call will be answered until somebody acts (wrong key, no credit, no such
        model), RequestRefused when this request is not taken. Neither is billed.
        """
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...


COMPLETERS: Backends[Completer] = Backends(
    {"rules": "llm.rules_completer:open_rules", "openai": "llm.openai_completer:open_openai"}
)
"""`COMPLETERS.open(settings.completer, key=settings.llm_key, clock=clock)`."""
