"""`matinee up` with a timetable: every trouble is carried out, and what is compared agrees to the last billionth."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TROUBLES = """
[[trouble]]
kind = "dirty lines"
start_h = 0
end_h = 1
share = 0.01
[[trouble]]
kind = "duplicates"
start_h = 0
end_h = 1
share = 0.05
[[trouble]]
kind = "late lines"
start_h = 0
end_h = 1
share = 0.05
delay_s = 60
[[trouble]]
kind = "scale change"
start_h = 0
end_h = 1
[[trouble]]
kind = "schema change"
part = "minute path"
start_h = 0.0002
end_h = 0.0008
[[trouble]]
kind = "outage"
start_h = 0.0009
end_h = 0.0010
[[trouble]]
kind = "sign-ups"
start_h = 0.0001
end_h = 0.0004
size = 10
[[trouble]]
kind = "broken model to be released"
form = "constant list"
start_h = 0.0002
end_h = 1
"""


def a_free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """What `up --once` with these troubles printed, and its home."""
    home = tmp_path_factory.mktemp("troubled")
    (home / "trouble.toml").write_text(TROUBLES)
    site = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MATINEE_")},
        "PYTHONPATH": str(ROOT),
        "MATINEE_HOME": str(home),
        "MATINEE_HOST": "127.0.0.1",
        "MATINEE_PORT": str(a_free_port()),
        "MATINEE_OPS_PORT": str(a_free_port()),
        "MATINEE_DIRECTORY": f"http://127.0.0.1:{a_free_port()}?rate=50",
        "MATINEE_WORKERS": "1",
    }
    small = ["--users", "150", "--movies", "120", "--visits", "120", "--timetable", str(home / "trouble.toml")]
    command = [sys.executable, "-m", "matinee", "up", "--once", *small]
    done = subprocess.run(command, env=site, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, home


@pytest.fixture(scope="module")
def troubles(run):
    _, home = run
    (lived,) = json.loads((home / "world" / "truth.json").read_text())["runs"]
    return {trouble["kind"]: trouble for trouble in lived["troubles"]}


def test_true_figures_and_what_spoilt_lines_add_make_the_measured_ones(run):
    printed, _ = run
    rows = re.findall(r"^  (requests|plays|minutes|ratings|accounts) +(\S+) +(\S+) +(\S+)$", printed, re.M)
    assert len(rows) == 5
    assert all(int(true) + int(spoilt) == int(measured) for _, true, spoilt, measured in rows)
    assert any(int(spoilt) < 0 for _, _, spoilt, _ in rows)


def test_each_trouble_with_lines_struck_some(troubles):
    struck = ("dirty lines", "duplicates", "late lines", "scale change", "schema change")
    assert all(troubles[kind]["lines"] > 0 for kind in struck)
    assert len(troubles["sign-ups"]["users"]) == 10


def test_the_broken_model_served_and_was_taken_back_at_the_end(run, troubles):
    printed, home = run
    broken = troubles["broken model to be released"]
    assert broken["start"] < broken["released"] < broken["taken_back"] < broken["end"]
    (version,) = re.findall(r"a broken model \(constant list\) is released: (\S+) serves", printed)
    (former,) = re.findall(r"the broken model is taken back: (\S+) serves", printed)
    assert (home / "models" / "CURRENT").read_text().strip() == former != version
    truth = json.loads((home / "world" / "truth.json").read_text())
    assert truth["models"][version]["answered"] > 0 < truth["models"][former]["answered"]


def test_a_stand_in_for_an_llm_is_named_with_its_address(run):
    printed, _ = run
    assert re.search(r"a stand-in for an LLM answers on http://127\.0\.0\.1:\d+/v1", printed)
