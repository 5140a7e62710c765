"""`matinee simulate live` lets a world live on and tells the truth of it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from matinee.cli import main

TINY = ["simulate", "world", "--users", "20", "--movies", "30", "--days", "3", "--films-per-user", "2"]
NOBODY = "http://127.0.0.1:1"  # no service listens there: every request fails


@pytest.fixture
def run(tmp_path):
    run_it = lambda *args: CliRunner().invoke(main, args, env={"MATINEE_HOME": str(tmp_path)})  # noqa: E731
    assert run_it(*TINY, "--first-day", "2026-01-01").exit_code == 0
    return run_it


def test_a_run_begins_where_the_log_ends_and_the_next_where_that_one_ended(run, tmp_path):
    for begin, end in (("2026-01-04", "2026-01-06"), ("2026-01-06", "2026-01-08")):
        result = run("simulate", "live", "--days", "2", "--url", NOBODY)
        truth = json.loads((tmp_path / "world" / "truth.json").read_text())["runs"][-1]
        assert result.exit_code == 0, result.output
        assert (truth["begin"], truth["end"]) == (f"{begin}T00:00:00+00:00", f"{end}T00:00:00+00:00")
        assert (
            f"{truth['total']['requests']} requests (0 answered, 0 late, {truth['total']['failed']}" in result.output
        )
        assert truth["total"]["plays"] > 0


def test_at_a_speed_time_passes_as_much_faster(run, tmp_path):
    result = run("simulate", "live", "--days", "1", "--speed", "86400", "--visits-a-day", "2", "--url", NOBODY)
    assert result.exit_code == 0, result.output
    truth = json.loads((tmp_path / "world" / "truth.json").read_text())
    assert truth["begin"] < "2026-01-05T00:00:00+00:00" <= truth["end"]


def test_a_timetable_is_followed(run, tmp_path):
    table = tmp_path / "trouble.toml"
    table.write_text('[[trouble]]\nkind = "sign-ups"\nstart_h = 0\nend_h = 2\nsize = 5\n')
    result = run("simulate", "live", "--timetable", str(table), "--url", NOBODY)
    (run_of_it,) = json.loads((tmp_path / "world" / "truth.json").read_text())["runs"]
    (burst,) = run_of_it["troubles"]
    assert result.exit_code == 0, result.output
    assert (burst["kind"], len(burst["users"])) == ("sign-ups", 5)


def test_the_operator_is_told_to_release_a_broken_model_and_to_take_it_back(run, tmp_path):
    table = tmp_path / "trouble.toml"
    table.write_text(
        '[[trouble]]\nkind = "broken model to be released"\nstart_h = 1\nend_h = 3\nform = "constant list"\n'
    )
    result = run("simulate", "live", "--timetable", str(table), "--url", NOBODY)
    assert "2026-01-04 01:00 operator, release a broken model (constant list)" in result.output
    assert "2026-01-04 03:00 operator, take the broken model back" in result.output


def test_what_is_no_timetable_is_refused_in_one_line(run, tmp_path):
    table = tmp_path / "trouble.toml"
    table.write_text('[[trouble]]\nkind = "rain"\n')
    result = run("simulate", "live", "--timetable", str(table), "--url", NOBODY)
    assert result.exit_code == 1
    assert result.output.startswith("matinee: trouble of kind 'rain' is unknown")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--days", "nan"),
        ("--days", "inf"),
        ("--days", "1e10"),
        ("--speed", "nan"),
        ("--speed", "inf"),
        ("--speed", "1e300"),
        ("--visits-a-day", "inf"),
        ("--visits-a-day", "nan"),
    ],
)
def test_numbers_that_no_run_can_have_are_refused(run, tmp_path, option, value):
    result = run("simulate", "live", "--url", NOBODY, option, value)
    assert result.exit_code == 2
    assert f"Invalid value for '{option}'" in result.output
    assert not (tmp_path / "world" / "truth.json").exists()


@pytest.mark.parametrize("url", ["foo", "https://127.0.0.1:1", "http://127.0.0.1:port"])
def test_a_service_that_can_not_be_asked_is_refused(run, url):
    result = run("simulate", "live", "--url", url)
    assert result.exit_code == 1
    assert result.output == (
        f"matinee: {url!r} is no address of a service: the simulated site asks at http://HOST:PORT\n"
    )
