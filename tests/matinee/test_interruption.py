"""A signal wakes a simulated site that sleeps, and leaves it alone while it works."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.clock import ManualClock, SystemClock
from matinee.interruption import InterruptibleClock
from simulator.live_truth import LIVE_TRUTH, end_of_log
from simulator.world import LOG

ROOT = Path(__file__).parents[2]
SIGNALS = [signal.SIGINT, signal.SIGTERM]


@pytest.mark.parametrize("number", SIGNALS)
def test_work_is_done_before_a_signal_counts(number):
    clock = InterruptibleClock(ManualClock(SystemClock().now()))
    with clock.woken_by_signals():
        for _ in range(3):  # further signals change nothing
            os.kill(os.getpid(), number)
        with pytest.raises(KeyboardInterrupt):
            clock.sleep(0)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_sleeper_is_woken(number):
    class Bed:
        """Sleeps until a signal comes."""

        def sleep(self, seconds):
            os.kill(os.getpid(), number)
            time.sleep(seconds)

    clock = InterruptibleClock(Bed())
    with clock.woken_by_signals(), pytest.raises(KeyboardInterrupt):
        clock.sleep(60)


def test_the_signals_are_as_before_afterwards():
    before = [signal.getsignal(number) for number in SIGNALS]
    with InterruptibleClock(SystemClock()).woken_by_signals():
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


@pytest.fixture
def matinee(tmp_path):
    """Starts a command on the world in tmp_path."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MATINEE_")}
    environment |= {"PYTHONPATH": str(ROOT), "MATINEE_HOME": str(tmp_path)}

    def start(*words):
        command = [sys.executable, "-m", "matinee", "simulate", *words]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return start


@pytest.mark.parametrize("number", SIGNALS)
def test_a_run_that_is_stopped_tells_the_truth_of_its_log(matinee, tmp_path, number):
    world = tmp_path / "world"
    size = ["--users", "60", "--movies", "40", "--days", "3", "--films-per-user", "2", "--first-day", "2026-01-01"]
    matinee("world", *size).communicate()
    history = (world / LOG).stat().st_size
    run = matinee("live", "--url", "http://127.0.0.1:1", "--days", "30000")
    while run.poll() is None and (world / LOG).stat().st_size < history + 100_000:
        time.sleep(0.01)
    run.send_signal(number)
    output, errors = run.communicate()
    assert (run.returncode, errors) == (0, "stopped before the end\n")
    assert "visits of simulated users" in output
    lines = (world / LOG).read_bytes()[history:].decode().splitlines()
    told = json.loads((world / LIVE_TRUTH).read_text())
    assert told["complete"]
    assert told["total"]["minutes"] == sum(".mpg" in line for line in lines)
    assert told["total"]["ratings"] == sum("/rate/" in line for line in lines)
    assert told["total"]["requests"] == sum("recommendation request" in line for line in lines)
    assert end_of_log(world).isoformat() == told["end"]
