"""The command that judges models: evaluate."""

from __future__ import annotations

import json

import click

import cf.evaluation
from cf import SPLITS, Interactions, Report
from core.settings import Settings
from ingest import Catalogue, EventReader
from matinee.coldstart_commands import coldstart_command
from matinee.progress import progress

_SEED = 1
_as_json = click.option("--json", "as_json", is_flag=True, help="Stable keys, for programs.")
_seed = click.option("--seed", default=_SEED, show_default=True, type=click.IntRange(0, 2**31 - 1))


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
