"""`matinee up`: the whole life of the service on this machine, against a simulated site."""

from __future__ import annotations

import signal
import sys
import threading
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click
import numpy as np

from api import Address
from core.backends import PortUrl, masked
from core.clock import SystemClock
from core.errors import SettingError, WorldError
from core.settings import Settings
from matinee.comparison import Billed, Comparison, LogPart, size, spoilt_effect
from matinee.event_intake import take_events
from matinee.interruption import InterruptibleClock
from matinee.live import LiveIngest, Retraining, ServiceProcess, WorkerProcess
from matinee.measured import Measured
from matinee.model_operator import ModelOperator
from matinee.record_import import import_movies, import_users
from matinee.simulate_commands import DEFAULT, build_world, first_day_of_history
from matinee.simulate_endpoint import PORT as LLM_PORT
from matinee.training_commands import train_once
from matinee.up_page import print_answer, print_line, print_summary, stage
from matinee.wiring import licence_by_movie
from simulator import (
    LOG,
    SPOILT,
    Behaviour,
    Caller,
    DirectoryServer,
    LlmEndpoint,
    PriceChange,
    Timetable,
    Totals,
    Truth,
    World,
    WorldSize,
    settle_log,
)

SEED = 1
VISITS = 300  # of the simulated users, before the summary
VISITS_A_SECOND = 30.0
MINUTE_S = 0.02  # of a film: the longest one ends within four seconds
ROUND_S = 5.0  # from one line about the visits to the next
RETRAIN_S = 60.0
LLM_MODEL = "gpt-4o-mini"  # whose prices the stand-in bills
DAY_S = 86_400
INGEST_WAIT_S = 20.0


@click.command()
@click.option("--once", is_flag=True, help="End after the summary instead of serving until Ctrl-C.")
@click.option("--users", default=DEFAULT.users, show_default=True, help="Users of a new world.")
@click.option("--movies", default=DEFAULT.movies, show_default=True, help="Films of a new world.")
@click.option(
    "--visits", default=VISITS, show_default=True, type=click.IntRange(1), help="Visits before the summary."
)
@click.option(
    "--timetable",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file of trouble, as of `simulate live`; hours count from the first visit: 0.001 is 3.6 seconds.",
)
@click.pass_context
def up(ctx: click.Context, once: bool, users: int, movies: int, visits: int, timetable: Path | None) -> None:
    """Simulated site, ingest, training, service, worker, visitors, retraining; goes on until Ctrl-C.

    Users, films and their tastes are invented, a minute of a film passes in a fiftieth of a second, and the LLM is a
    stand-in that knows what every user means; everything else is what runs in production. A world, a log position
    and models in MATINEE_HOME are used again.
    """
    settings: Settings = ctx.obj
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: the service must not outlive us
    log = f"file:{settings.world / LOG}"
    if settings.events != log:
        raise SettingError(
            f"MATINEE_EVENTS is {masked(settings.events)!r}, but `matinee up` lives on its own simulated log: unset "
            "it, or run the parts (ingest, train, serve) by themselves"
        )
    for address in (Address(settings.host, settings.port), Address(settings.ops_host, settings.ops_port)):
        address.check_free()  # now rather than after the training
    clock = SystemClock()
    _troubles(timetable, clock)  # refused now rather than after the training
    with stage("a simulated site (stand-in: users, films and tastes are invented)"):
        if World.stands_in(settings.world):
            click.echo(f"  the world in {settings.world} is used again")
        else:
            size = WorldSize(users, movies)
            world = build_world(settings, size, SEED, first_day_of_history(size, clock.now().date()))
            click.echo(f"  {users:,} users, {movies:,} films, {len(world.log):,} log lines")
    settle_log(settings.world / LOG)
    site = urlsplit(settings.directory)
    with (
        DirectoryServer(settings.world, site.port or 80, host=site.hostname or "127.0.0.1"),
        _llm(settings) as llm,
    ):
        click.echo(f"\na stand-in for an LLM answers on {llm.url}/v1: it knows what every user means")
        with stage("ingest: the log, the films and the users"):
            pumped = take_events(
                settings, log, clock, threading.Event(), follow=False, from_start=False, progress=lambda *_: None
            )
            click.echo(f"  {pumped.lines:,} lines, {pumped.rejected.total():,} rejected")
            films = import_movies(settings, settings.directory, False, clock)
            people = import_users(settings, settings.directory, False, clock)
            source = masked(settings.directory)
            click.echo(f"  {films.count.new:,} new films, {people.count:,} new users, from {source}")
        with stage("training"):
            train_once(settings)
            click.echo("every model beside it: matinee evaluate, matinee compare")
        completer, before_calls = _completer(settings, llm), _Begin.now(settings, llm)
        with stage("the words of those who signed up, understood by titles and, for the rest, by the stand-in"):
            WorkerProcess.work_off(completer)
        _serve(settings, llm, before_calls, log, clock, visits, once, timetable)


def _troubles(timetable: Path | None, clock: SystemClock) -> Timetable:
    """The trouble of a run that begins now."""
    return Timetable() if timetable is None else Timetable.load(timetable, clock.now())


def _llm(settings: Settings) -> LlmEndpoint:
    """The stand-in, on the port of this machine that the settings name for the LLM, else on LLM_PORT, else on any."""
    named = urlsplit(settings.completer)
    if named.scheme == "openai" and named.hostname in ("127.0.0.1", "localhost") and named.port:
        return LlmEndpoint(settings.world, named.port)
    try:
        return LlmEndpoint(settings.world, LLM_PORT)
    except WorldError:  # the port is taken
        return LlmEndpoint(settings.world)


