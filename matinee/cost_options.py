"""Options that the cost commands share: a span of time, read from days or hours of UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from core.errors import NothingToReport
from telemetry import EVER, CostReport, Span

_FORMS = ("%Y-%m-%d", "%Y-%m-%dT%H", "%Y-%m-%dT%H:%M")


def between(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --since and --until, to be read by `span_of`."""
    since = click.option("--since", type=click.DateTime(_FORMS), help="First day or full hour, UTC.")
    until = click.option("--until", type=click.DateTime(_FORMS), help="The day or hour before which it ends, UTC.")
    return since(until(command))


def span_of(since: datetime | None, until: datetime | None) -> Span:
    """The span that two options name; all of time where they name none. Raises NothingToReport for none at all."""
    try:
        return Span(
            EVER.since if since is None else since.replace(tzinfo=UTC),
            EVER.until if until is None else until.replace(tzinfo=UTC),
        )
    except ValueError as error:
        raise NothingToReport(str(error)) from error


def day_of(now: datetime, ago: int = 0) -> Span:
    """A whole day of UTC: today, or some days ago."""
    begin = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=ago)
    return Span(begin, begin + timedelta(days=1))


def refuse_nothing(report: CostReport) -> None:
    """Raises NothingToReport when the ledger holds no list, no play and no call."""
    if report.hours() is None:
        raise NothingToReport("the ledger is empty: no list, no play and no call of a language model is in it yet")
