"""`matinee dashboard`: the figures of the dashboard's panels, printed."""

from __future__ import annotations

import json

import click

from api import DAYS, DAYS_FIRST, Panel, as_csv, plain, shown
from core.clock import SystemClock
from core.errors import NothingToReport
from core.settings import Settings
from matinee.cost_view import as_text
from matinee.dashboard import PANELS, Dashboard


@click.command()
@click.argument("panel", required=False, type=click.Choice(list(PANELS)))
@click.option(
    "--days",
    default=str(DAYS_FIRST),
    show_default=True,
    type=click.Choice([str(days) for days in DAYS]),
    help="Days of UTC, today included; 0: all.",
)
@click.option("--json", "form", flag_value="json", help="Stable keys, for programs.")
@click.option("--csv", "form", flag_value="csv", help="Comma-separated, for spreadsheets.")
@click.pass_obj
def dashboard(settings: Settings, panel: str | None, days: str, form: str | None) -> None:
    """Print the figures of a PANEL of the dashboard; without one, list the panels.

    The dashboard itself is a page of the ops port, http://127.0.0.1:8083/dashboard while `matinee serve` runs.
    """
    if panel is None:
        if form is not None:
            raise NothingToReport(f"--{form} needs a panel: {', '.join(PANELS)}")
        click.echo(as_text([(source.name, source.title) for source in PANELS.values()]))
        return
    found = Dashboard(settings, SystemClock()).panel(panel, int(days))
    assert found is not None
    _print(found, form)


def _print(panel: Panel, form: str | None) -> None:
    figures = panel.figures
    if figures is None:
        raise NothingToReport(panel.absent)
    if form == "json":
        rows = [dict(zip(figures.head, (plain(cell) for cell in row), strict=True)) for row in figures.rows]
        click.echo(json.dumps({"panel": panel.name, "rows": rows, "notes": figures.notes}, indent=2))
    elif form == "csv":
        click.echo(as_csv(figures), nl=False)
    else:
        click.echo(as_text([figures.head, *(tuple(shown(cell) for cell in row) for row in figures.rows)]))
        for note in figures.notes:
            click.echo(note)
