"""`matinee worker`: new accounts are understood in the background; backfill, status, dead letters."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

import click

from core.clock import Clock, SystemClock
from core.errors import NothingToReport, SettingError, StoreError
from core.money import Usd
from core.settings import Settings
from core.user import User
from llm import Jobs, Patience, Tastes, WorkStore, undelivered
from llm.forecast import SAMPLE, Forecast, forecast
from llm.jobs import JobCounts
from llm.prompt_files import PromptFile
from llm.tokens import TokenCounter
from matinee import worker_wiring
from matinee.store_files import StoreFiles
from matinee.worker_wiring import PROMPT, Works, calls_of
from telemetry import Prices

WATCH_S = 2.0  # between two looks at whether the stores are still the ones that were opened
BAR_S = 0.5  # between two steps of the progress bar


@click.group(invoke_without_command=True)
@click.option("--once", is_flag=True, help="End when nothing is left to do instead of waiting for more.")
@click.pass_context
def worker(ctx: click.Context, once: bool) -> None:
    """Understand what new users write, until SIGTERM or Ctrl-C. Any number of workers may share the work.

    Sign-ups come from the event log's store, texts from the user API; MATINEE_COMPLETER says who understands what
    titles leave open. Sign-ups in the event log are taken up from the first one on, without a forecast of the cost;
    users whose texts were known before the first worker ran wait for `matinee worker backfill`.
    """
    if ctx.invoked_subcommand is not None:
        return
    clock = SystemClock()
    with worker_wiring.worker(ctx.obj, clock) as works:
        works.feeder.begin(clock.now())
        click.echo(f"working; {_who(works)}", err=True)
        asyncio.run(_run(works, until_empty=once))


@worker.command()
@click.option("--yes", is_flag=True, help="Do not ask before money is spent.")
@click.pass_obj
def backfill(settings: Settings, yes: bool) -> None:
    """Understand all users who wrote something and are not understood yet, after a forecast of the cost.

    Read again are users with words that titles left open, once a language model is set; and users with such words, or
    of whom nothing was understood, once the catalogue changed.
    """
    clock = SystemClock()
    with worker_wiring.worker(settings, clock) as works:
        works.feeder.begin(clock.now())
        waiting, again = works.to_backfill()
        if waiting:
            click.echo(_forecast_line(_forecast(settings, waiting, works, clock), works, settings))
            if not yes and works.completer.model:
                _confirm()
            works.feeder.backfill(clock.now())
            works.again.put(again, clock.now())
        asyncio.run(_with_bar(works))
        click.echo(_counts_line(works.jobs.counts()))


@worker.command()
@click.option("--json", "as_json", is_flag=True, help="Stable keys, for programs.")
@click.pass_obj
def status(settings: Settings, as_json: bool) -> None:
    """Show the queue, the tastes, and today's budget."""
    now = SystemClock().now()
    if not settings.work_db.exists():
        raise NothingToReport(f"there is no {settings.work_db}: no worker has run yet")
    with closing(WorkStore(settings.work_db)) as store, closing(Tastes(settings.work_db)) as tastes:
        counts = Jobs(store, Patience(), random.Random()).counts()  # noqa: S311  nothing is drawn
        spending = calls_of(settings, store).spending(now)
        taste_counts = tastes.counts()
        report: dict[str, Any] = {
            "waiting": counts.waiting,
            "running": counts.running,
            "done": counts.done,
            "dead": counts.dead,
            "oldest_waiting_s": {str(one.name.lower()): _age_s(at, now) for one, at in counts.oldest_waiting.items()},
            "tastes": taste_counts.tastes,
            "tastes_with_films": taste_counts.with_films,
            "spent_today_usd": str(spending.spent),
            "reserved_usd": str(spending.reserved),
            "budget_day_usd": str(settings.llm_day_usd),
            "in_flight": spending.in_flight,
            "undelivered_usages": undelivered(store),
        }
    click.echo(json.dumps(report, indent=2) if as_json else "\n".join(f"{key}: {report[key]}" for key in report))


