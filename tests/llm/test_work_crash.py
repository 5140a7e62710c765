"""A worker killed at any point and started again loses and doubles no taste, no usage and no charge."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def crash(folder: Path, points: int) -> dict:
    script = Path(__file__).with_name("work_crash_points.py")
    done = subprocess.run(
        [sys.executable, script, folder, str(points)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_killed_at_12_points_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    report = crash(tmp_path, points=12)
    assert report["wrong"] == {}
    assert report["points"] == 12


@pytest.mark.prove
def test_killed_at_500_points_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    report = crash(tmp_path, points=500)
    assert report["wrong"] == {}
    assert report["points"] == 500
    assert report["with_lost_call"] > 0  # some points are between a bill and its settlement
