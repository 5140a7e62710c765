"""`matinee resolve`: what a self-description means, step by step, without a language model; nothing is stored."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from core.errors import CatalogueError, NothingToReport
from core.settings import Settings
from core.taste import Means, Polarity
from ingest import Catalogue
from llm import Mention, Understander, Understanding
from matinee.catalogue_commands import printable

_COLUMNS = ("user_id", "self_description_likes", "self_description_dislikes")
_FILMS_SHOWN = 8  # of a mention; all of them are in --json
_LONGEST_ID = 18  # digits


@click.command()
@click.argument("text", required=False)
@click.option("--dislikes", default="", help="The text of what is not liked.")
@click.option(
    "--users",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file of user records: one JSON object a user instead.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with stable keys.")
@click.pass_obj
def resolve(settings: Settings, text: str | None, dislikes: str, users: Path | None, as_json: bool) -> None:
    """Say which films, people and genres a self-description names, and why.

    TEXT is what somebody likes. No language model is asked: what is marked as open is what one would be asked.
    """
    if (users is None) == (text is None and not dislikes):
        raise click.UsageError("give a TEXT (and --dislikes), or --users FILE.csv")
    understander = _understander(settings)
    if users is not None:
        for user, likes, hates in read_descriptions(users):
            click.echo(json.dumps({"user_id": user} | summary(understander.read(likes, hates)), ensure_ascii=False))
        return
    understanding = understander.read(text or "", dislikes)
    if as_json:
        click.echo(json.dumps(summary(understanding) | {"mentions": _mentions(understanding)}, ensure_ascii=False))
        return
    for line in _steps(understanding):
        click.echo(printable(line))


def read_descriptions(path: Path) -> Iterator[tuple[int, str, str]]:
    """(user, likes, dislikes) of each row of a CSV file; an absent text is empty, line ends within texts stay.

    Raises CatalogueError when the file is no CSV with these columns, or a user id is no number.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True, restval="")
            missing = [column for column in _COLUMNS if column not in (rows.fieldnames or ())]
            if missing:
                raise CatalogueError(f"{path} lacks the column {missing[0]!r}: it needs {', '.join(_COLUMNS)}")
            for row in rows:
                user = row["user_id"].strip()
                if not (user.isascii() and user.isdigit() and len(user) <= _LONGEST_ID):
                    raise CatalogueError(
                        f"{path}, line {rows.line_num}: user id {user[:20]!r} is no number; correct or remove the row"
                    )
                yield int(user), row["self_description_likes"], row["self_description_dislikes"]
    except (csv.Error, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path} is no CSV file in UTF-8: {error}; export it again") from error


def summary(understanding: Understanding) -> dict[str, Any]:
    """What was understood, as plain data: film ids and genres by polarity, and the words that are open."""
    films = understanding.taste_films()
    return {
        "liked": [film.movie for film in films if film.polarity is Polarity.LIKED],
        "disliked": [film.movie for film in films if film.polarity is Polarity.DISLIKED],
        "genres": {
            polarity.value: [genre.genre for genre in understanding.genres if genre.polarity is polarity]
            for polarity in Polarity
        },
        "open": [mention.words for mention in understanding.open_mentions()],
    }


def _understander(settings: Settings) -> Understander:
    with closing(Catalogue(settings.events_db)) as catalogue:
        movies = catalogue.movies()
    if not movies:
        raise NothingToReport("the catalogue has no films: `matinee catalog import` brings some")
    return Understander.of(movies)


def _mentions(understanding: Understanding) -> list[dict[str, Any]]:
    return [
        {
            "words": mention.words,
            "field": mention.text_field,
            "start": mention.start,
            "end": mention.end,
            "polarity": mention.polarity.value,
            "films": list(mention.films),
            "means": mention.means.value if mention.means is not None else None,
            "candidates": {candidate.movie: candidate.score for candidate in mention.candidates},
            "open": mention.is_open,
            "why": mention.why,
        }
        for mention in understanding.mentions
    ]


def _steps(understanding: Understanding) -> Iterator[str]:
    for mention in understanding.mentions:
        yield f'{mention.text_field} {mention.start}-{mention.end}  "{mention.words}"'
        for candidate in mention.candidates:
            chosen = "*" if candidate.movie in mention.films else " "
            year = candidate.year or "year unknown"
            yield f"  {chosen} {candidate.score:7.3f}  {candidate.movie}  {candidate.title} ({year})"
        yield f"  -> {_decision(mention)}: {mention.why}"
    for genre in understanding.genres:
        yield f"genre {genre.genre}: {genre.polarity}" + (f', only "{genre.qualifier}"' if genre.qualifier else "")
    if not understanding.mentions and not understanding.genres:
        yield "nothing is named"


def _decision(mention: Mention) -> str:
    if mention.is_open:
        return "open"
    if not mention.films:
        return "no film"
    shown = ", ".join(mention.films[:_FILMS_SHOWN])
    more = f" and {len(mention.films) - _FILMS_SHOWN} more" if len(mention.films) > _FILMS_SHOWN else ""
    of_several = "" if mention.means is Means.TITLE else f", {mention.means}"
    return f"{mention.polarity}{of_several} {shown}{more}"
