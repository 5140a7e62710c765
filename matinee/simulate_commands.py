"""The commands of the simulated site: `matinee simulate world` and `matinee simulate serve`."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, datetime, timedelta

import click

from core.clock import SystemClock
from core.settings import Settings
from simulator import REAL_SIZE, DirectoryServer, World, WorldSize
from simulator.calibration import calibrate, table
from simulator.films import CATALOGUES, Catalogue, invent_films

DEFAULT = WorldSize()


@click.group()
def simulate() -> None:
    """The streaming site in a box: a world with its log, and its two APIs."""


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
@click.option("--rate", type=click.FloatRange(min=1), help="Most calls a second; without it there is no limit.")
@click.pass_obj
def serve(settings: Settings, port: int, rate: float | None) -> None:
    """Answer /user/<ids> and /movie/<ids> for the world in MATINEE_HOME/world until Ctrl-C."""
    with DirectoryServer(settings.world, port, rate=rate) as server:
        click.echo(f"the site's APIs answer on {server.url}: /user/<ids> and /movie/<ids>; Ctrl-C ends")
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
