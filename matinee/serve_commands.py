"""The commands that answer requests and say how an answer came about: serve, trace."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import click

from core.errors import NothingToReport
from core.ids import RequestId, parse_request_id, request_id_text
from core.settings import Settings
from matinee.list_costs import cost_lines, costs_so_far
from telemetry import Ledger, LedgerEntry


@click.command()
@click.pass_obj
def serve(settings: Settings) -> None:
    """Answer GET /recommend/USERID, with the ops pages on a port of their own, until SIGTERM or Ctrl-C."""
    from api import Address
    from matinee import wiring
    from matinee.serving import serve_all

    def announce() -> None:
        click.echo(
            f"serving {Address(settings.host, settings.port)}/recommend/USERID with {settings.workers} workers; ops "
            f"pages: {Address(settings.ops_host, settings.ops_port)}/dashboard, /readyz, /healthz, /metrics, /version"
        )

    serve_all(settings, wiring.recommender, wiring.licence_by_movie, announce)


@click.command()
@click.argument("request_id")
@click.option("--json", "as_json", is_flag=True, help="Stable keys, for programs.")
@click.pass_obj
def trace(settings: Settings, request_id: str, as_json: bool) -> None:
    """Show how the answer with this X-Request-Id came about."""
    request = parse_request_id(request_id)
    if request is None:
        raise NothingToReport(f"{request_id!r} is no request id: 16 hexadecimal digits from X-Request-Id are needed")
    with closing(Ledger(settings.ledger_db)) as ledger:
        entry = ledger.entry(request)
        if entry is None:
            raise NothingToReport(_absence(ledger, request))
    report = _report(entry) | costs_so_far(settings.ledger_db, request)
    if any(attempt.ranker == "taste" and attempt.movies for attempt in entry.decision.ranking.attempts):
        from matinee.reasons import because  # a list by taste needs the model again, other traces do not wait for it

        report |= because(settings, entry.decision)
    click.echo(json.dumps(report, indent=2) if as_json else _page(report))


def _absence(ledger: Ledger, request: RequestId) -> str:
    """Why there may be no decision for `request`."""
    gap = ledger.gap_around(request)
    if gap is not None:
        return (
            f"request {request_id_text(request)} is not in the ledger: {gap.dropped} decisions around it were "
            "dropped under overload; a longer MATINEE_RECORDER_QUEUE keeps more"
        )
    counts = ledger.counts()
    if counts.first is None or counts.last is None:
        return f"request {request_id_text(request)} is not in the ledger: it is empty"
    return (
        f"request {request_id_text(request)} is not in the ledger, which holds {counts.decisions} decisions "
        f"from {counts.first:%Y-%m-%d %H:%M:%S} to {counts.last:%Y-%m-%d %H:%M:%S} UTC"
    )


def _report(entry: LedgerEntry) -> dict[str, Any]:
    decision = entry.decision
    ranking = decision.ranking
    return {
        "request": request_id_text(decision.request),
        "time": decision.time.isoformat(),
        "user": decision.user,
        "arm": decision.arm,
        "model": ranking.model,
        "elapsed_us": decision.elapsed_us,
        "movies": list(ranking.movies),
        "attempts": [
            {
                "ranker": attempt.ranker,
                "outcome": attempt.outcome.value,
                "movies": attempt.movies,
                "elapsed_us": attempt.elapsed_us,
                "detail": attempt.detail,
            }
            for attempt in ranking.attempts
        ],
        "filtered": dict(ranking.filtered),
        "expected_licence_usd": None if entry.expected_licence is None else str(entry.expected_licence),
        "unknown_fees": entry.unknown_fees,
    }


def _page(report: dict[str, Any]) -> str:
    """The report for reading."""
    cost = report["expected_licence_usd"]
    lines = [
        f"request   {report['request']} at {report['time']}",
        f"user      {report['user']}, arm {report['arm']}",
        f"model     {report['model']}",
        f"elapsed   {report['elapsed_us']} us",
        "attempts",
    ]
    for item in report["attempts"]:
        detail = f": {item['detail']}" if item["detail"] else ""
        lines.append(
            f"  {item['ranker']}  {item['outcome']}, {item['movies']} films, {item['elapsed_us']} us{detail}"
        )
    filters = ", ".join(f"{name} {count}" for name, count in report["filtered"].items())
    lines.append(f"filtered  {filters or 'nothing'}")
    lines.append(
        f"licence   expected {'unknown' if cost is None else '$' + cost}, "
        f"{report['unknown_fees']} films without a known fee"
    )
    lines += cost_lines(report)
    lines.append("films")
    because = report.get("because", {})
    width = max(map(len, because), default=0)
    lines += [
        f"  {position:2}  {movie:<{width}}  because {because[movie]}"
        if movie in because
        else f"  {position:2}  {movie}"
        for position, movie in enumerate(report["movies"], start=1)
    ]
    if "because_from" in report:
        lines.append(f"reasons   {report['because_from']}")
    return "\n".join(lines)
