"""The rows of a call: its usage and its charge, as the ledger keeps them."""

from __future__ import annotations

from typing import Any

from core.ids import UserId
from core.money import Usd
from core.usage import CallOutcome, Charge, CountSource, Usage
from telemetry.row import from_us, to_us

USAGE = (
    "call, at_us, provider, operation, requested_model, answering_model, prompt, user_id, attempt, outcome, source,"
    " input_tokens, cached_tokens, output_tokens, reasoning_tokens, latency_ms, completion,"
    " priced_as"
)
CHARGE = "nano, price, is_certain"
N_USAGE = USAGE.count(",") + 1


def encode(usage: Usage, charge: Charge) -> tuple[Any, ...]:
    """The columns USAGE, then those of CHARGE. Raises ValueError when the two are of different calls."""
    if usage.call != charge.call:
        raise ValueError(f"the usage is of call {usage.call}, the charge of call {charge.call}")
    return (
        usage.call,
        to_us(usage.time),
        usage.provider,
        usage.operation,
        usage.requested_model,
        usage.answering_model,
        usage.prompt,
        usage.user,
        usage.attempt,
        usage.outcome.value,
        usage.source.value,
        usage.input_tokens,
        usage.cached_tokens,
        usage.output_tokens,
        usage.reasoning_tokens,
        usage.latency_ms,
        usage.completion,
        usage.priced_as,
        charge.amount.nano,
        charge.price,
        int(charge.is_certain),
    )


def decode(row: tuple[Any, ...]) -> tuple[Usage, Charge]:
    """The inverse of `encode`."""
    nano, price, certain = row[N_USAGE:]
    return decode_usage(row[:N_USAGE]), Charge(row[0], Usd(nano), price, bool(certain))


def decode_usage(row: tuple[Any, ...]) -> Usage:
    """The usage of the columns USAGE."""
    call, at_us, provider, operation, requested, answering, prompt, user, attempt, outcome, source, *rest = row
    input_tokens, cached_tokens, output_tokens, reasoning_tokens, latency_ms, completion, priced_as = rest
    return Usage(
        call=call,
        time=from_us(at_us),
        provider=provider,
        operation=operation,
        requested_model=requested,
        answering_model=answering,
        prompt=prompt,
        user=None if user is None else UserId(user),
        attempt=attempt,
        outcome=CallOutcome(outcome),
        source=CountSource(source),
        input_tokens=input_tokens,
        cached_tokens=cached_tokens,
        output_tokens=output_tokens,
        reasoning_tokens=reasoning_tokens,
        latency_ms=latency_ms,
        completion=completion,
        priced_as=priced_as,
    )
