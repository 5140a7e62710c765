"""Killed at any point and started again, every play is booked once: the rows are those of one clean run."""

from __future__ import annotations

from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("play_crash_points.py")


def test_killed_at_25_points_and_started_again_the_rows_are_those_of_one_run(tmp_path: Path, crash_report) -> None:
    report = crash_report(SCRIPT, tmp_path, 25)
    assert report["wrong"] == []
    assert report["points"] == 25
    assert all(report["rows"].values())


@pytest.mark.prove
def test_killed_at_500_points_and_started_again_the_rows_are_those_of_one_run(tmp_path: Path, crash_report) -> None:
    report = crash_report(SCRIPT, tmp_path, 500)
    assert report["wrong"] == []
    assert report["points"] == 500
