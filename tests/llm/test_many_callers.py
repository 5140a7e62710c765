"""Many callers at once: identical texts are one paid call, and nobody overspends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MOST = 1000  # billionths that a call of the script can cost


def crowd(folder: Path, processes: int, threads: int, texts: int, keys: int, day: int) -> dict:
    script = Path(__file__).with_name("many_callers.py")
    done = subprocess.run(
        [sys.executable, script, folder, *map(str, (processes, threads, texts, keys, day))],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["wrong"] == []
    assert report["charged"] == report["billed"] == report["spent"] <= day
    assert report["calls"] == report["billed_calls"] == report["begun"]
    assert report["hits"] == report.get("cached", 0)
    return report


def test_200_identical_texts_over_4_processes_are_one_call(tmp_path):
    report = crowd(tmp_path, processes=4, threads=2, texts=25, keys=1, day=10**9)
    assert (report["begun"], report["cached"]) == (1, 199)


def test_64_callers_who_want_ten_times_the_budget_do_not_overspend(tmp_path):
    day = 20 * MOST
    report = crowd(tmp_path, processes=4, threads=16, texts=4, keys=10**6, day=day)
    assert report["begun"] + report["over budget"] == 256
    # The first refusal came when more than 19 times the most was spent or reserved, at most once the most a call.
    assert report["begun"] >= 20


@pytest.mark.prove
def test_1000_identical_texts_over_4_processes_are_one_call(tmp_path):
    report = crowd(tmp_path, processes=4, threads=10, texts=25, keys=1, day=10**9)
    assert (report["begun"], report["cached"]) == (1, 999)


@pytest.mark.prove
def test_64_callers_with_some_identical_texts_do_not_overspend(tmp_path):
    report = crowd(tmp_path, processes=4, threads=16, texts=20, keys=500, day=100 * MOST)
    assert report["begun"] + report["over budget"] + report["cached"] == 1280
