"""`matinee cost`: what was spent on what, and what is not known of it."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import click

from core.clock import SystemClock
from core.errors import NothingToReport
from core.money import Usd
from core.settings import Settings
from ingest import Catalogue
from matinee import cost_llm, cost_view
from matinee.booking_rounds import settle
from matinee.cost_invoice_commands import quarantine, reconcile, reprice
from matinee.cost_options import between, refuse_nothing, span_of
from matinee.cost_questions import Questions, month_forecast
from telemetry import CallGroup, CallReport, CallTotals, CostGroup, CostReport, CostTable, Prices, Span, Unknown, View

GENRE = "genre"
NO_GENRE = "(no genre known)"


@click.group()
def cost() -> None:
    """What lists, plays and language models cost, exact to the billionth of a dollar."""


@cost.command()
@click.option(
    "--by",
    default="day",
    show_default=True,
    type=click.Choice([*map(str, CostGroup), GENRE]),
    help="What a line is about.",
)
@between
@click.option(
    "--view",
    default=View.CASH.value,
    show_default=True,
    type=click.Choice([*map(str, View)]),
    help="LLM charges on their day, or with the lists that used what they brought.",
)
@click.option("--json", "form", flag_value="json", help="Stable keys, for programs.")
@click.option("--csv", "form", flag_value="csv", help="Comma-separated, for spreadsheets.")
@click.option("--markdown", "form", flag_value="markdown")
@click.pass_obj
def report(
    settings: Settings, by: str, since: datetime | None, until: datetime | None, view: str, form: str | None
) -> None:
    """Costs of a time by day, arm, film and so on, the dearest first but for times; the lines are all that there is.

    Expected: licence fees by what positions are usually picked. Attributed: fees of plays that came from a list,
    organic: of all others. A list: attributed and LLM for each list. Amounts in US dollars.
    """
    span = span_of(since, until)
    with closing(CostReport(settings.ledger_db)) as costs:
        refuse_nothing(costs)
        table = costs.with_users(_table(settings, costs, by, span, View(view)))
        unknown = costs.unknown(span)
    if not table.lines:
        raise NothingToReport("nothing of this time is in the ledger: give another --since or --until")
    if form == "json":
        click.echo(json.dumps(cost_view.table_as_json(table) | {"unknown": _unknown_json(unknown)}, indent=2))
    elif form == "csv":
        click.echo(cost_view.as_csv(table), nl=False)
    elif form == "markdown":
        click.echo(cost_view.as_markdown(cost_view.rows(table)))
    else:
        click.echo(cost_view.as_text(cost_view.rows(table)))
        _print_users(table)
        _print_unknown(unknown)


@cost.command()
@click.option("--by", default="outcome", show_default=True, type=click.Choice([*map(str, CallGroup)]))
@between
@click.option("--json", "as_json", is_flag=True, help="Stable keys, for programs.")
@click.pass_obj
def llm(settings: Settings, by: str, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """What calls of language models used, cost and saved; today's budget; the month's forecast."""
    span, now = span_of(since, until), SystemClock().now()
    with closing(CostReport(settings.ledger_db)) as costs, closing(CallReport(settings.ledger_db)) as calls:
        groups = calls.totals(CallGroup(by), span)
        if not groups:
            raise NothingToReport("no call of a language model is in the ledger for this time")
        saved = cost_llm.saved(calls, Prices(settings.prices), span)
        spending, made = cost_llm.spending(settings, now), month_forecast(costs, now)
    found = {
        "by": by,
        "groups": {name: _calls_json(totals) for name, totals in groups.items()},
        "saved_by_cache": None if saved is None else asdict(saved) | {"worth": str(saved.worth)},
        "spent_today_usd": None if spending is None else str(spending.spent),
        "reserved_today_usd": None if spending is None else str(spending.reserved),
        "budget_day_usd": str(settings.llm_day_usd),
        "month_forecast_usd": None if made is None else str(made.month),
    }
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    head = (by, "calls", "cached", "charged", "uncertain", "input", "of it cached", "output", "of it reasoning")
    click.echo(cost_view.as_text([head, *(_calls_cells(name, totals) for name, totals in groups.items())]))
    for name in ("saved_by_cache", "spent_today_usd", "budget_day_usd", "month_forecast_usd"):
        click.echo(f"{name.removesuffix('_usd').replace('_', ' ')}: {_said(found[name])}")


@cost.command()
@click.option("--json", "as_json", is_flag=True, help="Stable keys, for programs.")
@click.pass_obj
def questions(settings: Settings, as_json: bool) -> None:
    """The ten questions that an owner asks, each answered in one line. Weeks include today."""
    with closing(CostReport(settings.ledger_db)) as costs, closing(CallReport(settings.ledger_db)) as calls:
        refuse_nothing(costs)
        answers = Questions(settings, costs, calls, SystemClock().now()).answers()
    if as_json:
        click.echo(json.dumps([asdict(answer) for answer in answers], indent=2))
        return
    for number, answer in enumerate(answers, start=1):
        click.echo(f"{number:2}. {answer.question} {answer.text}\n    {answer.more}")


@cost.command("book")
@click.pass_obj
def book_now(settings: Settings) -> None:
    """Book plays now. `matinee ingest` does so by itself, every few seconds."""
    booked = settle(settings, SystemClock())
    click.echo(f"{booked.plays:,} plays booked, {booked.reversed:,} bookings reversed")


for command in (reconcile, reprice, quarantine):
    cost.add_command(command)


def _table(settings: Settings, costs: CostReport, by: str, span: Span, view: View) -> CostTable:
    if by != GENRE:
        table = costs.by(CostGroup(by), span, view)
        return table if by in (CostGroup.DAY, CostGroup.HOUR) else _dearest_first(table)
    with closing(Catalogue(settings.events_db)) as catalogue:
        genres = {str(movie.id): movie.genres for movie in catalogue.movies()}
    table = costs.by(CostGroup.FILM, span, view)
    return _dearest_first(table.regrouped(GENRE, lambda film: (genres.get(film) or (NO_GENRE,))[0]))


def _dearest_first(table: CostTable) -> CostTable:
    """The same lines, those that cost most on top."""
    lines = sorted(table.lines.items(), key=lambda item: item[1].total, reverse=True)
    return replace(table, lines=dict(lines))


def _print_users(table: CostTable) -> None:
    """How many were there to pay for; unknown for parts of a day."""
    if table.active_users is not None:
        each = cost_view.dollars(table.per_active_user)
        click.echo(f"active users: {table.active_users:,}, {each} each; view: {table.view}")


def _print_unknown(found: Unknown) -> None:
    counts = {name: value for name, value in _unknown_json(found).items() if value not in (0, "0.00")}
    counts.pop("films", None)
    text = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in counts.items())
    click.echo(f"not known: {text or 'nothing'}")


def _unknown_json(found: Unknown) -> dict[str, Any]:
    return asdict(found) | {"uncertain": str(found.uncertain)}


def _calls_json(totals: CallTotals) -> dict[str, Any]:
    return asdict(totals) | {"charged": str(totals.charged), "uncertain": str(totals.uncertain)}


def _calls_cells(name: str, totals: CallTotals) -> tuple[str, ...]:
    tokens = totals.input_tokens, totals.cached_tokens, totals.output_tokens, totals.reasoning_tokens
    counts = (f"{totals.calls:,}", f"{totals.hits:,}", str(totals.charged), str(totals.uncertain))
    return name, *counts, *(f"{count:,}" for count in tokens)


def _said(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, dict):
        return f"${value['worth']}, {value['hits']:,} calls, {value['unpriced']:,} of them without a known price"
    return f"${Usd.parse(value)}"
