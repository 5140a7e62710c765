"""A whole worker killed at any statement or at any moment of a call, and started again, loses and doubles nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("flow_crash_points.py")


def test_a_worker_killed_at_8_points_loses_and_doubles_nothing(tmp_path: Path, crash_report) -> None:
    report = crash_report(SCRIPT, tmp_path, 8)
    assert report["wrong"] == {}
    assert report["points"] == 8


@pytest.mark.prove
def test_a_worker_killed_at_500_points_loses_and_doubles_nothing(tmp_path: Path, crash_report) -> None:
    report = crash_report(SCRIPT, tmp_path, 500)
    assert report["wrong"] == {}
    assert report["points"] == 500
    assert report["with_lost_call"] > 0  # some points are between a bill and its settlement
    print(report)
