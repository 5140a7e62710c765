"""The command `evaluate coldstart`: what lists from users' own words are worth, and what is understood of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

import cf.training
from cf import ColdStartReport, Newcomer, Resolution, Serving, coldstart, resolution
from cf.bootstrap import Interval
from core.clock import SystemClock
from core.errors import TrainingError
from core.ids import MovieId, UserId
from core.movie import Movie
from core.settings import Settings
from core.taste import Taste
from ingest import Catalogue, EventReader, UserTable
from matinee.progress import progress
from matinee.revision import code_revision

_NOBODY, _NEVER = UserId(0), datetime(1970, 1, 1, tzinfo=UTC)  # an evaluation stores nothing of whom it reads

Read = Callable[[str, str], Taste]  # likes and dislikes


@click.command("coldstart")
@click.option("--users", default=2000, show_default=True, type=click.IntRange(1), help="Held out, at most.")
@click.option("--k", default=20, show_default=True, type=click.IntRange(1, 1000), help="Films on a list.")
@click.option("--labelled", type=click.Path(path_type=Path), help="Also score what is understood on labelled texts.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0, 2**31 - 1))
@click.option("--json", "as_json", is_flag=True, help="Stable keys, for programs.")
@click.pass_obj
def coldstart_command(
    settings: Settings, users: int, k: int, labelled: Path | None, seed: int, as_json: bool
) -> None:
    """Judge lists made from texts alone, of described users whom the model was kept from.

    Nothing is published or stored. Texts are understood by titles; no language model is asked.
    """
    labels = None if labelled is None else resolution.read_labelled(labelled)
    movies = Catalogue(settings.events_db).movies()
    read = reader(movies)
    report = _judged(settings, movies, read, users, k, seed)
    understood = None if labels is None else resolution.score(labels, read)
    if as_json:
        found = report.as_json() | {"resolution": None if understood is None else understood.as_json()}
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(_page(report))
    if understood is not None:
        click.echo(_resolution_page(understood))


def reader(movies: Sequence[Movie]) -> Read:
    """What understands a text without a language model, as the worker's first stage does."""
    from llm.screening import screen
    from llm.understander import Understander

    understander = Understander.of(movies)

    def read(likes: str, dislikes: str) -> Taste:
        said = understander.read(screen(likes).text, screen(dislikes).text)
        return Taste(_NOBODY, _NEVER, said.taste_films(), said.genres, len(said.open_mentions()))

    return read


def _judged(
    settings: Settings, movies: Sequence[Movie], read: Read, at_most: int, k: int, seed: int
) -> ColdStartReport:
    """Train without the held-out users, then treat these as new."""
    events, table = EventReader(settings.events_db), UserTable(settings.events_db)
    frame, described = events.interactions(), table.described()
    watched = defaultdict[UserId, set[MovieId]](set)
    for user, movie in zip(frame["user_id"].tolist(), frame["movie_id"].tolist(), strict=True):
        watched[UserId(user)].add(MovieId(movie))
    held = coldstart.held_out(described.keys() & watched.keys(), at_most)
    kept = frame[~frame["user_id"].isin(held)]
    if not len(kept):
        raise TrainingError("no events are left without the held-out users: hold out fewer with --users")
    with progress("training", cf.training.STEPS) as step:
        model = cf.train(
            kept,
            movies,
            table.ages(),
            store=events.store_id(),
            batch=events.last_batch(),
            stars_max=settings.stars_max,
            seed=seed,
            revision=code_revision(),
            on_step=step,
        )
    newcomers = {
        user: Newcomer(
            age_years=record.age_years,
            characters=len(record.likes) + len(record.dislikes),
            taste=read(record.likes, record.dislikes),
            watched=frozenset(watched[user]),
        )
        for user, record in described.items()
        if user in held
    }
    with progress("judging", len(newcomers)) as step:
        return coldstart.judge(Serving.of(movies, model), movies, newcomers, k, seed, SystemClock(), step)


def _page(report: ColdStartReport) -> str:
    """The report for reading."""
    lines = [
        f"{report.users:,} described users treated as new, k = {report.k}; 95 % intervals by bootstrap over users",
        f"{'':<10}{'by taste':<27}{'popularity':<27}{'difference':<30}ratio",
    ]
    for name, figure in report.figures.items():
        cells = (_interval(figure.taste), _interval(figure.popularity))
        lines.append(
            f"{name:<10}"
            + "".join(f"{cell:<27}" for cell in cells)
            + f"{_interval(figure.difference, '+'):<30}{_ratio(figure.ratio)}"
        )
    lines.append(f"{'ratio to popularity':<30}{'users':>7}  {'recall':<22}ndcg")
    lines += [
        f"{group.name:<30}{group.users:>7,}  {_ratio(group.recall):<22}{_ratio(group.ndcg)}"
        for group in report.groups
    ]
    worst = "unknown" if report.worst_decile is None else f"{report.worst_decile:.2f}"
    lines += [
        f"lowest ratio of a decile by length of text: {worst}",
        f"nothing understood of {report.nothing_understood:,} users, who got popularity",
        f"not judged, as they watched nothing but what they named: {report.not_judged:,}",
        f"films on lists that do not suit the user's age: {report.unsuitable}",
    ]
    return "\n".join(lines)


def _resolution_page(found: Resolution) -> str:
    """The scores on labelled texts, for reading."""
    rows = {
        "liked titles F1": found.liked.f1,
        "disliked titles F1": found.disliked.f1,
        "polarity": found.polarity,
        "wrong films a user (NIL errors)": found.nil_errors_a_user,
    }
    lines = [f"understood of {found.users:,} labelled texts"]
    lines += [f"{name:<34}{'nothing to find' if value is None else f'{value:.3f}'}" for name, value in rows.items()]
    return "\n".join(lines)


def _interval(found: Interval, sign: str = "") -> str:
    return f"{found.point:{sign}.4f} [{found.low:{sign}.4f}, {found.high:{sign}.4f}]"


def _ratio(found: Interval | None) -> str:
    return "popularity has 0" if found is None else f"{found.point:.2f} [{found.low:.2f}, {found.high:.2f}]"
