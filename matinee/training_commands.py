"""The commands that make models: train, retrain."""

from __future__ import annotations

import json
import sys

import click

import cf.training
from cf import Registry
from cf.retraining import Outcome, Refresh, Retrainings
from core.clock import SystemClock
from core.errors import MatineeError, NothingToReport, RetrainingRuns
from core.settings import Settings
from matinee.author import author
from matinee.card_page import model_json, model_page
from matinee.model_making import Made, ModelMaker, Stock
from matinee.progress import progress

SEED = 1
REFUSED = 3  # exit code: the gate said no, what served serves on
RUNS = 4  # exit code: another training has the lock
NEW_USERS, NEW_INTERACTIONS = 50, 100

_as_json = click.option("--json", "as_json", is_flag=True, help="Stable keys, for programs.")
_seed = click.option("--seed", default=SEED, show_default=True, type=click.IntRange(0, 2**31 - 1))
_force = click.option("--force", default="", metavar="REASON", help="Let it serve against the gate; this is kept.")


@click.command()
@_seed
@_force
@_as_json
@click.pass_obj
def train(settings: Settings, seed: int, force: str, as_json: bool) -> None:
    """Train a model on all ingested events, and let it serve if it passes the gate.

    Parameters are chosen on validation data. The gate compares with popularity and with the model that serves, on the
    same users, and looks at subgroups, coverage, the age rule, licence cost, latency and leaks. Exit code 3: refused.
    """
    if not train_once(settings, seed, force, as_json):
        sys.exit(REFUSED)


def train_once(settings: Settings, seed: int = SEED, force: str = "", as_json: bool = False) -> bool:
    """Train, tell what came of it, and say whether the new model serves."""
    with Retrainings(settings.models).alone():
        maker = ModelMaker(settings, Stock.read(settings), SystemClock(), author("matinee train"), seed)
        made = _made(maker, force)
    _tell(settings, made, as_json)
    return made.published


@click.command()
@click.option(
    "--new-users", default=NEW_USERS, show_default=True, type=click.IntRange(0), help="Train when so many are new."
)
@click.option(
    "--new-interactions",
    default=NEW_INTERACTIONS,
    show_default=True,
    type=click.IntRange(0),
    help="Or when so many are new.",
)
@_seed
@_force
@click.option("--log", "show_log", is_flag=True, help="Train nothing; show what became of each retraining.")
@_as_json
@click.pass_obj
def retrain(
    settings: Settings, new_users: int, new_interactions: int, seed: int, force: str, show_log: bool, as_json: bool
) -> None:
    """Train again when enough is new since the model that serves; the gate decides whether the new one serves.

    Every retraining is recorded. It may be killed at any time: what served serves on. Exit codes: 0 published, or too
    little is new; 3 refused by the gate; 4 another training runs; 1 anything else.
    """
    retrainings = Retrainings(settings.models)
    if show_log:
        _show_log(retrainings, as_json)
        return
    by = author("matinee retrain")
    try:
        with retrainings.alone():
            outcome, made, refresh = _retrain(settings, retrainings, by, seed, force, new_users, new_interactions)
    except RetrainingRuns as error:
        click.echo(f"matinee: {error}", err=True)
        sys.exit(RUNS)
    if as_json:
        version = None if made is None else made.card.version
        refusals = [] if made is None else made.verdict.refusals
        report = {"outcome": outcome.value, "version": version, "refusals": refusals, "refresh": vars(refresh)}
        click.echo(json.dumps(report, indent=2))
    else:
        click.echo(f"data      {refresh.words()}")
        if made is None:
            click.echo(f"{outcome.value}: {new_users} new users or {new_interactions} new interactions are asked for")
        else:
            _tell(settings, made, as_json=False)
    if outcome is Outcome.REFUSED:
        sys.exit(REFUSED)


def _retrain(
    settings: Settings,
    retrainings: Retrainings,
    by: str,
    seed: int,
    force: str,
    new_users: int,
    new_interactions: int,
) -> tuple[Outcome, Made | None, Refresh]:
    """Called with the lock held."""
    clock = SystemClock()
    stock = Stock.read(settings)
    maker = ModelMaker(settings, stock, clock, by, seed)
    refresh = Refresh.of(stock.frame, [movie.id for movie in stock.movies], maker.serving)
    number = retrainings.begin(clock.now(), by, refresh)
    if maker.serving is not None and not refresh.is_due(new_users, new_interactions):
        retrainings.end(number, clock.now(), Outcome.NOT_DUE, {})
        return Outcome.NOT_DUE, None, refresh
    try:
        made = _made(maker, force)
    except MatineeError as error:
        retrainings.end(number, clock.now(), Outcome.FAILED, {"reason": str(error)})
        raise
    outcome = Outcome.PUBLISHED if made.published else Outcome.REFUSED
    details = {"version": made.card.version, "refusals": made.verdict.refusals, "forced": force or None}
    retrainings.end(number, clock.now(), outcome, details)
    return outcome, made, refresh


def _made(maker: ModelMaker, force: str) -> Made:
    with progress("training", cf.training.STEPS) as step:
        return maker.make(force, step)


def _tell(settings: Settings, made: Made, as_json: bool) -> None:
    """The model and the verdict; the reasons of a refusal on stderr, too, for whoever reads only that."""
    registry = Registry(settings.models)
    if as_json:
        click.echo(json.dumps(model_json(registry, made.card), indent=2))
    else:
        click.echo(model_page(registry, made.card))
    if not made.published:
        serves = registry.current() or "no model"
        click.echo(f"matinee: {made.card.version} may not serve, {serves} does: see these reasons", err=True)
        for reason in made.verdict.refusals:
            click.echo(f"  {reason}", err=True)


def _show_log(retrainings: Retrainings, as_json: bool) -> None:
    entries = retrainings.all()
    if as_json:
        click.echo(json.dumps(entries, indent=2))
        return
    if not entries:
        raise NothingToReport("nothing was ever retrained: run matinee retrain")
    for entry in entries:
        outcome = entry.get("outcome", "runs, or was killed")
        why = "; ".join(entry.get("refusals", [])) or entry.get("reason", "")
        new = f"{entry['new_interactions']:,} new interactions, {entry['new_users']:,} new users"
        version = entry.get("version", "-")
        click.echo(f"{entry['number']:>4}  {entry['begun'][:19]}  {outcome}  {version}  {new}  {why}")
