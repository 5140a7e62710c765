"""`matinee ingest`: the site's log comes in; what could not be used is listed and replayed."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Mapping
from typing import Any

import click

from core.clock import SystemClock
from core.errors import SourceError
from core.events import Reason
from core.settings import Settings
from ingest import EventStore, Pumped, RejectedAt, RejectedLines
from matinee.event_intake import take_events

LINE_SHOWN = 160  # characters of a rejected line on a screen; all of it is in --json

_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object with stable keys.")


@click.group(invoke_without_command=True)
@click.option("--events", "url", metavar="URL", help="file:PATH or kafka://BROKER/TOPIC instead of MATINEE_EVENTS.")
@click.option("--once", is_flag=True, help="Stop when all that is there now is stored, instead of following.")
@click.option("--from-start", is_flag=True, help="Read the log anew from its beginning. Nothing counts twice.")
@_as_json
@click.pass_context
def ingest(ctx: click.Context, url: str | None, once: bool, from_start: bool, as_json: bool) -> None:
    """Store the events of the log, from where the last run stopped, until SIGTERM or Ctrl-C."""
    if ctx.invoked_subcommand is not None:
        return
    settings: Settings = ctx.obj
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    hidden = not sys.stderr.isatty()
    stored: Pumped | None = None
    try:
        with click.progressbar(
            length=1, label="reading the log", show_eta=once, hidden=hidden, file=sys.stderr
        ) as bar:

            def show(so_far: Pumped, done: int, total: int) -> None:
                nonlocal stored
                stored = so_far
                bar.length = max(total, 1)
                bar.update(done - bar.pos)

            pumped = take_events(
                settings,
                url or settings.events,
                SystemClock(),
                stop,
                follow=not once,
                from_start=from_start,
                progress=show,
            )
    except SourceError:
        if stored is not None:
            _print_pumped(stored, as_json)
        raise
    _print_pumped(pumped, as_json)


@ingest.command("rejected")
@click.option("--reason", "name", type=click.Choice([reason.name for reason in Reason], case_sensitive=False))
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True, help="Most lines to list.")
@_as_json
@click.pass_obj
def list_rejected(settings: Settings, name: str | None, limit: int, as_json: bool) -> None:
    """Count the rejected lines by reason and list the newest."""
    lines = RejectedLines(settings.events_db)
    counts = lines.counts()
    newest = list(lines.newest(None if name is None else Reason[name], limit))
    if as_json:
        click.echo(json.dumps({"rejected": _by_name(counts), "newest": [_row(line) for line in newest]}, indent=2))
        return
    click.echo(f"{sum(counts.values()):,} rejected")
    _print_reasons(counts)
    for line in newest:
        shown = "null" if line.line is None else line.line.decode(errors="backslashreplace")[:LINE_SHOWN]
        click.echo(f"{line.source}/{line.partition}@{line.position} {line.reason.name}: {shown!r}")


@ingest.command("replay")
@_as_json
@click.pass_obj
def replay_rejected(settings: Settings, as_json: bool) -> None:
    """Parse the rejected lines again; those that are accepted now have their effects."""
    store = EventStore(settings.events_db)
    replayed = store.replay(settings.stars_max, SystemClock().now())
    store.close()
    accepted, still = sum(replayed.accepted.values()), sum(replayed.rejected.values())
    if as_json:
        report = {"accepted": replayed.accepted, "rejected": _by_name(replayed.rejected)}
        click.echo(json.dumps(report, indent=2))
        return
    click.echo(f"{accepted:,} accepted now, {still:,} rejected")
    _print_reasons(replayed.rejected)


def _print_pumped(pumped: Pumped, as_json: bool) -> None:
    if as_json:
        report = {
            "lines": pumped.lines,
            "events": dict(pumped.kinds),
            "rejected": _by_name(pumped.rejected),
            "seconds": round(pumped.seconds, 3),
            "lines_per_second": round(pumped.lines_per_second),
        }
        click.echo(json.dumps(report, indent=2))
        return
    click.echo(
        f"{pumped.lines:,} lines, {pumped.rejected.total():,} rejected, {pumped.lines_per_second:,.0f} lines/s"
    )
    for kind, lines in pumped.kinds.items():
        click.echo(f"  {lines:>12,} {kind}")
    _print_reasons(pumped.rejected)


def _print_reasons(counts: Mapping[Reason, int]) -> None:
    for reason, lines in counts.items():
        click.echo(f"  {lines:>12,} {reason.name}: {reason.value}")


def _by_name(counts: Mapping[Reason, int]) -> dict[str, int]:
    return {reason.name: lines for reason, lines in counts.items()}


def _row(line: RejectedAt) -> dict[str, Any]:
    """A rejected line for JSON; bytes that are no UTF-8 are written as escapes."""
    return {
        "source": line.source,
        "partition": line.partition,
        "position": line.position,
        "reason": line.reason.name,
        "line": None if line.line is None else line.line.decode(errors="backslashreplace"),
    }
