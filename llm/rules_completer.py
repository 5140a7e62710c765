"""The completer without a language model: what titles leave open stays open. No key, no call, no token."""

from __future__ import annotations

from dataclasses import dataclass

from core.backends import PortUrl
from core.clock import Clock
from core.errors import SettingError
from core.usage import CallOutcome
from llm.completer import Completed, CompletionRequest, TokenCounts


@dataclass(frozen=True, slots=True)
class RulesCompleter:
    """Answers everything with an empty text, for zero tokens, and says in its model's name that it is none."""

    provider: str = "rules"
    model: str = ""
    priced_as: str = "free"
    thinking_tokens: int = 0

    async def complete(self, _: CompletionRequest) -> Completed:
        return Completed("", CallOutcome.REFUSED, TokenCounts(0, 0, 0, 0), completion="", model="", latency_ms=0)

    async def close(self) -> None:
        """Nothing is open."""


def open_rules(url: PortUrl, key: str, clock: Clock) -> RulesCompleter:
    """`rules:`, which takes nothing more. Raises SettingError when something follows."""
    del key, clock
    if url.host or url.path or url.options:
        raise SettingError("rules: takes nothing after the colon: there is nothing to choose")
    return RulesCompleter()
