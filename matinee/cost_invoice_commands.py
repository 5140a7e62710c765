"""The cost commands about what a provider says: reconcile, reprice, quarantine."""

from __future__ import annotations

import json
import sys
from collections import Counter
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from core.clock import SystemClock
from core.errors import NothingToReport
from core.settings import Settings
from matinee import cost_view
from matinee.cost_options import between, span_of
from telemetry import CallReport, InvoiceFile, Match, Pair, Prices, Reconciled, correct
from telemetry.reconcile import MARGIN, UNEXPLAINED, days_of
from telemetry.reconcile import reconcile as compare
from telemetry.reprice import Repriced, priced
from telemetry.reprice import reprice as price_again
from telemetry.span import Span

SHOWN = 20  # unexplained calls in text; --json has all pairs

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--invoice", required=True, type=_file, help="CSV with id, time, model and cost; see docs/cost.md.")
@between
@click.option("--settle", is_flag=True, help="Let uncertain charges stand as billed, by rows that are added.")
@click.option("--json", "as_json", is_flag=True, help="Stable keys, every call.")
@click.pass_obj
def reconcile(
    settings: Settings, invoice: Path, since: datetime | None, until: datetime | None, settle: bool, as_json: bool
) -> None:
    """Compare a provider's invoice with the ledger, call by call; succeed only when nothing is unexplained.

    The invoice is taken to be of the whole days (UTC) from its first to its last line, or of --since to --until.
    """
    file = InvoiceFile.load(invoice)
    days = days_of(file)
    span = span_of(since or days.since, until or days.until)
    with closing(CallReport(settings.ledger_db)) as report:
        found = compare(report.usages(Span(span.since - MARGIN, span.until + MARGIN)), file, span)
    corrected = correct(settings.ledger_db, found.settled(), SystemClock().now()) if settle else None
    if as_json:
        settled = None if corrected is None else corrected.charges
        click.echo(json.dumps(_reconciled_json(found, settled), indent=2))
    else:
        click.echo(_reconciled_page(found))
        if corrected is not None:
            click.echo(f"settled {corrected.charges:,} uncertain charges: ${corrected.difference} added")
    if not found.is_explained:
        click.echo("matinee: ledger and invoice do not agree: see what is unexplained above", err=True)
        sys.exit(1)


@click.command()
@click.option("--prices", "path", required=True, type=_file, help="A price file, as MATINEE_HOME/prices.toml.")
@between
@click.option("--json", "as_json", is_flag=True, help="Stable keys, for programs.")
@click.pass_obj
def reprice(settings: Settings, path: Path, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """Show what calls would have cost by another price file; what is stored stays as it is.

    A model that the file does not have is priced by the packaged table, as always.
    """
    with closing(CallReport(settings.ledger_db)) as report:
        found = price_again(report.usages(span_of(since, until)), Prices(path))
    if not found:
        raise NothingToReport("no call of a language model is in the ledger for this time")
    rows = [*found.items(), ("total", sum(found.values(), Repriced()))]
    if as_json:
        click.echo(json.dumps({name: _repriced_json(one) for name, one in rows}, indent=2))
        return
    head = ("model", "calls", "stands", "by the file", "difference", "no price", "settled")
    click.echo(cost_view.as_text([head, *(_repriced_cells(name, one) for name, one in rows)]))


@click.command()
@click.option("--price", "do_price", is_flag=True, help="Charge those that have a price by now, by added rows.")
@click.option("--json", "as_json", is_flag=True, help="Stable keys, for programs.")
@click.pass_obj
def quarantine(settings: Settings, do_price: bool, as_json: bool) -> None:
    """List calls of models that no table had a price for: they are charged at their most until they are priced."""
    with closing(CallReport(settings.ledger_db)) as report:
        calls = report.unpriced()
    charges = priced(calls, Prices(settings.prices)) if do_price else []
    corrected = correct(settings.ledger_db, charges, SystemClock().now()) if do_price else None
    done = {charge.call for charge in charges}
    left = [(usage, charge) for usage, charge in calls if usage.call not in done]
    models = Counter((usage.provider, usage.answering_model or usage.requested_model) for usage, _ in left)
    if as_json:
        names = [{"provider": provider, "model": model, "calls": n} for (provider, model), n in models.items()]
        found = {"unpriced": len(left), "models": names, "priced": 0 if corrected is None else corrected.charges}
        click.echo(json.dumps(found, indent=2))
        return
    if corrected is not None:
        click.echo(f"priced {corrected.charges:,} calls: ${corrected.difference} added to the ledger")
    click.echo(f"{len(left):,} calls in quarantine")
    for (provider, model), count in models.items():
        click.echo(f"  {count:,} of {provider}/{model}: add it to {settings.prices}, then --price")


def _reconciled_page(found: Reconciled) -> str:
    counts = Counter(pair.match for pair in found.pairs)
    lines = [f"{counts[match]:>8,} {match}{_amounts(found, match)}" for match in Match]
    unexplained = [pair for pair in found.pairs if pair.match in UNEXPLAINED]
    lines += [
        f"  {pair.match}: {pair.call or '-'} {pair.line or '-'} {pair.time:%Y-%m-%dT%H:%M:%S} {pair.model}, "
        f"ours {cost_view.dollars(pair.ours)}, billed {cost_view.dollars(pair.billed)}"
        for pair in unexplained[:SHOWN]
    ]
    if len(unexplained) > SHOWN:
        lines.append(f"  and {len(unexplained) - SHOWN:,} more, see --json")
    lines.append(f"ledger ${found.ours}, invoice ${found.billed}, difference ${found.ours - found.billed}")
    return "\n".join(lines)


def _amounts(found: Reconciled, match: Match) -> str:
    """Our amounts and theirs, where these are not the same by what the word says."""
    if match is Match.EQUAL:
        return ""
    ours = sum(pair.ours.nano for pair in found.pairs if pair.match is match and pair.ours is not None)
    billed = sum(pair.billed.nano for pair in found.pairs if pair.match is match and pair.billed is not None)
    return f": ours ${cost_view.nano(ours)}, billed ${cost_view.nano(billed)}"


def _reconciled_json(found: Reconciled, settled: int | None) -> dict[str, Any]:
    counts = Counter(pair.match for pair in found.pairs)
    return {
        "explained": found.is_explained,
        "counts": {match.value: counts[match] for match in Match},
        "ledger_usd": str(found.ours),
        "invoice_usd": str(found.billed),
        "settled": settled,
        "pairs": [_pair_json(pair) for pair in found.pairs],
    }


def _pair_json(pair: Pair) -> dict[str, Any]:
    return {
        "match": pair.match.value,
        "call": pair.call or None,
        "id": pair.line or None,
        "time": pair.time.isoformat(),
        "model": pair.model,
        "ledger_usd": None if pair.ours is None else str(pair.ours),
        "invoice_usd": None if pair.billed is None else str(pair.billed),
    }


def _repriced_json(one: Repriced) -> dict[str, Any]:
    return {
        "calls": one.calls,
        "stands_usd": str(one.stands),
        "again_usd": str(one.again),
        "difference_usd": str(one.difference),
        "unpriced": one.unpriced,
        "settled": one.settled,
    }


def _repriced_cells(name: str, one: Repriced) -> tuple[str, ...]:
    amounts = str(one.stands), str(one.again), str(one.difference)
    return name, f"{one.calls:,}", *amounts, f"{one.unpriced:,}", f"{one.settled:,}"
