"""Every figure of the dashboard is the figure of the report that the panel names."""

from __future__ import annotations

import csv
import io
import json
import shlex
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from click.testing import CliRunner

from core.clock import ManualClock
from core.money import Usd
from matinee.cli import main
from matinee.dashboard import PANELS, Dashboard


@pytest.fixture
def panel(week, now):
    board = Dashboard(week, ManualClock(now)).board(7)
    return {panel.name: panel for panel in board.panels}.__getitem__


@pytest.fixture
def printed(week, monkeypatch):
    """What a panel's command prints with --json."""
    monkeypatch.setenv("MATINEE_HOME", str(week.home))

    def run(command):
        program, *arguments = shlex.split(command)
        assert program == "matinee"
        done = CliRunner().invoke(main, [*arguments, *([] if "--json" in arguments else ["--json"])])
        assert done.exit_code == 0, done.output
        return json.loads(done.output)

    return run


def column(panel, name):
    """A column of a panel by the first one, amounts as text, as reports have them."""
    place = panel.figures.head.index(name)
    cells = {row[0]: row[place] for row in panel.figures.rows}
    return {key: str(cell) if isinstance(cell, Usd) else cell for key, cell in cells.items()}


def reported(found, name):
    return {key: line[name] for key, line in found["lines"].items()}


def test_every_panel_has_figures_on_a_week_with_everything(week, now):
    board = Dashboard(week, ManualClock(now)).board(7)
    assert {panel.name: panel.absent for panel in board.panels if panel.absent} == {}
    assert [panel.name for panel in board.panels] == list(PANELS)


@pytest.mark.parametrize("name", list(PANELS))
@pytest.mark.parametrize("days", [7, 0])
def test_the_command_of_a_panel_is_one_that_prints(week, now, monkeypatch, name, days):
    monkeypatch.setenv("MATINEE_HOME", str(week.home))
    command = Dashboard(week, ManualClock(now)).panel(name, days).command
    if command == "matinee doctor":
        return  # it fails where nothing is served, and is tested by itself
    done = CliRunner().invoke(main, shlex.split(command)[1:])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("from lists", "licence_attributed_usd"),
        ("organic", "licence_organic_usd"),
        ("LLM", "llm_usd"),
        ("total", "total_usd"),
        ("expected", "licence_expected_usd"),
        ("recommendations", "lists"),
    ],
)
def test_costs_over_time_are_those_of_the_report(panel, printed, ours, theirs):
    found = printed(panel("costs").command)
    assert column(panel("costs"), ours) == reported(found, theirs)
    assert len(found["lines"]) == 7


def test_the_tiles_are_the_total_of_the_report(panel, printed):
    total = printed(panel("total").command)["total"]
    tiles = {name: str(value) for name, value in panel("total").figures.rows}
    assert tiles["all costs"] == total["total_usd"]
    assert tiles["a recommendation"] == total["per_recommendation_usd"]
    assert tiles["expected of a recommendation"] == total["expected_per_recommendation_usd"]
    assert tiles["a play"] == total["per_play_usd"]
    assert tiles["recommendations"] == str(total["lists"])


@pytest.mark.parametrize("group", ["arm", "model", "ranker", "user-kind"])
def test_a_recommendation_by_group_is_that_of_the_report(panel, printed, group):
    found = printed(panel(f"by-{group}").command)
    ours = column(panel(f"by-{group}"), "a recommendation")
    theirs = reported(found, "per_recommendation_usd")
    assert len([key for key in ours if not key.startswith("(")]) >= 2
    assert ours == {key: theirs[key] for key in ours}
    left_out = [line for key, line in found["lines"].items() if key not in ours]
    assert {(line["lists"], line["llm_usd"]) for line in left_out} <= {(0, "0.00")}


def test_films_are_those_that_cost_most_and_the_rest_is_not_lost(panel, printed):
    found = printed(panel("films").command)
    shown = column(panel("films"), "licences")
    spent = {
        film: Usd.parse(line["licence_attributed_usd"]) + Usd.parse(line["licence_organic_usd"])
        for film, line in found["lines"].items()
    }
    dearest = sorted(spent.values(), reverse=True)[:15]
    assert [Usd.parse(shown[film]) for film in list(shown)[:15]] == dearest
    assert sum(Usd.parse(fee).nano for fee in shown.values()) == sum(fee.nano for fee in spent.values())


