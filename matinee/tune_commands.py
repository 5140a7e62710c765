"""The command `tune`: a wide search of the settings of a model, within a budget."""

from __future__ import annotations

import json
import time

import click

from cf import SPLITS, Interactions
from cf.selection import Search
from cf.tuning import TRIALS, TrialBook, Tuned, keep_winner, planned, tune
from core.settings import Settings
from ingest import Catalogue, EventReader
from matinee.progress import progress


@click.command("tune")
@click.option("--split", default="per-user-last", show_default=True, type=click.Choice(sorted(SPLITS)))
@click.option(
    "--trials", "settings_n", default=60, show_default=True, type=click.IntRange(1), help="Settings to try."
)
@click.option("--seconds", default=600.0, show_default=True, type=click.FloatRange(0), help="Budget of this run.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0, 2**31 - 1))
@click.option("--json", "as_json", is_flag=True, help="Stable keys, for programs.")
@click.pass_obj
def tune_command(settings: Settings, split: str, settings_n: int, seconds: float, seed: int, as_json: bool) -> None:
    """Search more settings of ALS than training does: of 120 by successive halving, judged as blends.

    Every trial is kept in MATINEE_HOME/models/trials, and a run that was stopped goes on where it was. The winner of
    a finished search is tried by every later training beside its own settings, on the data of that day.
    """
    movies = Catalogue(settings.events_db).movies()
    interactions, _ = Interactions.from_frame(
        EventReader(settings.events_db).interactions(), (movie.id for movie in movies), settings.stars_max
    )
    book = TrialBook(settings.models / TRIALS, interactions, split, seed)
    training = SPLITS[split](interactions).train  # the test part of an evaluation chooses nothing
    search = Search(training, SPLITS[split], seed)
    with progress("tuning", planned(settings_n)) as step:
        found = tune(search, book, settings_n, seed, seconds, time.monotonic, step)
    if found.chosen is not None:
        keep_winner(settings.models / TRIALS, found.chosen.als)
    click.echo(json.dumps(found.as_json() | {"trials": str(book.path)}, indent=2) if as_json else _page(found, book))


def _page(found: Tuned, book: TrialBook) -> str:
    """The result for reading."""
    lines = [
        f"trials    {found.fitted} made, {found.known} known from earlier runs, {found.planned} planned; {book.path}",
        f"judged by {found.judged_users:,} validation users; NDCG@20 of popularity {found.popularity_ndcg:.4f}",
    ]
    if found.chosen is None:
        best = "nothing yet" if found.best is None else f"{found.best_ndcg:.4f} so far with {found.best}"
        return "\n".join([*lines, f"best      {best}", "the budget is spent: run it again to go on"])
    als, blend = found.chosen.als, found.chosen.blend
    lines.append(
        f"best      {found.chosen.ndcg:.4f} with {als.factors} factors, regularization {als.regularization:g}, "
        f"alpha {als.alpha:g}; ALS weight {blend.als_weight:g}, recency {blend.recency_places or 'none'}, "
        f"ridge {blend.ridge:g}, half-life {blend.half_life_days or 'none'}"
    )
    return "\n".join([*lines, "the next training tries these settings of ALS beside its own"])
