"""A live world that is killed loses no line that was late, and its truth says that a run is missing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from simulator.live_log import LATE
from simulator.live_truth import LIVE_TRUTH
from simulator.world import LOG

ROOT = Path(__file__).parents[2]
WATCHED = re.compile(r",(\d+),GET /data/m/(.+)/(\d+)\.mpg")
TROUBLE = '[[trouble]]\nkind = "late lines"\nstart_h = 0\nend_h = 100\nshare = 0.3\ndelay_s = 36000\n'
LATE_AT_LEAST = 50  # lines when it is killed


def test_what_is_late_when_a_world_is_killed_is_written_by_the_next_run(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MATINEE_")}
    environment |= {"PYTHONPATH": str(ROOT), "MATINEE_HOME": str(tmp_path)}
    world = tmp_path / "world"
    matinee = [sys.executable, "-m", "matinee", "simulate"]
    size = ["--users", "60", "--movies", "40", "--days", "3", "--films-per-user", "2"]
    subprocess.run([*matinee, "world", *size], env=environment, check=True, capture_output=True)
    begin = (world / LOG).stat().st_size
    (tmp_path / "trouble.toml").write_text(TROUBLE)
    live = [*matinee, "live", "--url", "http://127.0.0.1:1", "--days", "4", "--visits-a-day", "10"]
    slowly = [*live, "--speed", "7200", "--timetable", str(tmp_path / "trouble.toml")]
    with subprocess.Popen(slowly, env=environment, stderr=subprocess.DEVNULL) as process:
        late = world / LATE
        for _ in range(600):
            if late.exists() and len(late.read_text().splitlines()) >= LATE_AT_LEAST:
                break
            time.sleep(0.05)
        process.kill()
    kept = late.read_text().splitlines()
    assert len(kept) >= LATE_AT_LEAST

    subprocess.run([*live[:-4], "--days", "0.01"], env=environment, check=True, capture_output=True)
    lines = (world / LOG).read_bytes()[begin:].decode().splitlines()
    assert set(kept) <= set(lines)
    minutes = defaultdict(set)
    for line in lines:
        if found := WATCHED.search(line):
            minutes[found[1], found[2]].add(int(found[3]))
    assert len(minutes) > 3
    assert all(seen == set(range(len(seen))) for seen in minutes.values()), "a minute in the middle is missing"
    truth = json.loads((world / LIVE_TRUTH).read_text())
    assert [run["end"] is None for run in truth["runs"]] == [True, False]
    assert not truth["complete"]
    assert not late.exists()
