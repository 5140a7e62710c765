"""A worker killed at any point and started again loses and doubles no taste, no usage and no charge."""

from __future__ import annotations

from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("work_crash_points.py")


def test_killed_at_12_points_nothing_is_lost_or_doubled(tmp_path: Path, crash_report) -> None:
    report = crash_report(SCRIPT, tmp_path, 12)
    assert report["wrong"] == {}
    assert report["points"] == 12


@pytest.mark.prove
def test_killed_at_500_points_nothing_is_lost_or_doubled(tmp_path: Path, crash_report) -> None:
    report = crash_report(SCRIPT, tmp_path, 500)
    assert report["wrong"] == {}
    assert report["points"] == 500
    assert report["with_lost_call"] > 0  # some points are between a bill and its settlement
