"""`matinee doctor`: what stands behind each port, real or stand-in, and does it answer."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import click
import requests

from api import NO_MODEL, probe
from cf import Registry
from core.backends import PortUrl, masked
from core.errors import ArtefactError, MatineeError
from core.settings import Settings
from ingest import EventReader, open_source
from llm import Tastes
from simulator import SERVER_NAME, World
from telemetry import Ledger

PATIENCE_S = 3.0


@dataclass(frozen=True)
class Finding:
    """One port: what the settings name, what stands behind it, and whether it answers."""

    port: str
    setting: str
    nature: str  # "real" or "stand-in"
    answers: bool
    detail: str


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Stable keys, for programs.")
@click.pass_obj
def doctor(settings: Settings, as_json: bool) -> None:
    """Ask each port what stands behind it. Exits with 1 when one does not answer."""
    findings = [replace(finding, setting=masked(finding.setting)) for finding in _examine(settings)]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            answer = click.style("answers", fg="green") if finding.answers else click.style("SILENT ", fg="red")
            click.echo(
                f"{finding.port:<10} {answer}  {finding.nature:<8}  {finding.setting}\n{'':<12}{finding.detail}"
            )
    sys.exit(not all(finding.answers for finding in findings))


def stand_ins(settings: Settings) -> list[Finding]:
    """The ports of the site behind which something stands that is not real."""
    outside = _finding_of_events(settings), _directory(settings.directory), _completer(settings)
    return [finding for finding in outside if finding.nature == "stand-in"]


def _examine(settings: Settings) -> Iterator[Finding]:
    yield _finding_of_events(settings)
    yield _directory(settings.directory)
    yield _finding("store", str(settings.events_db), "real", lambda: _store(settings))
    yield _finding("models", str(settings.models), "real", lambda: _models(settings))
    yield _finding("ledger", settings.ledger, "real", lambda: _ledger(settings))
    yield _completer(settings)
    yield _finding("work", str(settings.work_db), "real", lambda: _work(settings))
    address = f"http://{settings.host}:{settings.port}"
    health = probe(settings.host, settings.port)
    detail = health.error or f"serves with {'no model' if health.model == NO_MODEL else f'model {health.model}'}"
    yield Finding("service", address, "real", not health.error, detail)


def _finding(port: str, setting: str, nature: str, look: Callable[[], str]) -> Finding:
    """What `look` says; one of our own errors is a port that does not answer."""
    try:
        return Finding(port, setting, nature, True, look())
    except (MatineeError, sqlite3.Error) as error:  # a file of others may have a table of one of our names
        return Finding(port, setting, "unknown", False, str(error))


def _finding_of_events(settings: Settings) -> Finding:
    nature = "stand-in" if _is_simulated_log(settings) else "real"
    return _finding("events", settings.events, nature, lambda: _events(settings))


def _events(settings: Settings) -> str:
    """Looks without joining a consumer group: a doctor must not take partitions from the ingest that runs."""
    url = PortUrl.parse(settings.events)
    alone = urlencode({name: value for name, value in url.options.items() if name != "group"})
    address = f"{url.scheme}://{url.host}{url.path}?{alone}" if url.options else settings.events
    source = open_source(address, lambda *_: None, False)
    try:
        next(iter(source.read()), None)
        _, there = source.progress()
    finally:
        source.close()
    return f"{there:,} {'bytes' if url.scheme == 'file' else 'messages'} are there"


def _is_simulated_log(settings: Settings) -> bool:
    url = PortUrl.parse(settings.events)
    return url.scheme == "file" and World.stands_in(Path(url.path).parent)


def _directory(url: str) -> Finding:
    """Any HTTP answer will do: user 1 need not exist."""
    address = url.partition("?")[0].rstrip("/")
    try:
        answer = requests.get(f"{address}/user/1", timeout=PATIENCE_S)
    except requests.RequestException as error:
        return Finding("directory", url, "unknown", False, f"{type(error).__name__}: start it, or correct the URL")
    nature = "stand-in" if answer.headers.get("Server", "").startswith(SERVER_NAME) else "real"
    return Finding(
        "directory", url, nature, answer.status_code < 500, f"/user/1 is answered with {answer.status_code}"
    )


def _completer(settings: Settings) -> Finding:
    """Asks a server which models it has: that costs nothing."""
    if PortUrl.parse(settings.completer).scheme == "rules":
        return Finding("completer", settings.completer, "real", True, "titles alone: no language model, no cost")
    from llm.openai_completer import Server

    try:
        server = Server.parse(PortUrl.parse(settings.completer))
    except MatineeError as error:
        return Finding("completer", settings.completer, "unknown", False, str(error))
    headers = {"Authorization": f"Bearer {settings.llm_key}"} if settings.llm_key else {}
    try:
        answer = requests.get(f"{server.base_url}/models", headers=headers, timeout=PATIENCE_S)
    except requests.RequestException as error:
        detail = f"{type(error).__name__}: start it, or correct MATINEE_COMPLETER"
        return Finding("completer", settings.completer, "unknown", False, detail)
    nature = "stand-in" if answer.headers.get("Server", "").startswith(SERVER_NAME) else "real"
    key = "set" if settings.llm_key else "not set"
    detail = f"/models is answered with {answer.status_code}; MATINEE_LLM_KEY is {key}"
    return Finding("completer", settings.completer, nature, answer.status_code == 200, detail)


def _work(settings: Settings) -> str:
    with closing(Tastes(settings.work_db)) as tastes:
        counts = tastes.counts()
    return f"{counts.tastes:,} tastes, {counts.with_films:,} of them name films"


def _store(settings: Settings) -> str:
    reader = EventReader(settings.events_db)
    counts = ", ".join(f"{count:,} {name}" for name, count in reader.counts().items())
    reader.close()
    return counts


def _models(settings: Settings) -> str:
    registry = Registry(settings.models)
    current = registry.current()
    if current is None:
        raise ArtefactError("no model was published: run matinee train")
    card = registry.card(current)
    return f"{current} serves, trained on {card.interactions:,} interactions of {card.users:,} users"


def _ledger(settings: Settings) -> str:
    ledger = Ledger(settings.ledger_db)
    counts = ledger.counts()
    ledger.close()
    return f"{counts.decisions:,} decisions, {counts.dropped:,} dropped"
