"""Repricing: what calls would have cost by another table of prices. Nothing that is stored changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import PriceUnknown
from core.money import Usd
from core.usage import CallOutcome, Charge, Usage
from telemetry.prices import Prices
from telemetry.reconcile import is_settled

_NOTHING = Usd(0)


@dataclass(frozen=True, slots=True)
class Repriced:
    """Calls of one model: what stands for `calls` of them, and what they cost by the other table.

    Left out are `unpriced` ones, which that table does not know, and `settled` ones, which an invoice has settled.
    """

    calls: int = 0
    stands: Usd = _NOTHING
    again: Usd = _NOTHING
    unpriced: int = 0
    settled: int = 0

    def __add__(self, other: Repriced) -> Repriced:
        return Repriced(
            self.calls + other.calls,
            self.stands + other.stands,
            self.again + other.again,
            self.unpriced + other.unpriced,
            self.settled + other.settled,
        )

    @property
    def difference(self) -> Usd:
        return self.again - self.stands


def reprice(calls: Iterable[tuple[Usage, Charge]], prices: Prices) -> dict[str, Repriced]:
    """By model. Calls that the cache saved are no calls."""
    found: dict[str, Repriced] = {}
    for usage, charge in calls:
        if usage.outcome is not CallOutcome.CACHED:
            model = usage.answering_model or usage.requested_model
            found[model] = found.get(model, Repriced()) + _one(usage, charge, prices)
    return dict(sorted(found.items()))


def priced(calls: Iterable[tuple[Usage, Charge]], prices: Prices) -> list[Charge]:
    """The charges of those calls in quarantine that the table knows by now, for `correct`."""
    charges = []
    for usage, _ in calls:
        try:
            charges.append(prices.charge(usage))
        except PriceUnknown:
            continue
    return charges


def _one(usage: Usage, charge: Charge, prices: Prices) -> Repriced:
    if is_settled(charge):
        return Repriced(settled=1)
    try:
        return Repriced(calls=1, stands=charge.amount, again=prices.charge(usage).amount)
    except PriceUnknown:
        return Repriced(unpriced=1)