def _completer(settings: Settings, llm: LlmEndpoint) -> str:
    """Whom the worker asks: the stand-in, unless the settings name somebody else."""
    if PortUrl.parse(settings.completer).scheme != "rules":
        return settings.completer
    return f"openai://{llm.url.removeprefix('http://')}/v1?model={LLM_MODEL}&priced_as={LLM_MODEL}"


def _serve(
    settings: Settings,
    llm: LlmEndpoint,
    before_calls: _Begin,
    log: str,
    clock: SystemClock,
    visits: int,
    once: bool,
    timetable: Path | None,
) -> None:
    """Serve, let the simulated users visit, train again meanwhile, and say what came of it."""
    begin = _Begin.now(settings, llm).with_calls_of(before_calls)
    address = f"http://127.0.0.1:{settings.port}"
    users = len(Truth.load(settings.world).user_ids)
    pace = Behaviour(visits_a_day=VISITS_A_SECOND * DAY_S / users, minute_s=MINUTE_S)
    with (
        ServiceProcess(settings, clock) as service,
        LiveIngest(settings, log, clock) as ingest,
        Retraining(settings, clock) as retraining,
        WorkerProcess(_completer(settings, llm)) as worker,
    ):
        operator = ModelOperator(settings, service, retraining, clock, SEED)
        answers = deque[str](maxlen=visits)  # what is answered after the summary is not compared
        trouble, site_clock = _troubles(timetable, clock), InterruptibleClock(clock)
        with Caller(
            settings.world,
            address,
            clock=site_clock,
            stopwatch=clock,
            rng=np.random.default_rng(SEED),
            behaviour=pace,
            timetable=trouble,
            operator=operator,
            answered=answers.append,
        ) as caller:
            with stage(f"{visits} visits of simulated users to {address}, and training on them"):
                first, last = visits // 2, visits - visits // 2
                with site_clock.woken_by_signals():
                    _visit(caller, first, clock, service)
                if not operator.is_out:
                    retraining.start()
                with site_clock.woken_by_signals():
                    _visit(caller, last, clock, service)
                report = caller.finish()
                retraining.wait()
                comparison = _compare(settings, report.totals, llm, answers, begin, trouble, clock)
                print_summary(settings, report, comparison)
                print_answer(f"{address}/recommend/1")
            if not once:
                with site_clock.woken_by_signals():
                    _go_on(settings, caller, service, ingest, retraining, worker, operator, clock)
    if not comparison.agrees():
        click.echo("matinee: what the site knows and what was measured do not agree: see the figures above", err=True)
        sys.exit(1)


def _visit(caller: Caller, visits: int, clock: SystemClock, service: ServiceProcess) -> None:
    """Make visits, with a line about them every few seconds and at the end."""
    said_s = clock.monotonic()
    for left in reversed(range(visits)):
        report = caller.run(1)
        if not left or clock.monotonic() - said_s >= ROUND_S:
            said_s = clock.monotonic()
            service.check()
            print_line(report, service, clock)


def _go_on(
    settings: Settings,
    caller: Caller,
    service: ServiceProcess,
    ingest: LiveIngest,
    retraining: Retraining,
    worker: WorkerProcess,
    operator: ModelOperator,
    clock: SystemClock,
) -> None:
    """Visits and a line about them every few seconds, a training now and then, until Ctrl-C."""
    click.echo(f"\nserving; try: curl -i http://127.0.0.1:{settings.port}/recommend/1   (Ctrl-C ends)")
    try:
        while True:
            report = caller.run_until(clock.now() + timedelta(seconds=ROUND_S))
            service.check()
            ingest.check()
            retraining.check()
            worker.check()
            if retraining.age_s >= RETRAIN_S and not operator.is_out:
                retraining.start()
            print_line(report, service, clock)
    except KeyboardInterrupt:
        click.echo("\nstopping")


@dataclass(frozen=True)
class _Begin:
    """What was there before the visits: figures, bytes of the log and of its spoilt lines, calls billed."""

    measured: Measured
    log: int
    spoilt: int
    billed: int

    @classmethod
    def now(cls, settings: Settings, llm: LlmEndpoint) -> _Begin:
        world = settings.world
        return cls(Measured.now(settings), size(world / LOG), size(world / SPOILT), len(llm.invoice.lines()))

    def with_calls_of(self, earlier: _Begin) -> _Begin:
        """The same, but with the calls of the language model counted from an earlier time on."""
        calls = {name: getattr(earlier.measured, name) for name in ("llm_calls", "llm_tokens", "llm_cost")}
        return replace(self, measured=replace(self.measured, **calls), billed=earlier.billed)


def _compare(
    settings: Settings,
    true: Totals,
    llm: LlmEndpoint,
    answers: Collection[str],
    begin: _Begin,
    trouble: Timetable,
    clock: SystemClock,
) -> Comparison:
    """Hold both against each other, when recorder, ingest and worker have caught up or had time to.

    Films that somebody found alone may be new to us: their fees are asked for.
    """
    until = clock.monotonic() + INGEST_WAIT_S
    part = LogPart.since(settings.world / LOG, begin.log, begin.spoilt)
    changed = any(change.start <= clock.now() for _, change in trouble.of(PriceChange))
    while True:
        measured = Measured.now(settings, answers).since(begin.measured)
        spoilt = spoilt_effect(part, licence_by_movie(settings.events_db), settings.stars_max)
        billed = Billed.of(llm.invoice.lines()[begin.billed :])
        comparison = Comparison(true, billed, measured, spoilt, changed)
        if comparison.agrees() or clock.monotonic() > until:
            return comparison
        if measured.unpriced:
            import_movies(settings, settings.directory, False, clock)
        clock.sleep(0.25)
