"""The commands of the simulated site: `matinee simulate world` and `matinee simulate serve`."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime, timedelta

import click

from core.clock import SystemClock
from core.settings import Settings
from matinee.fault_option import FaultRate
from matinee.number_option import FiniteRange
from matinee.simulate_endpoint import endpoint
from matinee.simulate_live import live
from simulator import (
    REAL_SIZE,
    ApiFault,
    DirectoryServer,
    EndpointFault,
    FaultPlan,
    LlmEndpoint,
    World,
    WorldSize,
)
from simulator.calibration import calibrate, table
from simulator.films import CATALOGUES, Catalogue, invent_films

DEFAULT = WorldSize()


@click.group()
def simulate() -> None:
    """The streaming site in a box: a world with its log, and its two APIs."""


simulate.add_command(live)
simulate.add_command(endpoint)


@simulate.command()
@click.option("--users", default=DEFAULT.users, show_default=True, help="Users of the site.")
@click.option("--movies", default=DEFAULT.movies, show_default=True, help="Films of the catalogue.")
@click.option("--days", default=DEFAULT.days, show_default=True, help="Days of history.")
@click.option("--films-per-user", default=DEFAULT.films_per_user, show_default=True, help="Films watched, mean.")
@click.option(
    "--catalog",
    default="invented:",
    show_default=True,
    help="invented: or movielens:DIR, the most rated films of a MovieLens folder.",
)
@click.option(
    "--lines",
    default="all",
    show_default=True,
    type=click.Choice(["all", "ratings"]),
    help="With ratings the log leaves out minute lines: a hundredth of the lines, for worlds in bulk.",
)
@click.option(
    "--seed",
    default=1,
    show_default=True,
    type=click.IntRange(0),
    help="The same seed and first day give the same bytes.",
)
@click.option("--first-day", type=click.DateTime(["%Y-%m-%d"]), help="Default: so that the history ends yesterday.")
@click.pass_obj
def world(
    settings: Settings,
    users: int,
    movies: int,
    days: int,
    films_per_user: float,
    catalog: str,
    lines: str,
    seed: int,
    first_day: datetime | None,
) -> None:
    """Make a world in MATINEE_HOME/world: log, user and film records, truth."""
    size = WorldSize(users, movies, days, films_per_user, minute_lines=lines == "all")
    begin = first_day.date() if first_day else first_day_of_history(size, SystemClock().now().date())
    made = build_world(settings, size, seed, begin, CATALOGUES.open(catalog))
    click.echo(
        f"{users} users, {movies} films, {len(made.viewings.user)} viewings from {begin} "
        f"({len(made.log):,} lines{'' if size.minute_lines else ', minute lines left out'}) in {settings.world}"
    )


@simulate.command()
@click.option(
    "--users", default=REAL_SIZE.users, show_default=True, type=click.IntRange(100), help="Users of the world."
)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Of the world.")
def calibration(users: int, seed: int) -> None:
    """Compare a world of the real size with the real site; the world is not written.

    Exits with 1 when a figure is further from the real one than it may be.
    """
    figures = calibrate(World.build(seed, replace(REAL_SIZE, users=users), date(2026, 1, 1)))
    click.echo(table(figures))
    if not all(figure.holds() for figure in figures):
        sys.exit(1)


@simulate.command()
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--rate", type=FiniteRange(1), help="Most calls a second; without it there is no limit.")
@click.option(
    "--api-fault",
    "api_faults",
    multiple=True,
    type=FaultRate(ApiFault),
    help=f"Share of the calls with a fault: {', '.join(ApiFault)}. May be repeated.",
)
@click.option(
    "--llm-port",
    type=click.IntRange(0, 65535),
    help="Also answer as an LLM that understands self-descriptions; without it there is none.",
)
@click.option(
    "--llm-fault",
    "llm_faults",
    multiple=True,
    type=FaultRate(EndpointFault),
    help=f"Share of the calls with a fault: {', '.join(EndpointFault)}. May be repeated.",
)
@click.option(
    "--llm-errors",
    default=0.0,
    show_default=True,
    type=FiniteRange(0, 1),
    help="Share of mentions that the LLM misunderstands.",
)
@click.option(
    "--llm-latency",
    default=0.0,
    show_default=True,
    type=FiniteRange(0, 3600),
    help="Seconds that every answer of the LLM takes.",
)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Of faults and misunderstandings.")
@click.pass_obj
def serve(
    settings: Settings,
    port: int,
    rate: float | None,
    api_faults: tuple[tuple[ApiFault, float], ...],
    llm_port: int | None,
    llm_faults: tuple[tuple[EndpointFault, float], ...],
    llm_errors: float,
    llm_latency: float,
    seed: int,
) -> None:
    """Answer /user/<ids> and /movie/<ids> for the world in MATINEE_HOME/world until Ctrl-C.

    What the LLM bills is in MATINEE_HOME/world/invoice.csv.
    """
    plan = FaultPlan.at_rates(dict(api_faults), seed)
    with ExitStack() as stack:
        server = stack.enter_context(DirectoryServer(settings.world, port, rate=rate, faults=plan))
        click.echo(f"the site's APIs answer on {server.url}: /user/<ids> and /movie/<ids>; Ctrl-C ends")
        if llm_port is not None:
            llm = LlmEndpoint(
                settings.world,
                llm_port,
                faults=FaultPlan.at_rates(dict(llm_faults), seed),
                error_rate=llm_errors,
                latency_s=llm_latency,
                seed=seed,
            )
            stack.enter_context(llm)
            click.echo(f"a stand-in for an LLM answers on {llm.url}/v1: it knows what every user means")
        try:
            server.wait()
        except KeyboardInterrupt:
            click.echo("")


def first_day_of_history(size: WorldSize, today: date) -> date:
    """The first day of a history whose last day was yesterday."""
    return today - timedelta(days=size.days)


def build_world(
    settings: Settings, size: WorldSize, seed: int, first_day: date, catalogue: Catalogue = invent_films
) -> World:
    """Make the world and write it into the settings' folder, with a progress bar on a terminal."""
    made = World.build(seed, size, first_day, catalogue)
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=len(made.log), label="world", file=sys.stderr, hidden=hidden) as bar:
        made.write(settings.world, bar.update)
    return made
