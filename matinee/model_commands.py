"""The commands about models: train, evaluate, models."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

import cf.evaluation
import cf.training
from cf import SPLITS, Card, Interactions, Registry, Report, Why
from core.clock import SystemClock
from core.errors import NothingToReport
from core.settings import Settings
from ingest import Catalogue, EventReader, UserTable
from matinee.author import author
from matinee.coldstart_commands import coldstart_command
from matinee.progress import progress
from matinee.revision import code_revision

_SEED = 1
_as_json = click.option("--json", "as_json", is_flag=True, help="Stable keys, for programs.")
_seed = click.option("--seed", default=_SEED, show_default=True, type=click.IntRange(0, 2**31 - 1))


@click.command()
@_seed
@_as_json
@click.pass_obj
def train(settings: Settings, seed: int, as_json: bool) -> None:
    """Train a model on all ingested events, with parameters chosen on validation data, and let it serve."""
    movies = Catalogue(settings.events_db).movies()
    events = EventReader(settings.events_db)
    batch = events.last_batch()
    with progress("training", cf.training.STEPS) as step:
        model = cf.train(
            events.interactions(),
            movies,
            UserTable(settings.events_db).ages(),
            store=events.store_id(),
            batch=batch,
            stars_max=settings.stars_max,
            seed=seed,
            revision=code_revision(),
            on_step=step,
        )
    registry = Registry(settings.models)
    card = registry.add(model)
    registry.publish(card.version, Why(SystemClock().now(), author("matinee train"), "trained"))
    click.echo(json.dumps(asdict(card), indent=2) if as_json else _card_page(card))


@click.group(invoke_without_command=True)
@click.option("--split", default="per-user-last", show_default=True, type=click.Choice(sorted(SPLITS)))
@click.option("--k", default=20, show_default=True, type=click.IntRange(1, 1000), help="Films on a list.")
@_seed
@_as_json
@click.pass_context
def evaluate(ctx: click.Context, split: str, k: int, seed: int, as_json: bool) -> None:
    """Judge popularity, item neighbours, ALS and the blend on events that were kept from them.

    A command of its own judges what users get who are known by their words alone.
    """
    if ctx.invoked_subcommand is not None:
        return
    settings: Settings = ctx.obj
    frame = EventReader(settings.events_db).interactions()
    movies = Catalogue(settings.events_db).movies()
    interactions, _ = Interactions.from_frame(frame, (movie.id for movie in movies), settings.stars_max)
    with progress("evaluating", cf.evaluation.STEPS) as step:
        report = cf.evaluate(interactions, split, k, seed, step)
    click.echo(json.dumps(report.as_json(), indent=2) if as_json else _report_page(report))


evaluate.add_command(coldstart_command)


@click.group()
def models() -> None:
    """The models that were trained."""


@models.command("list")
@_as_json
@click.pass_obj
def list_models(settings: Settings, as_json: bool) -> None:
    """All models, the newest data first; an asterisk marks the one that serves."""
    registry = Registry(settings.models)
    current = registry.current()
    rows = [
        {
            "version": card.version,
            "current": card.version == current,
            "interactions": card.interactions,
            "users": card.users,
            "movies": card.movies,
            "blend_ndcg": card.validation.blend_ndcg,
            "popularity_ndcg": card.validation.popularity_ndcg,
        }
        for card in registry.cards()
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    if not rows:
        raise NothingToReport(f"there is no model in {settings.models}: run matinee train")
    click.echo("  version                interactions    users   movies  validation NDCG (popularity)")
    for row in rows:
        mark = "*" if row["current"] else " "
        click.echo(
            f"{mark} {row['version']:<22}{row['interactions']:>13,}{row['users']:>9,}{row['movies']:>9,}"
            f"  {row['blend_ndcg']:.4f} ({row['popularity_ndcg']:.4f})"
        )


@models.command("show")
@click.argument("version", required=False)
@_as_json
@click.pass_obj
def show_model(settings: Settings, version: str | None, as_json: bool) -> None:
    """Where a model comes from; the one that serves unless VERSION says otherwise."""
    registry = Registry(settings.models)
    chosen = version or registry.current()
    if chosen is None:
        raise NothingToReport(f"no model was published in {settings.models}: run matinee train")
    card = registry.card(chosen)
    click.echo(json.dumps(asdict(card), indent=2) if as_json else _card_page(card))


def _card_page(card: Card) -> str:
    """The card for reading."""
    first, last = (datetime.fromtimestamp(us // 1_000_000, UTC).date() for us in (card.first_us, card.last_us))
    check, als, blend = card.validation, card.als, card.blend
    unknown = (
        f"; films outside the catalogue, which took no part: {card.unknown_movies}" if card.unknown_movies else ""
    )
    return "\n".join(
        [
            f"model     {card.version}",
            f"data      {card.interactions:,} interactions of {card.users:,} users and {card.movies:,} films, "
            f"{first} to {last}, id {card.data_id[:12]}{unknown}",
            f"chosen    {als.factors} factors, regularization {als.regularization:g}, alpha {als.alpha:g}; "
            f"ALS weight {blend.als_weight:g}, recency {blend.recency_places or 'none'}, ridge {blend.ridge:g}, "
            f"half-life {blend.half_life_days or 'none'}",
            f"judged    NDCG@20 {check.blend_ndcg:.4f}, popularity {check.popularity_ndcg:.4f} "
            f"({check.users:,} validation users, {check.split} split)",
            f"code      {card.revision or 'unknown revision'}, seed {card.seed}",
        ]
    )


def _report_page(report: Report) -> str:
    """The report for reading: a row a model, a column a metric, intervals of 95 %."""
    metrics = list(next(iter(report.figures.values())))
    lines = [
        f"{report.split} split, {report.users:,} users, k = {report.k}; 95 % intervals by bootstrap over users",
        f"{'':<12}" + "".join(f"{metric:<27}" for metric in metrics),
    ]
    for model, by_metric in report.figures.items():
        cells = (f"{f.value.point:.4f} [{f.value.low:.4f}, {f.value.high:.4f}]" for f in by_metric.values())
        lines.append(f"{model:<12}" + "".join(f"{cell:<27}" for cell in cells))
    lines.append("paired differences against popularity")
    for model, by_metric in report.figures.items():
        pairs = [f.difference for f in by_metric.values() if f.difference]
        if pairs:
            cells = (f"{d.point:+.4f} [{d.low:+.4f}, {d.high:+.4f}]" for d in pairs)
            lines.append(f"{model:<12}" + "".join(f"{cell:<27}" for cell in cells))
    return "\n".join(lines)
