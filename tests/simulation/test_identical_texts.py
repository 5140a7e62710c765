"""Identical texts in many processes are one paid call over real HTTP, and the others are counted as saved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from llm import WorkStore, deliver, undelivered
from simulator import WorldSize
from telemetry import CallGroup, CallLedger, CallReport

ROOT = Path(__file__).parents[2]


def ask(site, processes, texts):
    """Each process asks for the same words for `texts` users; returns what is booked."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MATINEE_")}
    environment |= site.environment | {"PYTHONPATH": str(ROOT)}
    script = Path(__file__).with_name("many_workers.py")
    running = [
        subprocess.Popen(
            [sys.executable, script, str(texts), str(number * texts)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    told = [one.communicate(timeout=120) for one in running]
    assert [one.returncode for one in running] == [0] * processes, told[0][1]
    said = [json.loads(out) for out, _ in told]
    assert [one["answered"] for one in said] == [texts] * processes
    assert len({answer for one in said for answer in one["answers"]}) == 1
    with closing(WorkStore(site.settings.work_db)) as store, closing(CallLedger(site.settings.ledger_db)) as ledger:
        while undelivered(store):
            deliver(store, ledger)
    with closing(CallReport(site.settings.ledger_db)) as report:
        assert report.conflicts() == 0
        return list(report.totals(CallGroup.DAY).values())


def check(site_of, processes, texts):
    site = site_of(WorldSize(20, 30, 3, 2)).start(latency_s=0.3)
    booked = ask(site, processes, texts)
    (line,) = site.endpoint.invoice.lines()
    assert sum(part.calls for part in booked) == 1
    assert sum(part.hits for part in booked) == processes * texts - 1
    assert sum(part.charged.nano for part in booked) == line.cost_nano


def test_100_identical_texts_over_2_processes_are_one_paid_call(site_of):
    check(site_of, processes=2, texts=50)


@pytest.mark.prove
def test_1000_identical_texts_over_4_processes_are_one_paid_call(site_of):
    check(site_of, processes=4, texts=250)
