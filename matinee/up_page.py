"""What `matinee up` prints."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
import requests

from core.clock import SystemClock
from core.settings import Settings
from matinee.comparison import Comparison
from matinee.live import ServiceProcess
from simulator import CallerReport


def print_line(report: CallerReport, service: ServiceProcess, clock: SystemClock) -> None:
    """What the visits brought so far."""
    totals = report.totals
    click.echo(
        f"{clock.now():%H:%M:%S}  {totals.answered:,} answered, {totals.late} late, {totals.failed} failed, slowest "
        f"{report.slowest_ms} ms; {totals.accounts} sign-ups, {totals.plays:,} plays, {totals.ratings:,} ratings, "
        f"fees ${totals.fees}; model {service.model}"
    )


def print_summary(settings: Settings, report: CallerReport, comparison: Comparison) -> None:
    """The first visits, with what the site knows of them beside what was measured."""
    totals = report.totals
    click.echo(
        f"  {totals.answered:,} answered, {totals.late} later than 600 ms, {totals.failed} failed, "
        f"slowest {report.slowest_ms} ms; {comparison.measured.decisions:,} decisions in the ledger"
    )
    for line in comparison.table():
        click.echo(line)
    if report.affinity is not None and report.popular_affinity is not None:
        click.echo(
            f"  true liking of the films shown {report.affinity:.3f}, of popular films {report.popular_affinity:.3f}"
        )
    click.echo(f"  films shown to users too young for them: {report.unsuitable}")
    ops = f"http://{settings.ops_host}:{settings.ops_port}"
    click.echo(f"  every dollar as pictures: {ops}/dashboard")
    click.echo(f"  ops pages while it serves: {ops}/readyz {ops}/metrics {ops}/version")


def print_answer(url: str) -> None:
    """What a caller gets, and how to look at it again."""
    answer = requests.get(url, timeout=1)
    first = ", ".join(answer.text.split(",")[:3])
    click.echo(f"  curl {url} gives {first}, ...")
    click.echo(f"  how that came about: matinee trace {answer.headers['X-Request-Id']}")


@contextmanager
def stage(title: str) -> Iterator[None]:
    """A stage with its title before and its time after."""
    clock = SystemClock()
    begin = clock.monotonic()
    click.echo(f"\n== {title}")
    yield
    click.echo(f"   {clock.monotonic() - begin:.1f} s")
