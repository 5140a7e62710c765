"""The first ingest of five million mixed lines, with storage: lines a second and the most memory at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import Measurement
from bench.parse import mixed_lines

LINES = 5_000_000
GOAL_LINES_PER_SECOND = 250_000
GOAL_MIB = 1024


def measure() -> list[Measurement]:
    """Run `matinee ingest --once` as a process of its own; beside it, the time to read the same lines in Python."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "movielog.log"
        with log.open("w") as file:
            file.writelines(line + "\n" for line in mixed_lines(LINES))
        began = time.perf_counter()
        with log.open("rb") as file:
            fields = sum(len(line.split(b",", 2)) for line in file)
        base = LINES / (time.perf_counter() - began)
        assert fields >= 2 * LINES
        report, peak_mib = _ingest(log, Path(folder) / "home")
    rate = report["lines_per_second"]
    return [
        Measurement(
            name=f"first ingest of {LINES:,} lines with storage",
            ours=f"{rate:,.0f} lines/s",
            base=f"{base:,.0f} lines/s only split, in Python",
            ratio=rate / base,
            goal=f"{GOAL_LINES_PER_SECOND:,} lines/s",
            holds=report["lines"] == LINES and rate >= GOAL_LINES_PER_SECOND,
        ),
        Measurement(
            name="memory of that ingest at its peak",
            ours=f"{peak_mib:,.0f} MiB",
            base="",
            ratio=None,
            goal=f"below {GOAL_MIB:,} MiB",
            holds=peak_mib < GOAL_MIB,
        ),
    ]


def _ingest(log: Path, home: Path) -> tuple[dict[str, float], float]:
    """The command's report and its peak memory in MiB."""
    call = ["-c", "from matinee.cli import main; main()", "ingest", "--events", f"file:{log}", "--once", "--json"]
    process = subprocess.Popen(
        [sys.executable, *call], env=os.environ | {"MATINEE_HOME": str(home)}, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    with process.stdout as output:
        report = json.load(output)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return report, usage.ru_maxrss / 1024
