"""The command `evaluate`: how good every model's lists are, on events that were kept from it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

import cf.evaluation
from cf import VIEWS, Interactions, Report
from cf.evaluation import Figure
from core.settings import Settings
from ingest import Catalogue, EventReader, UserTable
from matinee.coldstart_commands import coldstart_command
from matinee.progress import progress

_COLUMNS = 5  # metrics side by side


@click.group(invoke_without_command=True)
@click.option("--split", default="per-user-last", show_default=True, type=click.Choice(sorted(VIEWS)))
@click.option("--k", default=20, show_default=True, type=click.IntRange(1, 1000), help="Films on a list.")
@click.option("--groups", is_flag=True, help="Also by gender, age, occupation, activity, description and taste.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0, 2**31 - 1))
@click.option("--json", "as_json", is_flag=True, help="Stable keys, for programs; always with the groups.")
@click.pass_context
def evaluate(ctx: click.Context, split: str, k: int, groups: bool, seed: int, as_json: bool) -> None:
    """Judge every model on events that were kept from it.

    A command of its own judges what users get who are known by their words alone.
    """
    if ctx.invoked_subcommand is not None:
        return
    settings: Settings = ctx.obj
    frame = EventReader(settings.events_db).interactions()
    movies = Catalogue(settings.events_db).movies()
    interactions, _ = Interactions.from_frame(frame, (movie.id for movie in movies), settings.stars_max)
    users = UserTable(settings.events_db).records() if groups or as_json else None
    with progress("evaluating", cf.evaluation.STEPS) as step:
        report = cf.evaluate(interactions, split, k, seed, step, movies, users)
    click.echo(json.dumps(report.as_json(), indent=2) if as_json else _page(report))


evaluate.add_command(coldstart_command)


def _page(report: Report) -> str:
    """The report for reading: a row a model, a column a metric, intervals of 95 %."""
    metrics = list(dict.fromkeys(metric for by_metric in report.figures.values() for metric in by_metric))
    lines = [f"{report.split} split, {report.users:,} users, k = {report.k}; 95 % intervals by bootstrap over users"]
    for low in range(0, len(metrics), _COLUMNS):
        lines += _table(report, metrics[low : low + _COLUMNS])
    for group in report.groups:
        told = (
            f"{model} {_difference(by_metric['ndcg'])}"
            for model, by_metric in group.figures.items()
            if by_metric["ndcg"].difference
        )
        lines.append(f"{group.name:<28}{group.users:>7,}  " + ("   ".join(told) or "too few users to judge"))
    if report.groups:
        lines.insert(-len(report.groups), "subgroups: users, and paired differences of ndcg against popularity")
    for model, leaks in report.leaks.items():
        lines += [f"NOT TO BE BELIEVED, {model}: {leak.name}: {leak.detail}" for leak in leaks]
    return "\n".join(lines)


def _table(report: Report, metrics: Sequence[str]) -> list[str]:
    """Some metrics of all models, and under them the paired differences."""
    lines = [f"{'':<12}" + "".join(f"{metric:<27}" for metric in metrics)]
    for model, by_metric in report.figures.items():
        cells = (_value(by_metric[metric]) if metric in by_metric else "-" for metric in metrics)
        lines.append(f"{model:<12}" + "".join(f"{cell:<27}" for cell in cells))
    if "rmse" in metrics:
        metrics = [metric for metric in metrics if metric != "rmse"]
    lines.append("paired differences against popularity")
    for model, by_metric in report.figures.items():
        cells = (_difference(by_metric[metric]) for metric in metrics if by_metric[metric].difference)
        if row := "".join(f"{cell:<27}" for cell in cells):
            lines.append(f"{model:<12}" + row)
    return lines


def _value(figure: Figure) -> str:
    value = figure.value
    return f"{value.point:.4f} [{value.low:.4f}, {value.high:.4f}]"


def _difference(figure: Figure) -> str:
    apart = figure.difference
    return "" if apart is None else f"{apart.point:+.4f} [{apart.low:+.4f}, {apart.high:+.4f}]"
