"""Usage: what one call of a language model used, and what was charged for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.ids import UserId
from core.money import Usd


class CountSource(StrEnum):
    """Who counted the tokens."""

    REPORTED = "reported"  # by the provider, in its answer
    TOKENIZER = "tokenizer"  # by us, with the model's own vocabulary
    ESTIMATE = "estimate"  # by a rule of thumb, or the most that the call may have used


class CallOutcome(StrEnum):
    """How a call ended."""

    ANSWERED = "answered"
    INVALID = "invalid"  # answered, but in no form that we accept
    REFUSED = "refused"
    CUT_OFF = "cut off"  # answered to the limit of tokens
    TIMEOUT = "timeout"  # no answer in time: it may have been billed
    RATE_LIMITED = "rate limited"
    FAILED = "failed"  # an error of the server or of the network
    LOST = "lost"  # we ended before the answer came: it may have been billed
    CACHED = "cached"  # no call: the answer to an earlier one was used again


@dataclass(frozen=True, slots=True)
class Usage:
    """One call, or one that the cache saved (`outcome` CACHED: the tokens are those that were saved).

    call : our id of the call, unique for ever; the key under which it is never counted twice.
    completion : the provider's id of its answer, empty when there was none.
    cached_tokens : the part of `input_tokens` that the provider had in its prompt cache.
    reasoning_tokens : the part of `output_tokens` that was thought and not said.
    user : whose texts were sent; None when it was for nobody in particular.
    priced_as : PROVIDER/MODEL at whose price it is charged, or "free"; empty for the provider's own price of the
        model that answered. It is kept with the call, so that a later setting does not change an old price.
    """

    call: str
    time: datetime
    provider: str
    operation: str
    requested_model: str
    answering_model: str
    prompt: str
    user: UserId | None
    attempt: int
    outcome: CallOutcome
    source: CountSource
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int
    latency_ms: int
    completion: str = ""
    priced_as: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError when a part is larger than its whole, or negative."""
        if not (0 <= self.cached_tokens <= self.input_tokens and 0 <= self.reasoning_tokens <= self.output_tokens):
            raise ValueError(f"the parts of call {self.call} do not fit: {self}")


@dataclass(frozen=True, slots=True)
class Charge:
    """What a call cost. `price` names the table and the day that its price was taken from.

    `is_certain` is False when the call may have been billed and nobody told us: the amount is then the most.
    """

    call: str
    amount: Usd
    price: str
    is_certain: bool
