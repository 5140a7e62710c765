"""Killed at any point and started again, the state equals one clean pass."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

LINES = 2500  # 180 KB, of which the first 64 KiB are one block


def a_log(path: Path) -> None:
    """Lines of every kind, some twice, some wrong, the last one without its newline."""
    rng = random.Random(7)
    lines = []
    for number in range(LINES):
        head = f"2026-02-14T12:{number // 60:02}:{number % 60:02},{rng.randrange(12)},"
        movie = f"film+{rng.randrange(5)}+1999"
        body = rng.choice(
            [f"GET /data/m/{movie}/{rng.randrange(150)}.mpg"] * 5
            + [f"GET /rate/{movie}={rng.randrange(12)}", "GET /create_account", "rubbish"]
            + [f"recommendation request h:1, status 200, result: {movie}, {number} ms"]
        )
        lines += [head + body] * rng.choice([1, 1, 1, 2])
    path.write_text("\n".join(lines))


def crash(tmp_path: Path, points: int) -> dict:
    a_log(tmp_path / "movie.log")
    script = Path(__file__).with_name("crash_points.py")
    done = subprocess.run(
        [sys.executable, script, tmp_path / "movie.log", tmp_path, str(points)],
        env=os.environ | {"POLARS_MAX_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_killed_at_25_points_and_started_again_the_state_is_that_of_one_pass(tmp_path: Path) -> None:
    report = crash(tmp_path, points=25)
    assert report["wrong"] == []
    assert report["points"] == 25
    assert all(report["rows"].values())


@pytest.mark.prove
def test_killed_at_250_points_and_started_again_the_state_is_that_of_one_pass(tmp_path: Path) -> None:
    report = crash(tmp_path, points=250)
    assert report["wrong"] == []
    assert report["points"] == 250
