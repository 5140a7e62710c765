"""Killed at any point and started again, the state equals one clean pass."""

from __future__ import annotations

import random
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


SCRIPT = Path(__file__).with_name("crash_points.py")


@pytest.fixture
def crash(tmp_path: Path, crash_report):
    a_log(tmp_path / "movie.log")
    return lambda points: crash_report(SCRIPT, tmp_path / "movie.log", tmp_path, points, POLARS_MAX_THREADS="1")


def test_killed_at_25_points_and_started_again_the_state_is_that_of_one_pass(crash) -> None:
    report = crash(25)
    assert report["wrong"] == []
    assert report["points"] == 25
    assert all(report["rows"].values())


@pytest.mark.prove
def test_killed_at_250_points_and_started_again_the_state_is_that_of_one_pass(crash) -> None:
    report = crash(250)
    assert report["wrong"] == []
    assert report["points"] == 250
