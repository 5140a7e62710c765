"""`matinee catalog` and `matinee users`: the records of films and of users."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from typing import Any

import click

from core.clock import SystemClock
from core.errors import NothingToReport
from core.ids import MovieId
from core.movie import Movie
from core.settings import Settings
from ingest import Catalogue, ImportCount
from matinee.record_import import RecordImport, import_movies, import_users

REFUSED_SHOWN = 10  # of the refused records on a screen; all of them are in --json

_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object with stable keys.")
_again = click.option("--again", is_flag=True, help="Ask an API for known ids too: fees and records change.")


@click.group()
def catalog() -> None:
    """The films of the site and their licence fees."""


@catalog.command("import")
@click.argument("source", required=False)
@_again
@_as_json
@click.pass_obj
def import_catalog(settings: Settings, source: str | None, again: bool, as_json: bool) -> None:
    """Read films from SOURCE: a MovieLens folder, a .csv file, or the URL of the movie API.

    Without SOURCE the API of MATINEE_DIRECTORY is asked. An API is asked for the films that were seen in
    events and that the catalogue lacks. Fees are kept with the day on which they were read.
    """
    done = import_movies(settings, source or settings.directory, again, SystemClock())
    if as_json:
        _print_json(done, asdict(done.count))
        return
    click.echo(_film_summary(done.count))
    _print_rest(done)


@catalog.command("show")
@click.argument("movie_id")
@_as_json
@click.pass_obj
def show_movie(settings: Settings, movie_id: str, as_json: bool) -> None:
    """Show the film MOVIE_ID with the history of its licence fee."""
    with closing(Catalogue(settings.events_db)) as catalogue:
        movie = catalogue.find(MovieId(movie_id))
        fees = {str(day): str(fee) for day, fee in catalogue.fees(MovieId(movie_id))}
    if movie is None:
        raise NothingToReport(f"there is no film {movie_id!r} in the catalogue: give an id such as heat+1995")
    if as_json:
        click.echo(json.dumps(_shown(movie) | {"fees": fees}, ensure_ascii=False, default=str))
        return
    for name, value in _shown(movie).items():
        click.echo(printable(f"{name:16} {'unknown' if value in (None, '') else value}"))
    for day, fee in fees.items():
        click.echo(f"fee from {day}  ${fee}")


@click.group()
def users() -> None:
    """The records of the site's users."""


@users.command("import")
@click.argument("source", required=False)
@_again
@_as_json
@click.pass_obj
def import_user_records(settings: Settings, source: str | None, again: bool, as_json: bool) -> None:
    """Read user records from SOURCE: a .csv file, or the URL of the user API.

    Without SOURCE the API of MATINEE_DIRECTORY is asked. An API is asked for the users that were seen in
    events and whose record we lack.
    """
    done = import_users(settings, source or settings.directory, again, SystemClock())
    if as_json:
        _print_json(done, {"new_or_changed": done.count})
        return
    click.echo(f"{done.count} user records are new or changed")
    _print_rest(done)


def _film_summary(count: ImportCount) -> str:
    return "\n".join(
        [
            f"{count.films} films: {count.new} new, {count.changed} changed, {count.without_fee} without a known fee",
            f"age limits: {count.certificate} by certificate, {count.estimate} estimated; "
            f"{count.not_for_minors} films are not known to suit minors",
        ]
    )


def _print_json(done: RecordImport[Any], counts: dict[str, int]) -> None:
    rest = {
        "source": done.source,
        "refused": done.refused_by_reason(),
        "refused_records": [asdict(record) for record in done.refused],
        "absent": list(done.absent),
    }
    click.echo(json.dumps(counts | rest, ensure_ascii=False))


def _print_rest(done: RecordImport[Any]) -> None:
    """What did not come in, and why."""
    for reason, records in done.refused_by_reason().items():
        click.echo(f"refused: {records} ({reason})")
    for record in done.refused[:REFUSED_SHOWN]:
        click.echo(printable(f"  {record.id or '(no id)'}: {record.reason}; {record.detail}"))
    if done.absent:
        click.echo(f"no record for {len(done.absent)} ids, such as {done.absent[0]}")


def printable(text: str) -> str:
    """The text without what could move the cursor or colour the screen: strangers wrote it.

    >>> printable("Heat" + chr(27) + "[2J")
    'Heat�[2J'
    """
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _shown(movie: Movie) -> dict[str, Any]:
    """The film's fields as words and numbers."""
    limit, fee = movie.age_limit, movie.licence_fee
    return asdict(movie) | {
        "genres": ", ".join(movie.genres),
        "age_limit": None if limit is None else f"{limit.years} ({limit.source})",
        "licence_fee": None if fee is None else str(fee),
    }
