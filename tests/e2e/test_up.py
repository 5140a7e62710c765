"""The whole life of the service in one command, on a small simulated site, and the doctor's view of it."""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMALL = ["--users", "150", "--movies", "120", "--visits", "40"]


def a_free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The environment of a site of its own: a home and three ports that nobody else has."""
    home = tmp_path_factory.mktemp("site")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("MATINEE_")},
        "PYTHONPATH": str(ROOT),
        "MATINEE_HOME": str(home),
        "MATINEE_HOST": "127.0.0.1",
        "MATINEE_PORT": str(a_free_port()),
        "MATINEE_OPS_PORT": str(a_free_port()),
        "MATINEE_DIRECTORY": f"http://127.0.0.1:{a_free_port()}?rate=50",
        "MATINEE_WORKERS": "1",
    }


def run(site, *arguments):
    command = [sys.executable, "-m", "matinee", *arguments]
    return subprocess.run(command, env=site, capture_output=True, text=True, check=False, timeout=180)


@pytest.fixture(scope="module")
def first_run(site):
    return run(site, "up", "--once", *SMALL)


def rows(printed):
    """What, true, measured: the rows of the summary."""
    found = re.findall(
        r"^  (requests|plays|minutes|ratings|accounts|licence fees, USD) +(\S+) +(\S+)$", printed, re.M
    )
    return {what: (true, measured) for what, true, measured in found}


def test_up_goes_from_nothing_to_answered_visits_and_ends_with_0(first_run):
    assert first_run.returncode == 0, first_run.stdout + first_run.stderr
    assert re.search(r"[1-9]\d+ answered, 0 later than 600 ms, 0 failed", first_run.stdout)


def test_what_the_site_knows_and_what_was_measured_agree_to_the_last_billionth(first_run):
    figures = rows(first_run.stdout)
    assert len(figures) == 6
    assert all(true == measured for true, measured in figures.values())
    assert float(figures["licence fees, USD"][0]) > 0
    assert int(figures["minutes"][0]) > int(figures["plays"][0]) > 0


def test_every_answered_request_is_one_decision(first_run, site):
    requests, _ = rows(first_run.stdout)["requests"]
    with closing(sqlite3.connect(Path(site["MATINEE_HOME"]) / "ledger.db")) as ledger:
        (count,) = ledger.execute("SELECT count(*) FROM decisions").fetchone()
    assert count == int(requests) + 1, "one is the summary's own example"


def test_the_truth_of_the_run_is_written_down(first_run, site):
    truth = json.loads((Path(site["MATINEE_HOME"]) / "world" / "truth.json").read_text())
    assert truth["stand_in"].startswith("a simulated site")
    assert truth["total"]["plays"] == int(rows(first_run.stdout)["plays"][0])
    assert sum(day["fees_nano"] for day in truth["days"].values()) == truth["total"]["fees_nano"]


def test_a_second_model_was_trained_while_the_first_one_served(first_run, site):
    listed = json.loads(run(site, "models", "list", "--json").stdout)
    assert len(listed) >= 2


def test_nobody_is_shown_a_film_that_is_not_for_that_age(first_run):
    assert "films shown to users too young for them: 0" in first_run.stdout


def test_the_list_of_the_summary_can_be_traced(first_run, site):
    (request,) = re.findall(r"matinee trace ([0-9a-f]{16})", first_run.stdout)
    traced = json.loads(run(site, "trace", request, "--json").stdout)
    (first_films,) = re.findall(r"/recommend/1 gives (.*), \.\.\.", first_run.stdout)
    assert traced["user"] == 1
    assert traced["movies"][:3] == first_films.split(", ")


def test_a_second_run_uses_the_world_again_and_ends_with_all_its_processes(first_run, site):
    command = [sys.executable, "-m", "matinee", "up", *SMALL]
    with subprocess.Popen(command, env=site, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C ends" in "".join(lines) and re.match(r"\d\d:\d\d:\d\d  ", line):
                process.terminate()  # the parent alone, as a supervisor would
                break
        lines += list(process.stdout)
        process.wait(timeout=60)
    printed = "".join(lines)
    assert process.returncode == 0, printed
    assert "is used again" in printed
    assert re.search(r"\n  0 new films, \d new users", printed), printed
    assert all(true == measured for true, measured in rows(printed).values())
    assert "stopping" in printed
    with socket.socket() as caller:
        assert caller.connect_ex(("127.0.0.1", int(site["MATINEE_PORT"]))) != 0, "the service outlived `matinee up`"


def test_the_doctor_names_stand_ins_and_what_is_silent(first_run, site):
    done = run(site, "doctor", "--json")
    findings = {finding["port"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 1
    assert findings["events"]["nature"] == "stand-in"
    assert {port for port, finding in findings.items() if not finding["answers"]} == {"directory", "service"}
    assert "serves, trained on" in findings["models"]["detail"]


def test_up_refuses_to_live_on_somebody_elses_log(site):
    done = run(site | {"MATINEE_EVENTS": "kafka://broker:9092/movielog1"}, "up", "--once")
    assert done.returncode == 1
    assert done.stderr.startswith("matinee: MATINEE_EVENTS is 'kafka://broker:9092/movielog1'")
    assert "Traceback" not in done.stderr


def test_up_says_so_when_a_port_is_taken(site):
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(site["MATINEE_PORT"])))
        other.listen()
        done = run(site, "up", "--once", *SMALL)
    assert done.returncode == 1
    assert "can not listen on" in done.stderr
    assert "Traceback" not in done.stderr
