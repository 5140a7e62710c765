"""A call of a language model: as planned, as begun, and what may come instead of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.ids import UserId
from core.money import Usd
from core.usage import CallOutcome, CountSource, Usage


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A call that somebody wants to make.

    call : its id, unique for ever; asked for again after a Wait, it is the same call.
    key : of the cache: whatever decides the answer, hashed. Retries and repair turns have the key of the first try.
    prompt, priced_as : as in Usage.
    most : what the call can cost at the most, by the table `price` and with these most tokens.
    """

    call: str
    key: str
    user: UserId | None
    provider: str
    operation: str
    model: str
    priced_as: str
    prompt: str
    attempt: int
    most: Usd
    price: str
    most_input_tokens: int
    most_output_tokens: int

    def __post_init__(self) -> None:
        """Raises ValueError when the reservation would be negative: it would give others room to overspend."""
        if self.most < Usd(0):
            raise ValueError(f"call {self.call} reserves {self.most} dollars: the most of a call is 0 or more")


class Limit(StrEnum):
    """Which limit a call would have broken."""

    DAY = "day"
    USER = "user"
    IN_FLIGHT = "in flight"


@dataclass(frozen=True, slots=True)
class Limits:
    """What calls may cost on one day (UTC) and ever for one user; how many all processes may have in flight."""

    day: Usd
    user: Usd
    in_flight: int


@dataclass(frozen=True, slots=True)
class Cached:
    """No call is needed: this is the valid answer to the same key. Its usage is written."""

    answer: str
    model: str  # that answered
    call: str  # the id of the call that was paid for


@dataclass(frozen=True, slots=True)
class Wait:
    """The same key is in flight: ask again, at the latest at `until`, when its lease runs out."""

    until: datetime


@dataclass(frozen=True, slots=True)
class OverBudget:
    """The call would break a limit, so it must not be made. `left` is what the limit leaves, in money or calls."""

    limit: Limit
    left: Usd | int


@dataclass(frozen=True, slots=True)
class Begun:
    """Make the call, and finish it before `until`. `begun` is the time of its usage, and says which day pays."""

    planned: PlannedCall
    begun: datetime
    until: datetime

    def usage(
        self,
        outcome: CallOutcome,
        source: CountSource,
        latency_ms: int,
        *,
        input_tokens: int = 0,
        cached_tokens: int = 0,
        output_tokens: int = 0,
        reasoning_tokens: int = 0,
        answering_model: str = "",
        completion: str = "",
    ) -> Usage:
        """The usage of this call: what was planned, with how it ended."""
        planned = self.planned
        return Usage(
            call=planned.call,
            time=self.begun,
            provider=planned.provider,
            operation=planned.operation,
            requested_model=planned.model,
            answering_model=answering_model,
            prompt=planned.prompt,
            user=planned.user,
            attempt=planned.attempt,
            outcome=outcome,
            source=source,
            input_tokens=input_tokens,
            cached_tokens=cached_tokens,
            output_tokens=output_tokens,
            reasoning_tokens=reasoning_tokens,
            latency_ms=latency_ms,
            completion=completion,
            priced_as=planned.priced_as,
        )

    def lost(self) -> Usage:
        """What is written when nobody finished the call: the most that it can have used, for as long as it had."""
        return self.usage(
            CallOutcome.LOST,
            CountSource.ESTIMATE,
            round((self.until - self.begun).total_seconds() * 1000),
            input_tokens=self.planned.most_input_tokens,
            output_tokens=self.planned.most_output_tokens,
        )


class Settled(StrEnum):
    """What became of a call that was finished."""

    IN_TIME = "in time"
    ABOVE_MOST = "above most"  # written as it is, but it cost more than was reserved: the reservation is wrong
    TOO_LATE = "too late"  # its lease had run out and it is written as lost: nothing of it was written now


@dataclass(frozen=True, slots=True)
class Spending:
    """What the calls begun on one day cost, what those in flight may still cost, and how many these are."""

    spent: Usd
    reserved: Usd
    in_flight: int