@worker.command()
@click.option("--revive", is_flag=True, help="Let all of them be tried again.")
@click.option("--most", default=20, show_default=True, type=click.IntRange(1), help="So many are shown.")
@click.pass_obj
def dead(settings: Settings, revive: bool, most: int) -> None:
    """Show the jobs that were given up, with their last errors."""
    if not settings.work_db.exists():
        raise NothingToReport(f"there is no {settings.work_db}: no worker has run yet")
    with closing(WorkStore(settings.work_db)) as store:
        jobs = Jobs(store, Patience(), random.Random())  # noqa: S311  nothing is drawn
        for job in jobs.dead(most):
            click.echo(f"user {job.user}: {job.tries} tries, last: {job.error}")
        if revive:
            click.echo(f"{jobs.revive(SystemClock().now())} jobs will be tried again")


async def _run(works: Works, until_empty: bool) -> None:
    """Work until a signal comes, or a store is replaced (StoreError); what is in hand is finished."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    watching = asyncio.create_task(_watch(works.files, stop))
    try:
        await works.worker.run(stop, until_empty)
    finally:
        watching.cancel()
        await works.completer.close()
    works.files.check()


async def _watch(files: StoreFiles, stop: asyncio.Event) -> None:
    """Set `stop` when the worker reads stores that are no longer the site's."""
    while not stop.is_set():
        await asyncio.sleep(WATCH_S)
        try:
            files.check()
        except StoreError:
            stop.set()


async def _with_bar(works: Works) -> None:
    """Work until nothing is left, with a progress bar on a terminal."""
    counts = works.jobs.counts()
    to_do, before = counts.waiting + counts.running, counts.done + counts.dead
    with click.progressbar(length=to_do, label="understood", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        working = asyncio.create_task(_run(works, until_empty=True))
        while not (await asyncio.wait([working], timeout=BAR_S))[0]:
            now = works.jobs.counts()
            bar.update(now.done + now.dead - before - bar.pos)
        await working


def _who(works: Works) -> str:
    if not works.completer.model:
        return "titles alone, MATINEE_COMPLETER names no language model"
    return f"what titles leave open is asked of {works.completer.model} at {works.completer.provider}"


def _forecast(settings: Settings, users: Sequence[User], works: Works, clock: Clock) -> Forecast:
    sample = random.Random(len(users)).sample(users, min(SAMPLE, len(users)))  # noqa: S311
    completer, prices = works.completer, Prices(settings.prices)
    counter = TokenCounter.of(completer.model, settings.vocabularies)

    def price(input_tokens: int, output_tokens: int) -> Usd:
        names = completer.provider, completer.model, completer.priced_as
        return prices.most(*names, input_tokens, output_tokens, clock.now())

    works.reader.renew()
    reader = works.reader.now()
    if reader is None:
        raise NothingToReport("no film is known yet, so nobody can be understood: run matinee catalog import")
    return forecast(len(users), sample, reader, PromptFile.load(*PROMPT), counter.count, price)


def _forecast_line(made: Forecast, works: Works, settings: Settings) -> str:
    if not works.completer.model:
        return f"{made.users:,} users wrote something; titles alone will read them, at no cost"
    days = -(-made.cost.nano // max(settings.llm_day_usd.nano, 1))
    return (
        f"{made.users:,} users wrote something; by a sample of {made.sampled:,}, about {made.asking:,} need "
        f"{works.completer.model}: {made.tokens:,} tokens, ${made.cost} if nothing is cached; the budget is "
        f"${settings.llm_day_usd} a day, so {'one day' if days <= 1 else f'{days:,} days'}"
    )


def _confirm() -> None:
    if not sys.stdin.isatty():
        raise SettingError("the backfill may cost money and nobody can be asked here: give --yes to go on")
    click.confirm("go on?", abort=True)


def _counts_line(counts: JobCounts) -> str:
    return f"{counts.done:,} done, {counts.dead:,} given up, {counts.waiting + counts.running:,} still open"


def _age_s(since: datetime, now: datetime) -> float:
    return round((now - since).total_seconds(), 1)
