"""What `matinee up` starts ends with it, also when it is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from simulator import World, WorldSize

ROOT = Path(__file__).parents[2]
PARENT = """
import sys, time
from matinee.leash import start
process = start("simulate", "serve", "--port", "0")
print(process.pid, flush=True)
sys.exit(process.wait())
"""


@pytest.fixture
def environment(tmp_path):
    World.build(3, WorldSize(20, 30, 3, 2), date(2026, 1, 1)).write(tmp_path / "world")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MATINEE_")}
    return {**kept, "PYTHONPATH": str(ROOT), "MATINEE_HOME": str(tmp_path)}


def is_running(process):
    """Whether there is such a process; one that nobody waits for stays as a zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
@pytest.mark.parametrize("wait_s", [0, 3])
def test_a_child_of_a_killed_parent_ends(environment, wait_s):
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], env=environment, stdout=subprocess.PIPE, text=True
    ) as parent:
        child = int(parent.stdout.readline())
        try:
            parent.wait(wait_s)
        except subprocess.TimeoutExpired:
            parent.send_signal(signal.SIGKILL)
    for _ in range(100):
        if not is_running(child):
            break
        time.sleep(0.1)
    assert not is_running(child)


def test_a_command_ends_with_its_own_code(environment):
    command = [sys.executable, "-m", "matinee.leash", str(os.getpid()), "simulate", "serve", "--port", "many"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Usage: matinee simulate serve" in done.stderr
