"""The worker command understands a small site with a language model: the simulator's, and a real one where given.

The real one, at the address in TEST_COMPLETER, proves the protocol only; `.ci/real-llm.sh` starts one.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import date

import pytest
from click.testing import CliRunner

from core.clock import SystemClock
from matinee.cli import main
from simulator import World, WorldSize
from simulator.directory import DirectoryServer
from simulator.endpoint import LlmEndpoint

REAL = os.environ.get("TEST_COMPLETER", "")
SIZE = WorldSize(users=25, movies=60, days=2)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A home with the films, events and records of a small world, before any worker ran: only to be copied."""
    home = tmp_path_factory.mktemp("home")
    World.build(11, SIZE, date(2026, 1, 1)).write(home / "world")
    with DirectoryServer(home / "world") as api:
        for command in (["ingest", "--once"], ["catalog", "import", api.url], ["users", "import", api.url]):
            run(home, command)
    return home


def run(home, command, completer="rules:", key=""):
    environment = {"MATINEE_HOME": str(home), "MATINEE_COMPLETER": completer, "MATINEE_LLM_KEY": key}
    result = CliRunner().invoke(main, command, env=environment, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def usages(home):
    with closing(sqlite3.connect(home / "ledger.db")) as ledger:
        ledger.row_factory = sqlite3.Row
        query = "SELECT * FROM usages JOIN charges USING (call)"
        return [dict(row) for row in ledger.execute(query)]


def test_every_call_of_the_simulated_model_is_in_the_ledger_as_it_is_on_the_invoice(site, tmp_path):
    home = shutil.copytree(site, tmp_path / "home")
    with LlmEndpoint(home / "world", clock=SystemClock()) as endpoint:
        address = endpoint.url.removeprefix("http://")
        run(home, ["worker", "backfill", "--yes"], f"openai://{address}/v1?model=gpt-4o-mini&priced_as=gpt-4o-mini")
        billed = {
            line.id: (line.input, line.cached, line.output, line.cost_nano) for line in endpoint.invoice.lines()
        }
    paid = [row for row in usages(home) if row["outcome"] != "cached"]
    assert billed
    assert {
        row["completion"]: (row["input_tokens"], row["cached_tokens"], row["output_tokens"], row["nano"])
        for row in paid
    } == billed


@pytest.mark.skipif(
    not REAL, reason="needs the address of a real server in TEST_COMPLETER; .ci/real-llm.sh gives one"
)
def test_a_real_model_is_worked_with_to_the_last_job(site, tmp_path):
    home = shutil.copytree(site, tmp_path / "home")
    run(home, ["worker", "backfill", "--yes"], REAL, os.environ.get("TEST_COMPLETER_KEY", ""))
    rows = usages(home)
    answered = [row for row in rows if row["outcome"] in ("answered", "invalid", "cut off", "refused")]
    assert answered
    assert all(row["source"] == "reported" and row["input_tokens"] > 0 for row in answered)
    status = json.loads(run(home, ["worker", "status", "--json"]))
    assert (status["waiting"], status["dead"], status["undelivered_usages"]) == (0, 0, 0)
    assert status["tastes"] == status["done"] > 0
