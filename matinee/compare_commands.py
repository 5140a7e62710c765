"""The command `compare`: what every model is worth and what it costs, and which one should serve."""

from __future__ import annotations

import json
from pathlib import Path

import click

import cf.comparison
import cf.evaluation
from cf import VIEWS, Comparison, Interactions
from core.settings import Settings
from ingest import Catalogue, EventReader
from matinee.comparison_plot import svg
from matinee.cost_process import measured
from matinee.progress import progress

_HEADS = ("train CPU s", "peak MB", "us a list", "lists/s", "memory MB", "disk MB")


@click.command()
@click.option("--split", default="per-user-last", show_default=True, type=click.Choice(sorted(VIEWS)))
@click.option("--k", default=20, show_default=True, type=click.IntRange(1, 1000), help="Films on a list.")
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), help="Also draw it, as an SVG file.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0, 2**31 - 1))
@click.option("--json", "as_json", is_flag=True, help="Stable keys, for programs.")
@click.pass_obj
def compare(settings: Settings, split: str, k: int, plot: Path | None, seed: int, as_json: bool) -> None:
    """Accuracy, cost of training, cost of lists and size of every model, and which one should serve.

    Each model is fitted once more in a process of its own, one after the other, to be measured. Nothing is published.
    """
    movies = Catalogue(settings.events_db).movies()
    interactions, _ = Interactions.from_frame(
        EventReader(settings.events_db).interactions(), (movie.id for movie in movies), settings.stars_max
    )
    with progress("judging", cf.evaluation.STEPS) as step:
        judged = cf.evaluation.judge_all(interactions, split, k, seed, step)
    costs = {}
    with progress("measuring", len(judged.trainers)) as step:
        for model, trainer in judged.trainers.items():
            costs[model] = measured(trainer, judged.jury.parts.train, judged.jury.rows, k, seed)
            step()
    found = cf.comparison.compare(judged, costs, split, k, seed)
    if plot is not None:
        plot.write_text(svg(found))
    click.echo(json.dumps(found.as_json(), indent=2) if as_json else _page(found))


def _page(found: Comparison) -> str:
    """The comparison for reading, the best model first."""
    lines = [
        f"{found.split} split, {found.users:,} users, k = {found.k}; 95 % intervals by bootstrap over users",
        f"{'':<12}{'ndcg':<26}{'against popularity':<30}" + "".join(f"{head:>13}" for head in _HEADS),
    ]
    for row in found.rows:
        ndcg, above, cost = row.ndcg, row.against_popularity, row.cost
        apart = "" if above is None else f"{above.point:+.4f} [{above.low:+.4f}, {above.high:+.4f}]"
        figures = (
            f"{cost.train_cpu_s:,.2f}",
            f"{cost.train_peak_mb:,.0f}",
            f"{cost.list_us:,.0f}",
            f"{cost.lists_per_s:,.0f}",
            f"{cost.memory_mb:,.1f}",
            f"{cost.disk_mb:,.1f}",
        )
        lines.append(
            f"{row.model:<12}{f'{ndcg.point:.4f} [{ndcg.low:.4f}, {ndcg.high:.4f}]':<26}{apart:<30}"
            + "".join(f"{figure:>13}" for figure in figures)
        )
    return "\n".join([*lines, f"{found.serve} should serve: {found.because}"])
