"""The forecast of a month's cost, by a simple method that can be checked by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core.money import Usd
from telemetry import per

DAYS = 7  # the last whole days: every day of the week once

METHOD = (
    f"what the month's whole days did cost, and for today and each day left the mean of the last {DAYS} whole days"
    " (of as many as there are)"
)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a month will cost: `spent` on its whole days so far, `a_day` for each of the `days_left`, today included.

    from_days : whole days that `a_day` is the mean of.
    """

    spent: Usd
    a_day: Usd
    from_days: int
    days_left: int

    @property
    def month(self) -> Usd:
        return self.spent + Usd(self.a_day.nano * self.days_left)


def forecast(cost_by_day: Mapping[date, Usd], today: date) -> Forecast | None:
    """METHOD. cost_by_day : whole days before today; a day that is absent within them did cost nothing.

    None without a whole day to go by.
    """
    if not cost_by_day or min(cost_by_day) >= today:
        return None
    first = today.replace(day=1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    begin = max(today - timedelta(days=DAYS), min(cost_by_day))
    from_days = (today - begin).days
    last = sum(nano.nano for day, nano in cost_by_day.items() if begin <= day < today)
    a_day = per(Usd(last), from_days)
    assert a_day is not None
    spent = sum(cost.nano for day, cost in cost_by_day.items() if first <= day < today)
    return Forecast(Usd(spent), a_day, from_days, (next_month - today).days)
