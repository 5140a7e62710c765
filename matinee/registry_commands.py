"""The commands of the registry: which models there are, which one serves, and how that came about."""

from __future__ import annotations

import json
from typing import Any

import click

from cf import Registry, Why
from core.clock import SystemClock
from core.errors import NothingToReport
from core.settings import Settings
from matinee.author import author
from matinee.card_page import model_json, model_page

_as_json = click.option("--json", "as_json", is_flag=True, help="Stable keys, for programs.")
_reason = click.option("--reason", required=True, help="Why, for the history.")


@click.group()
def models() -> None:
    """The models that were trained, and which of them serves."""


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
            "gate": _gate(registry.verdict(card.version)),
        }
        for card in registry.cards()
    ]
    damaged = registry.damaged()
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    if not rows and not damaged:
        raise NothingToReport(f"there is no model in {settings.models}: run matinee train")
    click.echo("  version                interactions    users   movies  validation NDCG (popularity)  gate")
    for row in rows:
        mark = "*" if row["current"] else " "
        click.echo(
            f"{mark} {row['version']:<22}{row['interactions']:>13,}{row['users']:>9,}{row['movies']:>9,}"
            f"  {row['blend_ndcg']:.4f} ({row['popularity_ndcg']:.4f})              {row['gate']}"
        )
    for name, reason in damaged.items():
        click.echo(f"! {name}: {reason}")


@models.command("show")
@click.argument("version", required=False)
@_as_json
@click.pass_obj
def show_model(settings: Settings, version: str | None, as_json: bool) -> None:
    """Where a model comes from and what the gate found; the one that serves unless VERSION says otherwise."""
    registry = Registry(settings.models)
    chosen = version or registry.current()
    if chosen is None:
        raise NothingToReport(f"no model was published in {settings.models}: run matinee train")
    card = registry.card(chosen)
    click.echo(json.dumps(model_json(registry, card), indent=2) if as_json else model_page(registry, card))


@models.command("promote")
@click.argument("version")
@_reason
@click.pass_obj
def promote(settings: Settings, version: str, reason: str) -> None:
    """Let VERSION serve, checked for damage but not by the gate; the history keeps who asked and why."""
    registry = Registry(settings.models)
    before = registry.current()
    registry.publish(version, Why(SystemClock().now(), author("matinee models promote"), reason))
    click.echo(f"{version} serves from now on (before: {before or 'none'})")


@models.command("rollback")
@_reason
@click.pass_obj
def rollback(settings: Settings, reason: str) -> None:
    """Let the model serve again that served before; done again, it goes back one more."""
    registry = Registry(settings.models)
    before = registry.current()
    version = registry.rollback(Why(SystemClock().now(), author("matinee models rollback"), reason))
    click.echo(f"{version} serves again (before: {before})")


@models.command("prune")
@click.option("--keep", required=True, type=click.IntRange(1), help="Models to keep, the newest data first.")
@click.pass_obj
def prune(settings: Settings, keep: int) -> None:
    """Remove all but the newest models; the one that serves and the one before it always stay."""
    gone = Registry(settings.models).prune(keep)
    click.echo("\n".join(f"removed {version}" for version in gone) or "nothing to remove")


@models.command("history")
@_as_json
@click.pass_obj
def history(settings: Settings, as_json: bool) -> None:
    """What was let serve, when, by whom and why; the oldest first."""
    entries = Registry(settings.models).history()
    if as_json:
        click.echo(json.dumps(entries, indent=2))
        return
    if not entries:
        raise NothingToReport(f"no model was published in {settings.models}: run matinee train")
    for entry in entries:
        click.echo(f"{entry['at'][:19]}  {entry['what']:<8}  {entry['version']}  {entry['by']}: {entry['reason']}")


def _gate(verdict: dict[str, Any] | None) -> str:
    if verdict is None:
        return "never asked"
    return "passed" if verdict["passed"] else "refused"