@pytest.mark.parametrize(("name", "by"), [("tokens", "day"), ("outcomes", "outcome")])
def test_calls_are_those_of_the_report(panel, printed, name, by):
    found = printed(panel(name).command)
    assert found["by"] == by
    for ours, theirs in {
        "calls": "calls", "from cache": "hits", "input": "input_tokens", "of it cached": "cached_tokens",
        "output": "output_tokens", "charged": "charged", "uncertain": "uncertain",
    }.items():  # fmt: skip
        assert column(panel(name), ours) == {key: totals[theirs] for key, totals in found["groups"].items()}


def test_what_is_not_known_is_what_the_report_lacks(panel, printed):
    found = printed(panel("unknown").command)["unknown"]
    ours = dict(panel("unknown").figures.rows)
    assert ours["plays without a known fee, in no sum"] == found["unpriced_plays"] > 0
    assert str(ours["at most so much less"]) == found["uncertain"]
    assert ours["calls of a model without a price, in quarantine"] == found["unpriced_calls"] == 1


def test_rejected_lines_are_those_of_the_log(panel):
    assert sum(count for _, count in panel("rejected").figures.rows) == 181
    assert panel("rejected").figures.rows[0] == ("no valid film id", 93)


def test_the_cold_start_narrows_from_accounts_to_tastes(panel):
    accounts, understood, films, lists = [count for _, count in panel("cold-start").figures.rows]
    assert accounts > understood > films > 0
    assert lists > 0


def test_models_are_told_with_the_one_that_serves_first(panel):
    assert [row[1] for row in panel("models").figures.rows] == ["2026-11-17-b", "2026-11-12-a"]


def test_answers_are_counted_by_status(panel):
    assert [row[0] for row in panel("answers").figures.rows] == ["200", "400", "404", "500"]


def test_a_time_of_a_day_is_shown_by_the_hour(week, now):
    found = Dashboard(week, ManualClock(now)).panel("costs", 1)
    assert found.command == "matinee cost report --by hour --since 2026-11-20"
    assert all(len(row[0]) == len("2026-11-20T07") for row in found.figures.rows)


def test_a_simulated_log_is_said_to_be_none_of_a_site(week, now):
    dashboard = Dashboard(week, ManualClock(now))
    dashboard.look_at_stand_ins()
    (said,) = dashboard.board(7).stand_ins
    assert said == "events: a stand-in"


@pytest.mark.parametrize("name", list(PANELS))
def test_where_nothing_runs_yet_every_panel_says_so_and_shows_no_zero(tmp_path, week, now, name):
    nowhere = replace(week, home=tmp_path / "nowhere")
    found = Dashboard(nowhere, ManualClock(now)).panel(name, 7)
    assert found.figures is None
    assert found.absent


def test_a_time_of_which_nothing_is_known_is_no_zero(week, now):
    later = ManualClock(now.replace(year=2027))
    assert Dashboard(week, later).panel("total", 7).absent == "nothing of this time is in the ledger"
    assert Dashboard(week, later).panel("total", 0).figures is not None


def test_the_page_is_made_of_sums_and_reads_no_list_and_no_play(week, now, tmp_path):
    """With the rows gone the figures are the same: so their time does not grow with lists."""
    home = tmp_path / "sums"
    shutil.copytree(week.home, home)
    with closing(sqlite3.connect(home / "ledger.db")) as ledger:
        for table in ("decisions", "plays", "plays_now", "shown", "shares"):
            ledger.execute(f"DROP TABLE {table}")
        ledger.commit()
    ours, theirs = (
        {panel.name: (panel.figures, panel.absent) for panel in Dashboard(settings, ManualClock(now)).board(7).panels}
        for settings in (week, replace(week, home=home))
    )
    assert ours == theirs


def test_the_command_prints_a_panel_as_text_json_and_csv(week, monkeypatch):
    monkeypatch.setenv("MATINEE_HOME", str(week.home))
    lines = CliRunner().invoke(main, ["dashboard"]).output.splitlines()
    assert [line.split()[0] for line in lines] == list(PANELS)
    text, as_json, as_csv = (
        CliRunner().invoke(main, ["dashboard", "rejected", *form]).output for form in ((), ("--json",), ("--csv",))
    )
    assert "no valid film id" in text
    assert json.loads(as_json)["rows"][0] == {"reason": "no valid film id", "lines": "93"}
    assert next(csv.DictReader(io.StringIO(as_csv)))["lines"] == "93"
    refused = CliRunner().invoke(main, ["dashboard", "--json"])
    assert (refused.exit_code, "needs a panel" in refused.output) == (1, True)
