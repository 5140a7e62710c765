"""The dashboard around boards that a test makes: what is shown, what is escaped, and to whom."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from api import Board, Draw, Figures, Health, Panel, ops_app
from api.dashboard import script_file
from core.money import Usd

HOME = {"Host": "127.0.0.1:8083"}
SPENT = Panel(
    "films",
    "Films by spend",
    "Where the fees went.",
    "matinee cost report --by film",
    Draw.BARS,
    Figures(
        ("film", "licences", "plays"),
        [("heat+1995", Usd(76_113_070), 12_345), ("up+2009", None, 0)],
        drawn=("licences",),
    ),
)


class FakeBoards:
    """Shows the panels that it is given; remembers the days that it was asked for."""

    def __init__(self, *panels: Panel, stand_ins=()):
        self.panels = panels
        self.stand_ins = stand_ins
        self.asked = []

    def board(self, days):
        self.asked.append(days)
        return Board(datetime(2026, 11, 21, 12, tzinfo=UTC), days, self.panels, self.stand_ins)

    def panel(self, name, days):
        self.asked.append(days)
        return next((panel for panel in self.panels if panel.name == name), None)


def a_client(*panels, **more):
    boards = FakeBoards(*panels, **more)
    client = ops_app(lambda: Health(""), lambda: b"", {}, boards).test_client()
    client.boards = boards
    return client


def page(*panels, path="/dashboard", **more):
    answer = a_client(*panels, **more).get(path, headers=HOME)
    assert answer.status_code == 200
    return answer.text


def test_a_panel_has_its_figures_exactly_and_the_command_that_prints_them():
    text = page(SPENT)
    assert '<td class="number" data-number="0.07611307">$0.07611307</td>' in text
    assert '<td class="number" data-number="12345">12,345</td>' in text
    assert "<code>matinee cost report --by film</code>" in text


def test_what_is_not_known_is_said_and_is_no_zero():
    assert "<td>unknown</td>" in page(SPENT)


def test_a_bar_is_as_long_as_its_share_of_the_longest():
    figures = Figures(("arm", "a list"), [("a", Usd(50)), ("b", Usd(100)), ("c", None)], drawn=("a list",))
    widths = re.findall(r'<rect width="([\d.]+)"', page(replace(SPENT, figures=figures)))
    assert widths == ["50.00", "100.00", "0.00"]


def test_a_panel_without_figures_says_why():
    text = page(replace(SPENT, figures=None, absent="no play with a known fee in this time"))
    assert "no play with a known fee in this time" in text
    assert "<table>" not in text


def test_stand_ins_are_named_above_everything_and_nothing_when_all_is_real():
    assert "completer: a stand-in." in page(SPENT, stand_ins=["completer: a stand-in"])
    assert "stand-ins" not in page(SPENT)


@pytest.mark.parametrize("place", ["title", "says", "command", "absent"])
def test_text_of_strangers_is_escaped_wherever_it_stands(place):
    changed = replace(SPENT, **{place: "<script>alert(1)</script>"})
    if place == "absent":
        changed = replace(changed, figures=None)
    text = page(changed, stand_ins=["<img src=x>"])
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "&lt;script&gt;alert" in text


def test_a_cell_that_is_markup_is_escaped():
    assert "<b>" not in page(replace(SPENT, figures=Figures(("<b>", "n"), [("<b>x", 1)], drawn=("n",))))


def test_a_panel_as_csv_has_its_figures_without_units():
    answer = a_client(SPENT).get("/dashboard/films.csv", headers=HOME)
    assert answer.content_type == "text/csv; charset=utf-8"
    assert list(csv.reader(io.StringIO(answer.text))) == [
        ["film", "licences", "plays"], ["heat+1995", "0.07611307", "12345"], ["up+2009", "", "0"],
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x"])
def test_csv_is_no_formula_for_a_spreadsheet(text):
    panel = replace(SPENT, figures=Figures(("film",), [(text,)]))
    assert a_client(panel).get("/dashboard/films.csv", headers=HOME).text == f"film\n'{text}\n"


@pytest.mark.parametrize("text", ["\t=1", "\r=1", "\n=1", "\x00=1"])
def test_csv_has_no_line_ends_nor_other_control_characters_of_strangers(text):
    panel = replace(SPENT, figures=Figures(("film",), [(text,)]))
    assert a_client(panel).get("/dashboard/films.csv", headers=HOME).text == "film\n' =1\n"


def test_an_amount_below_zero_stays_a_number_in_csv():
    panel = replace(SPENT, figures=Figures(("change",), [(Usd(-57),)]))
    assert a_client(panel).get("/dashboard/films.csv", headers=HOME).text == "change\n-0.000000057\n"


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("/dashboard?days=8", 400, "one of 1, 7, 30, 90, 0 is needed"),
        ("/dashboard?days=%3Cb%3E", 400, "&lt;b&gt;"),
        ("/dashboard/nothing.csv", 404, "no panel"),
        ("/dashboard/films.csv?days=x", 400, "is refused"),
        ("/dashboard/chart-1.0.0/../../pyproject.toml", 404, ""),
        ("/dashboard/chart-0/uplot.js", 404, ""),
    ],
)
def test_what_is_not_there_is_refused(path, status, reason):
    answer = a_client(SPENT).get(path, headers=HOME)
    assert answer.status_code == status
    assert reason in answer.text


def test_a_panel_that_has_nothing_is_no_empty_csv():
    answer = a_client(replace(SPENT, figures=None, absent="nothing yet")).get("/dashboard/films.csv", headers=HOME)
    assert (answer.status_code, "nothing yet" in answer.text) == (404, True)


@pytest.mark.parametrize("days", [1, 7, 30, 90, 0])
def test_the_time_is_chosen_by_the_address(days):
    client = a_client(SPENT)
    text = client.get(f"/dashboard?days={days}", headers=HOME).text
    client.get(f"/dashboard/films.csv?days={days}", headers=HOME)
    assert client.boards.asked == [days, days]
    assert f'<a href="?days={days}" aria-current="page">' in text


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
@pytest.mark.parametrize("path", ["/", "/dashboard", "/dashboard/films.csv"])
def test_the_dashboard_can_only_be_read(method, path):
    client = a_client(SPENT)
    assert getattr(client, method)(path, headers=HOME).status_code == 405
    assert client.boards.asked == []


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard/films.csv", "/dashboard/none.csv", "/static/charts.js"])
def test_no_answer_lets_a_browser_run_or_load_what_is_not_ours(path):
    with a_client(SPENT).get(path, headers=HOME) as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_page_has_no_inline_script_nor_style():
    text = page(SPENT, replace(SPENT, draw=Draw.TABLE), replace(SPENT, draw=Draw.LINES))
    assert all(tag.endswith("></script>") for tag in re.findall(r"<script.*", text))
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8083", "a.b", "evil.example."])
def test_a_name_that_a_stranger_let_point_here_is_refused(host):
    answer = a_client(SPENT).get("/dashboard", headers={"Host": host})
    assert answer.status_code == 403
    assert "heat" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8083", "localhost:8083", "[::1]:8083", "10.0.0.5", "matinee:8083"])
def test_an_address_and_a_name_without_a_dot_are_served(host):
    assert a_client(SPENT).get("/dashboard", headers={"Host": host}).status_code == 200


def test_the_script_is_uplot_as_its_authors_released_it_and_is_kept_for_a_year():
    digest = hashlib.sha256(script_file("uplot.js").read_bytes()).hexdigest()
    assert digest == "2d27e8ad3d228164525ce213f9dc716f39b4e3aee0cc773fb3491c96cf4921a2"  # dist of uPlot 1.6.31
    client = a_client(SPENT)
    (address,) = re.findall(r'src="(/dashboard/chart-[^"]*)"', client.get("/dashboard", headers=HOME).text)
    answer = client.get(address, headers=HOME)
    assert hashlib.sha256(answer.data).hexdigest() == digest
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_first_page_leads_to_the_dashboard():
    answer = a_client(SPENT).get("/", headers=HOME)
    assert (answer.status_code, answer.headers["Location"]) == (302, "dashboard")
