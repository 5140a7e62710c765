"""Killed at any point and started again, every play is booked once: the rows are those of one clean run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def crash(tmp_path: Path, points: int) -> dict:
    script = Path(__file__).with_name("play_crash_points.py")
    done = subprocess.run(
        [sys.executable, script, tmp_path, str(points)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_killed_at_25_points_and_started_again_the_rows_are_those_of_one_run(tmp_path: Path) -> None:
    report = crash(tmp_path, points=25)
    assert report["wrong"] == []
    assert report["points"] == 25
    assert all(report["rows"].values())


@pytest.mark.prove
def test_killed_at_500_points_and_started_again_the_rows_are_those_of_one_run(tmp_path: Path) -> None:
    report = crash(tmp_path, points=500)
    assert report["wrong"] == []
    assert report["points"] == 500
