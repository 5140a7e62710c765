"""`matinee up`: the whole life of the service on this machine, against a simulated site."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import click
import numpy as np
import requests

from api import Address
from core.clock import SystemClock
from core.errors import SettingError
from core.settings import Settings
from ingest import EventReader
from matinee.event_intake import take_events
from matinee.live import LiveIngest, ServiceProcess
from matinee.model_commands import evaluate, train
from matinee.record_import import import_movies, import_users
from matinee.simulate_commands import DEFAULT, build_world, first_day_of_history
from simulator import Caller, CallerReport, DirectoryServer, World, WorldSize
from telemetry import Ledger, LedgerCounts

SEED = 1
VISITS = 300  # of the simulated users, before the summary
VISITS_PER_ROUND = 20
ROUND_S = 5.0  # after the summary: a round of visits and a line about it
INGEST_WAIT_S = 20.0


@dataclass(frozen=True)
class Tally:
    """What three witnesses counted of the same requests: the caller, the ledger and the ingested log."""

    caller: CallerReport
    decisions: int
    requests: int

    def agrees(self) -> bool:
        """Whether every answered request is one decision and every request is one row of the ingested log."""
        asked = self.caller.answered + self.caller.late + self.caller.failed
        return asked == self.requests and self.caller.answered <= self.decisions <= asked


@click.command()
@click.option("--once", is_flag=True, help="End after the summary instead of serving until Ctrl-C.")
@click.option("--users", default=DEFAULT.users, show_default=True, help="Users of a new world.")
@click.option("--movies", default=DEFAULT.movies, show_default=True, help="Films of a new world.")
@click.option(
    "--visits", default=VISITS, show_default=True, type=click.IntRange(1), help="Visits before the summary."
)
@click.pass_context
def up(ctx: click.Context, once: bool, users: int, movies: int, visits: int) -> None:
    """Simulated site, ingest, training, evaluation, service and visitors; goes on until Ctrl-C.

    Users, films and their tastes are invented; everything else is what runs in production. A world, a log position
    and models that are in MATINEE_HOME already are used again.
    """
    settings: Settings = ctx.obj
    log = f"file:{settings.world / 'movielog.log'}"
    if settings.events != log:
        raise SettingError(
            f"MATINEE_EVENTS is {settings.events!r}, but `matinee up` lives on its own simulated log: unset it, "
            "or run the parts (ingest, train, serve) by themselves"
        )
    for address in (Address(settings.host, settings.port), Address(settings.ops_host, settings.ops_port)):
        address.check_free()  # now rather than after the training
    clock = SystemClock()
    with _stage("a simulated site (stand-in: users, films and tastes are invented)"):
        if World.stands_in(settings.world):
            click.echo(f"  the world in {settings.world} is used again")
        else:
            size = WorldSize(users, movies)
            world = build_world(settings, size, SEED, first_day_of_history(size, clock.now().date()))
            click.echo(f"  {users:,} users, {movies:,} films, {len(world.log):,} log lines")
    site = urlsplit(settings.directory)
    with DirectoryServer(settings.world, site.port or 80, host=site.hostname or "127.0.0.1"):
        with _stage("ingest: the log, the films and the users"):
            pumped = take_events(
                settings, log, clock, threading.Event(), follow=False, from_start=False, progress=lambda *_: None
            )
            click.echo(f"  {pumped.lines:,} lines, {pumped.rejected.total():,} rejected")
            films = import_movies(settings, settings.directory, False, clock)
            people = import_users(settings, settings.directory, False, clock)
            click.echo(f"  {films.count.new:,} new films, {people.count:,} new users, from {settings.directory}")
        with _stage("training"):
            ctx.invoke(train)
        with _stage("evaluation"):
            ctx.invoke(evaluate)
        _serve(settings, log, clock, visits, once)


def _serve(settings: Settings, log: str, clock: SystemClock, visits: int, once: bool) -> None:
    """Serve, let the simulated users visit, and say what came of it."""
    before = _counts(settings)
    requests_before = EventReader(settings.events_db).counts()["requests"]
    address = f"http://127.0.0.1:{settings.port}"
    caller = Caller(settings.world, address, clock=clock, rng=np.random.default_rng(SEED))
    with ServiceProcess(settings, clock) as service, LiveIngest(settings, log, clock) as ingest:
        with _stage(f"{visits} visits of simulated users to {address}"):
            with click.progressbar(
                length=visits, label="visits", file=sys.stderr, hidden=not sys.stderr.isatty()
            ) as bar:
                caller.run(visits, bar.update)
            tally = _tally(settings, caller.report(), before, requests_before, clock)
            _print_summary(settings, tally)
            _print_answer(f"{address}/recommend/1")
        if not once:
            _go_on(settings, caller, service, ingest, clock)
    if not tally.agrees():
        click.echo("matinee: caller, ledger and log do not agree: see the figures above", err=True)
        sys.exit(1)


def _go_on(
    settings: Settings, caller: Caller, service: ServiceProcess, ingest: LiveIngest, clock: SystemClock
) -> None:
    """Visits and a line about them every few seconds, until Ctrl-C."""
    click.echo(f"\nserving; try: curl -i http://127.0.0.1:{settings.port}/recommend/1   (Ctrl-C ends)")
    try:
        while True:
            report = caller.run(VISITS_PER_ROUND)
            service.check()
            ingest.check()
            click.echo(
                f"{clock.now():%H:%M:%S}  {report.answered:,} answered, {report.late} late, {report.failed} failed, "
                f"slowest {report.slowest_ms} ms, {report.plays:,} plays, {report.ratings:,} ratings"
            )
            clock.sleep(ROUND_S)
    except KeyboardInterrupt:
        click.echo("\nstopping")


def _tally(
    settings: Settings, report: CallerReport, before: LedgerCounts | None, requests_before: int, clock: SystemClock
) -> Tally:
    """Count on all three sides, when recorder and ingest have caught up or had time to."""
    asked = report.answered + report.late + report.failed
    until = clock.monotonic() + INGEST_WAIT_S
    while True:
        counts = _counts(settings)
        decisions = (counts.decisions if counts else 0) - (before.decisions if before else 0)
        requests = EventReader(settings.events_db).counts()["requests"] - requests_before
        if (decisions >= report.answered and requests >= asked) or clock.monotonic() > until:
            return Tally(report, decisions, requests)
        clock.sleep(0.1)


def _counts(settings: Settings) -> LedgerCounts | None:
    return Ledger(settings.ledger_db).counts() if settings.ledger_db.exists() else None


def _print_summary(settings: Settings, tally: Tally) -> None:
    report = tally.caller
    click.echo(
        f"  {report.answered:,} answered, {report.late} later than 600 ms, {report.failed} failed, "
        f"slowest {report.slowest_ms} ms"
    )
    click.echo(f"  {tally.decisions:,} decisions in the ledger, {tally.requests:,} requests in the ingested log")
    click.echo(f"  {report.plays:,} plays and {report.ratings:,} ratings came of it")
    if report.affinity is not None and report.popular_affinity is not None:
        click.echo(
            f"  true liking of the films shown {report.affinity:.3f}, of popular films {report.popular_affinity:.3f} "
            "(known only to the simulator)"
        )
    click.echo(f"  films shown to users too young for them: {report.unsuitable}")
    ops = f"http://{settings.ops_host}:{settings.ops_port}"
    click.echo(f"  ops pages while it serves: {ops}/readyz {ops}/metrics {ops}/version")


def _print_answer(url: str) -> None:
    """What a caller gets, and how to look at it again."""
    answer = requests.get(url, timeout=1)
    first = ", ".join(answer.text.split(",")[:3])
    click.echo(f"  curl {url} gives {first}, ...")
    click.echo(f"  how that came about: matinee trace {answer.headers['X-Request-Id']}")


@contextmanager
def _stage(title: str) -> Iterator[None]:
    """A stage with its title before and its time after."""
    clock = SystemClock()
    begin = clock.monotonic()
    click.echo(f"\n== {title}")
    yield
    click.echo(f"   {clock.monotonic() - begin:.1f} s")
