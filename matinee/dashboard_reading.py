"""One reading of the dashboard: the reports that its panels share, each opened when the first panel asks for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from api import Draw, Figures
from core.settings import Settings
from matinee.cost_options import day_of, refuse_nothing
from telemetry import EVER, CallReport, CostGroup, CostLine, CostReport, CostTable, Span, View

HOURS_SHOWN_DAYS = 2  # spans up to so many days are shown by the hour


class Reading:
    """Costs and calls over the last `days` days of UTC, today included; 0: over all that there is."""

    def __init__(self, settings: Settings, now: datetime, days: int, opened: ExitStack) -> None:
        """What is opened is closed with `opened`."""
        self.settings = settings
        self.now = now
        self.span = EVER if not days else Span(day_of(now, days - 1).since, EVER.until)
        self.days = days
        self._opened = opened
        self._tables: dict[tuple[CostGroup, View], CostTable] = {}

    @property
    def since(self) -> str:
        """The option that gives a command this span, with a space before it; empty for all of time."""
        return f" --since {self.span.since:%Y-%m-%d}" if self.days else ""

    @property
    def times(self) -> CostGroup:
        """By what a panel over time is added up."""
        return CostGroup.HOUR if 0 < self.days <= HOURS_SHOWN_DAYS else CostGroup.DAY

    @cached_property
    def costs(self) -> CostReport:
        """Raises NothingToReport when there is none."""
        report = self._opened.enter_context(closing(CostReport(self.settings.ledger_db)))
        refuse_nothing(report)
        return report

    @cached_property
    def calls(self) -> CallReport:
        """Raises StoreError when there is no ledger."""
        return self._opened.enter_context(closing(CallReport(self.settings.ledger_db)))

    def by(self, group: CostGroup, view: View = View.CASH) -> CostTable:
        """The cost report of the span, read once. Raises NothingToReport when there is none."""
        if (group, view) not in self._tables:
            self._tables[group, view] = self.costs.by(group, self.span, view)
        return self._tables[group, view]

    def total(self) -> CostLine:
        """All costs of the span."""
        return self.by(self.times).total


@dataclass(frozen=True)
class PanelSource:
    """How a panel comes about. `command` has {since}, {times} and {days} where they belong."""

    name: str
    title: str
    says: str
    command: str
    draw: Draw
    read: Callable[[Reading], Figures]
