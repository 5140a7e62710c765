"""A whole worker killed at any statement or at any moment of a call, and started again, loses and doubles nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def crash(folder: Path, points: int) -> dict:
    script = Path(__file__).with_name("flow_crash_points.py")
    done = subprocess.run(
        [sys.executable, script, folder, str(points)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_worker_killed_at_8_points_loses_and_doubles_nothing(tmp_path: Path) -> None:
    report = crash(tmp_path, points=8)
    assert report["wrong"] == {}
    assert report["points"] == 8


@pytest.mark.prove
def test_a_worker_killed_at_500_points_loses_and_doubles_nothing(tmp_path: Path) -> None:
    report = crash(tmp_path, points=500)
    assert report["wrong"] == {}
    assert report["points"] == 500
    assert report["with_lost_call"] > 0  # some points are between a bill and its settlement
    print(report)
