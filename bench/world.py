"""A world of the real catalogue with its bulk log, by the one command: time and memory for a tenth of the users."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from bench import Measurement
from simulator import REAL_SIZE

PART = 10  # the time grows with the users; what does not, is counted as if it did
GOAL_S, GOAL_GIB = 600, 4
COMMAND = f"simulate world --movies {REAL_SIZE.movies} --days {REAL_SIZE.days} --films-per-user 10.6 --lines ratings"


def measure() -> list[Measurement]:
    arguments = [*COMMAND.split(), "--users", str(REAL_SIZE.users // PART)]
    with tempfile.TemporaryDirectory() as home:
        begin = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "matinee", *arguments],
            env={**os.environ, "MATINEE_HOME": home},
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        ours_s = time.perf_counter() - begin
    peak_gib = usage.ru_maxrss / 2**20
    return [
        Measurement(
            name=f"world of {REAL_SIZE.users // PART:,} users and {REAL_SIZE.movies:,} films",
            ours=f"{ours_s:.1f} s, {peak_gib:.2f} GiB",
            base="",
            ratio=None,
            goal=f"{GOAL_S / PART:.0f} s, {GOAL_GIB} GiB",
            holds=process.returncode == 0 and ours_s <= GOAL_S / PART and peak_gib <= GOAL_GIB,
        )
    ]
