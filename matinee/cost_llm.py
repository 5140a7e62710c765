"""What the cost commands ask of language models beyond the ledger's sums: worth of the cache, use of the budget."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from core.errors import PriceUnknown
from core.money import Usd
from core.settings import Settings
from llm import Calls, Limits, Spending, WorkStore
from telemetry import CallReport, Prices, Span


@dataclass(frozen=True, slots=True)
class Saved:
    """What the cache saved: the worth of `hits` calls, without those of `unpriced` ones, which no table knows."""

    hits: int
    worth: Usd
    unpriced: int


def saved(calls: CallReport, prices: Prices, span: Span) -> Saved | None:
    """At the price of the day on which each call would have been made; None when the cache saved nothing."""
    hits = nano = unpriced = 0
    for count, usage in calls.saved(span):
        hits += count
        try:
            nano += count * prices.saved(usage).nano
        except PriceUnknown:
            unpriced += count
    return Saved(hits, Usd(nano), unpriced) if hits else None


def spending(settings: Settings, now: datetime) -> Spending | None:
    """How today's budget stands; None when no worker has run."""
    if not settings.work_db.exists():
        return None
    limits = Limits(settings.llm_day_usd, settings.llm_user_usd, settings.llm_in_flight)
    with closing(WorkStore(settings.work_db)) as store:
        return Calls(store, limits).spending(now)
