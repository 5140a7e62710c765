"""`matinee simulate` makes a world and answers its APIs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import requests
from click.testing import CliRunner

from matinee.cli import main

TINY = ["simulate", "world", "--users", "20", "--movies", "30", "--days", "3", "--films-per-user", "2"]


@pytest.fixture
def run(tmp_path):
    return lambda *args: CliRunner().invoke(main, args, env={"MATINEE_HOME": str(tmp_path)})


def test_a_world_is_made_and_says_its_size(run, tmp_path):
    result = run(*TINY, "--first-day", "2026-01-01", "--seed", "3")
    summary = json.loads((tmp_path / "world" / "world.json").read_text())
    assert result.exit_code == 0, result.output
    assert summary["size"] == {"users": 20, "movies": 30, "days": 3, "films_per_user": 2, "minute_lines": True}
    assert (summary["seed"], summary["first_day"]) == (3, "2026-01-01")
    assert f"20 users, 30 films, {summary['viewings']} viewings from 2026-01-01" in result.output
    assert f"({summary['lines']:,} lines)" in result.output


def test_a_log_without_minutes_says_so(run, tmp_path):
    result = run(*TINY, "--lines", "ratings")
    assert "lines, minute lines left out) in " in result.output
    assert ".mpg" not in (tmp_path / "world" / "movielog.log").read_text()
    assert json.loads((tmp_path / "world" / "world.json").read_text())["size"]["minute_lines"] is False


def test_calibration_prints_the_table_and_fails_where_a_figure_does_not_hold(run):
    result = run("simulate", "calibration", "--users", "100")  # so few users that chance moves most figures
    assert result.exit_code == 1
    assert result.output.startswith("| figure | real | simulated | may differ by | holds |")
    assert "| NO |" in result.output


def test_a_history_ends_yesterday_unless_told_otherwise(run, tmp_path):
    assert run(*TINY).exit_code == 0
    first = json.loads((tmp_path / "world" / "world.json").read_text())["first_day"]
    expected = {str(datetime.now(UTC).date() - timedelta(days=days)) for days in (3, 4)}  # 4: midnight has passed
    assert first in expected


def test_a_second_world_in_the_same_folder_is_refused_in_one_line(run):
    assert run(*TINY).exit_code == 0
    result = run(*TINY)
    assert result.exit_code == 1
    assert result.output.startswith("matinee: there is a world in ")


def test_serving_without_a_world_says_how_to_make_one(run):
    result = run("simulate", "serve", "--port", "0")
    assert result.exit_code == 1
    assert "`matinee simulate world` makes one" in result.output


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a POSIX signal")
def test_the_apis_are_served_until_ctrl_c(run, tmp_path):
    assert run(*TINY).exit_code == 0
    command = [sys.executable, "-c", "from matinee.cli import main; main()", "simulate", "serve", "--port", "0"]
    environment = {"MATINEE_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().split(" answer on ")[1].split(": /user")[0]
        user = (tmp_path / "world" / "users.tsv").read_text().split("\t")[0]
        answer = requests.get(f"{url}/user/{user}", timeout=5)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert answer.json()["user_id"] == int(user)
