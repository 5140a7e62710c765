"""`matinee simulate live`: the simulated users against a service, at any speed."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import click
import numpy as np

from core.clock import Clock, ManualClock, SystemClock
from core.settings import Settings
from matinee.interruption import InterruptibleClock
from matinee.number_option import FiniteRange
from simulator import LOG_SINKS, Behaviour, BrokenForm, Caller, CallerReport, ScaledClock, Timetable, end_of_log


@click.command()
@click.option("--url", help="The service; default: the one on this machine at MATINEE_PORT.")
@click.option(
    "--speed",
    type=FiniteRange(0.001, 1e6),
    help="How many times as fast as time; without it as fast as possible.",
)
@click.option("--days", default=1.0, show_default=True, type=FiniteRange(0, 36_500, min_open=True))
@click.option(
    "--visits-a-day",
    default=Behaviour().visits_a_day,
    show_default=True,
    type=FiniteRange(0, min_open=True),
    help="Of a user of mean activity.",
)
@click.option(
    "--timetable",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file of trouble: tables [[trouble]] with kind, start_h, end_h.",
)
@click.option("--also", metavar="URL", help="Write the lines to kafka://BROKER:9092/TOPIC as well.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.pass_obj
def live(
    settings: Settings,
    url: str | None,
    speed: float | None,
    days: float,
    visits_a_day: float,
    timetable: Path | None,
    also: str | None,
    seed: int,
) -> None:
    """Let the users of the world in MATINEE_HOME/world live on, and ask the service for recommendations.

    The site's time goes on where its log ends. The truth of all runs is in truth.json beside the log. Ctrl-C and
    SIGTERM end a run before its time, with its truth.
    """
    begin, real = end_of_log(settings.world), SystemClock()
    end = begin + timedelta(days=days)
    clock = InterruptibleClock(ManualClock(begin) if speed is None else ScaledClock(real, begin, speed))
    trouble = Timetable() if timetable is None else Timetable.load(timetable, begin)
    hidden = not sys.stderr.isatty()
    with (
        clock.woken_by_signals(),
        Caller(
            settings.world,
            url or f"http://127.0.0.1:{settings.port}",
            clock=clock,
            stopwatch=real,
            rng=np.random.default_rng(seed),
            behaviour=Behaviour(visits_a_day=visits_a_day),
            timetable=trouble,
            also=None if also is None else LOG_SINKS.open(also),
            operator=lambda form: _told(clock, form),
        ) as caller,
        click.progressbar(length=1000, label="live", file=sys.stderr, hidden=hidden) as bar,
    ):
        try:
            caller.run_until(end, lambda now: bar.update(int((now - begin) / (end - begin) * 1000) - bar.pos))
        except KeyboardInterrupt:
            click.echo("stopped before the end", err=True)
    click.echo(_page(caller.report()))


def _told(clock: Clock, form: BrokenForm | None) -> bool:
    """Tell whoever reads this what the timetable wants of the operator; nobody has done it when it returns."""
    wanted = "take the broken model back" if form is None else f"release a broken model ({form})"
    click.echo(f"{clock.now():%Y-%m-%d %H:%M} operator, {wanted}: the simulated site can not", err=True)
    return False


def _page(report: CallerReport) -> str:
    totals = report.totals
    return (
        f"{report.visits:,} visits of simulated users: {totals.requests:,} requests ({totals.answered:,} answered, "
        f"{totals.late:,} late, {totals.failed:,} failed, slowest {report.slowest_ms} ms)\n"
        f"{totals.plays:,} plays, {totals.minutes:,} minutes, {totals.ratings:,} ratings, {totals.accounts:,} "
        f"new accounts, licence fees ${totals.fees}"
    )
