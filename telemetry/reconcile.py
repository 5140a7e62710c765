"""Reconciliation: the ledger's calls against a provider's invoice, call by call, each pair equal or explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.money import Usd
from core.usage import Charge, Usage
from telemetry.invoice_file import Billed, InvoiceFile
from telemetry.price_file import without_edition
from telemetry.span import Span

BILLED_WITHIN = timedelta(seconds=120)
"""A call that we got no answer to was billed so long after it began, or not at all: a call takes 30 s at most, a lost
one is given up after 45 s, the rest is for clocks that differ."""

MARGIN = timedelta(
    hours=1
)  # calls so far outside the days of an invoice are looked at: one may be billed after midnight
_BILLED_AS, _NOT_BILLED = "billed as ", "not billed in "  # how the price of a settled charge begins


class Match(StrEnum):
    """What became of a call or of a line."""

    EQUAL = "equal"
    BILLED = "uncertain, was billed"
    NOT_BILLED = "uncertain, was not billed"
    OPEN = "uncertain, may be on the next invoice"  # it began so late that it may have been billed after midnight
    DIFFERS = "amount differs"
    ONLY_INVOICE = "only in the invoice"
    ONLY_LEDGER = "only in the ledger"


UNEXPLAINED = (Match.DIFFERS, Match.ONLY_INVOICE, Match.ONLY_LEDGER)


@dataclass(frozen=True, slots=True)
class Pair:
    """A call of ours and the line of the invoice for it; one of them may be missing, and its amount is None then."""

    match: Match
    call: str
    line: str
    time: datetime
    model: str
    ours: Usd | None
    billed: Usd | None


@dataclass(frozen=True, slots=True)
class Reconciled:
    """All pairs in the order of time, and the sums of both sides over them."""

    pairs: tuple[Pair, ...]
    provenance: str

    @property
    def is_explained(self) -> bool:
        return not any(pair.match in UNEXPLAINED for pair in self.pairs)

    @property
    def ours(self) -> Usd:
        return sum((pair.ours for pair in self.pairs if pair.ours is not None), Usd(0))

    @property
    def billed(self) -> Usd:
        return sum((pair.billed for pair in self.pairs if pair.billed is not None), Usd(0))

    def settled(self) -> list[Charge]:
        """What uncertain charges turned out to be, for `correct`."""
        charges = []
        for pair in self.pairs:
            if pair.match is Match.BILLED and pair.billed is not None:
                charges.append(Charge(pair.call, pair.billed, f"{_BILLED_AS}{pair.line} in {self.provenance}", True))
            elif pair.match is Match.NOT_BILLED:
                charges.append(Charge(pair.call, Usd(0), f"{_NOT_BILLED}{self.provenance}", True))
        return charges


def days_of(invoice: InvoiceFile) -> Span:
    """The whole days of UTC that an invoice is about: from its first line's to its last line's."""
    first, last = (line.time.replace(hour=0, minute=0, second=0, microsecond=0) for line in _ends(invoice))
    return Span(first, last + timedelta(days=1))


def reconcile(calls: Sequence[tuple[Usage, Charge]], invoice: InvoiceFile, span: Span) -> Reconciled:
    """Compare the lines of an invoice of the time `span` with calls of that time and of MARGIN around it.

    Pairs are made by the id of the provider's answer. Then each uncertain call without an answer takes the first line
    left of its model that came within BILLED_WITHIN after it began and is not above its most; windows are equally
    long, so the earliest call first finds the most pairs. A call outside `span` that has no line is not reported.
    """
    lines: dict[str, Billed] = {}
    pairs, twice = list[Pair](), list[Billed]()
    for line in invoice.lines:
        twice += [line] if line.id in lines else []
        lines.setdefault(line.id, line)
    silent = []
    for usage, charge in calls:
        name = _line_of(usage, charge)
        found = lines.pop(name, None) if name else None
        if found is not None:
            pairs.append(_pair(usage, charge, found))
        else:
            silent.append((usage, charge))
    left = [*lines.values(), *twice]
    for usage, charge in sorted(silent, key=lambda call: call[0].time):
        guess = None if charge.is_certain else next((line for line in left if _fits(usage, charge, line)), None)
        if guess is not None:
            left.remove(guess)
            pairs.append(_pair(usage, charge, guess))
        elif span.since <= usage.time < span.until and (charge.amount.nano or not charge.is_certain):
            match = Match.NOT_BILLED if usage.time + BILLED_WITHIN < span.until else Match.OPEN
            match = Match.ONLY_LEDGER if charge.is_certain else match
            pairs.append(Pair(match, usage.call, "", usage.time, _model(usage), charge.amount, None))
    pairs += [Pair(Match.ONLY_INVOICE, "", line.id, line.time, line.model, None, line.cost) for line in left]
    return Reconciled(tuple(sorted(pairs, key=lambda pair: (pair.time, pair.call))), invoice.provenance)


def is_settled(charge: Charge) -> bool:
    """Whether what stands for a call comes from an invoice."""
    return charge.price.startswith((_BILLED_AS, _NOT_BILLED))


def _pair(usage: Usage, charge: Charge, line: Billed) -> Pair:
    known = Match.EQUAL if charge.amount == line.cost else Match.DIFFERS
    match = known if charge.is_certain else Match.BILLED
    return Pair(match, usage.call, line.id, usage.time, _model(usage), charge.amount, line.cost)


def _line_of(usage: Usage, charge: Charge) -> str:
    """The id under which a call was billed, as far as we know it."""
    if charge.price.startswith(_BILLED_AS):
        return charge.price.removeprefix(_BILLED_AS).partition(" ")[0]
    return usage.completion


def _fits(usage: Usage, charge: Charge, line: Billed) -> bool:
    in_time = usage.time <= line.time <= usage.time + BILLED_WITHIN
    return in_time and line.cost <= charge.amount and without_edition(line.model) == without_edition(_model(usage))


def _model(usage: Usage) -> str:
    return usage.answering_model or usage.requested_model


def _ends(invoice: InvoiceFile) -> tuple[Billed, Billed]:
    return invoice.lines[0], invoice.lines[-1]
