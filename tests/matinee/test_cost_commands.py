"""The cost commands on a small site whose costs are known, and on one where nothing is."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from core.clock import ManualClock
from core.decision import Attempt, Decision, Outcome, Ranking
from core.ids import MovieId, UserId
from core.money import Usd
from core.movie import Movie
from core.settings import Settings
from core.usage import CallOutcome, Charge, CountSource, Usage
from ingest import Catalogue
from ingest.effects import Effects, microseconds
from ingest.event_store import EventStore
from matinee.booking_rounds import settle
from matinee.cli import main
from matinee.cost_forecast import forecast
from telemetry import CallLedger, RequestIds
from telemetry.ledger_writer import LedgerWriter

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
HEAT, UP = MovieId("heat+1995"), MovieId("up+2009")
CALL = Usage(
    "c1", NOON, "openai", "chat", "gpt-4o-mini", "gpt-4o-mini", "resolve v1", UserId(7), 1,
    CallOutcome.ANSWERED, CountSource.REPORTED, 1000, 0, 100, 0, 900, "chatcmpl-1",
)  # fmt: skip
TIMEOUT = replace(CALL, call="c2", outcome=CallOutcome.TIMEOUT, source=CountSource.ESTIMATE, completion="")


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path))

    def invoke(*arguments):
        return CliRunner().invoke(main, ["cost", *map(str, arguments)])

    return invoke


@pytest.fixture
def site(tmp_path):
    """User 7 was described and got two lists, of which the first led to heat; user 8 found up alone."""
    settings, clock = Settings(home=tmp_path), ManualClock(NOON + timedelta(hours=2))
    with closing(Catalogue(settings.events_db)) as catalogue:
        films = [Movie(HEAT, "Heat", genres=("Crime",), licence_fee=Usd(70)), Movie(UP, "Up", licence_fee=Usd(30))]
        catalogue.put(films, NOON.date(), 0)
    ids = RequestIds(1)
    ranking = Ranking((HEAT, UP), "m", (Attempt("taste", Outcome.SERVED, 2, 1),))
    with closing(LedgerWriter(settings.ledger_db, lambda: {HEAT: Usd(70_000_000)})) as writer:
        for minutes in (1, 90):
            time = NOON + timedelta(minutes=minutes)
            writer.write([Decision(ids.next(time), time, UserId(7), "default", ranking, 1)], None)
    with closing(CallLedger(settings.ledger_db)) as ledger:
        ledger.add(
            [(CALL, Charge("c1", Usd(210_001), "table", True)), (TIMEOUT, Charge("c2", Usd(99), "most", False))]
        )
    effects = Effects()
    at = microseconds(NOON + timedelta(minutes=5))
    effects.add_watch(UserId(7), HEAT, 1, at, at)
    effects.add_watch(UserId(8), UP, 1, at, at)
    with closing(EventStore(settings.events_db)) as store:
        store.commit(effects, [], {}, clock.now())
    settle(settings, clock)
    return settings


def report(run, *arguments):
    done = run("report", "--json", *arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


@pytest.mark.parametrize("by", ["day", "hour", "arm", "model", "ranker", "prompt", "user-kind", "film", "genre"])
def test_the_lines_of_every_grouping_are_the_same_total(site, run, by):
    found = report(run, "--by", by)
    total = found["total"]
    assert (total["licence_attributed_usd"], total["licence_organic_usd"]) == ("0.00000007", "0.00000003")
    assert (total["llm_usd"], total["total_usd"]) == ("0.0002101", "0.0002102")
    assert total["lists"] == sum(line["lists"] for line in found["lines"].values()) == 2


def test_what_understanding_a_user_cost_is_borne_by_the_lists_that_used_it(site, run):
    lines = report(run, "--by", "user-kind", "--view", "amortised")["lines"]
    assert lines["described"]["llm_usd"] == "0.0002101"
    assert lines["(LLM: used by no list yet)"]["llm_usd"] == "0.00"
    hours = report(run, "--by", "hour", "--view", "amortised")["lines"]
    assert [line["llm_usd"] for line in hours.values()] == ["0.00", "0.00010505", "0.00010505"]


def test_genres_are_those_that_films_are_mainly_of(site, run):
    lines = report(run, "--by", "genre")["lines"]
    assert list(lines) == ["(LLM: not of one)", "Crime", "(no genre known)", "(lists: not of one)"]
    assert lines["(lists: not of one)"]["per_recommendation_usd"] is None
    assert lines["Crime"]["licence_attributed_usd"] == "0.00000007"
    assert lines["(no genre known)"]["licence_organic_usd"] == "0.00000003"


def test_a_report_says_what_it_lacks(site, run):
    unknown = report(run)["unknown"]
    assert (unknown["uncertain_calls"], unknown["uncertain"]) == (1, "0.000000099")
    assert (unknown["unknown_fees"], unknown["films"]) == (2, 4)
    assert "not known: unknown fees 2, uncertain calls 1" in run("report").output


def test_the_same_report_as_csv_and_markdown(site, run):
    (row,) = csv.DictReader(io.StringIO(run("report", "--csv").output))
    assert row["total_usd"] == "0.0002102"
    assert run("report", "--markdown").output.startswith("| day | lists |")


def test_each_question_has_one_line_with_its_number_and_a_command(site, run):
    done = run("questions")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert len(lines) == 20
    assert "1. What did yesterday cost? $0.0002102" in lines[0]
    assert lines[8].startswith(" 5. Which arm is cheapest for a play that its lists led to? default $0.00021017")
    assert "for each of 1 users; 100 lists led to 50.0 plays by taste" in lines[10]
    assert "unknown: no worker has run yet" in lines[18]


def test_calls_are_shown_by_outcome_with_what_is_uncertain(site, run):
    found = json.loads(run("llm", "--json").output)
    assert found["groups"]["timeout"]["uncertain"] == "0.000000099"
    assert found["saved_by_cache"] is None
    assert "timeout" in run("llm").output


@pytest.mark.parametrize("command", ["report", "llm", "questions", "quarantine"])
def test_without_a_ledger_there_is_a_reason_and_no_zero(run, command):
    done = run(command)
    assert done.exit_code == 1
    assert done.output.startswith("matinee: ")


@pytest.mark.parametrize("command", ["report", "llm", "questions"])
def test_an_empty_ledger_is_not_reported_as_0(site, run, command, tmp_path):
    for file in tmp_path.glob("ledger.db*"):
        file.unlink()
    with closing(EventStore(tmp_path / "empty" / "events.db")):
        pass
    settle(Settings(home=tmp_path / "empty"), ManualClock(NOON))
    (tmp_path / "empty" / "ledger.db").rename(tmp_path / "ledger.db")
    done = run(command)
    assert done.exit_code == 1
    assert "ledger" in done.output


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--since", "2026-01-02", "--until", "2026-01-01"), "give an earlier time first"),
        (("--since", "2020-01-01T10:30"), "no full hour"),
        (("--by", "prompt", "--view", "amortised"), "take --view cash"),
        (("--by", "film", "--since", "2020-01-01T10"), "by the day"),
        (("--until", "2020-01-01"), "nothing of this time"),
    ],
)
def test_a_report_that_can_not_be_is_refused_in_one_line(site, run, arguments, reason):
    done = run("report", *arguments)
    assert done.exit_code == 1
    assert reason in done.output


def test_a_month_is_its_whole_days_and_the_mean_week_for_the_rest():
    days = {date(2026, 10, 30): Usd(1000), date(2026, 11, 18): Usd(70), date(2026, 11, 20): Usd(7)}
    made = forecast(days, date(2026, 11, 21))
    assert (made.spent, made.a_day, made.from_days, made.days_left) == (Usd(77), Usd(11), 7, 10)
    assert made.month == Usd(187)
    assert forecast({date(2026, 11, 21): Usd(5)}, date(2026, 11, 21)) is None


def test_a_trace_tells_what_its_list_was_expected_to_cost_did_cost_and_bears(site):
    with closing(sqlite3.connect(site.ledger_db)) as ledger:
        first, second = [one for (one,) in ledger.execute("SELECT request FROM decisions ORDER BY request")]
    found = []
    for request in (first, second):
        done = CliRunner().invoke(main, ["trace", f"{request:016x}", "--json"], env={"MATINEE_HOME": str(site.home)})
        found.append(json.loads(done.output))
    names = ("expected_licence_usd", "realised_licence_usd", "llm_share_usd")
    assert [found[0][name] for name in names] == ["0.0049714", "0.00000007", "0.00010505"]
    assert [found[1][name] for name in names] == ["0.0049714", "0.00", "0.00010505"]
    assert found[0]["llm_user_usd"] == "0.0002101"
    page = CliRunner().invoke(main, ["trace", f"{first:016x}"], env={"MATINEE_HOME": str(site.home)}).output
    assert "realised  $0.00000007 for 1 plays" in page
    assert "LLM       $0.00010505, its share of $0.0002101 charged for the user, which 2 lists bear" in page


INVOICE = "id,time,model,cost_nano\nchatcmpl-1,{time},gpt-4o-mini,210001\n"
LATE = "chatcmpl-2,{time},gpt-4o-mini-2024-07-18,42\n"


def reconcile(run, tmp_path, text, *arguments):
    (tmp_path / "invoice.csv").write_text(text.format(time=NOON.isoformat()))
    return run("reconcile", "--invoice", tmp_path / "invoice.csv", *arguments)


def test_an_invoice_that_agrees_but_for_an_uncertain_call_is_explained(site, run, tmp_path):
    done = reconcile(run, tmp_path, INVOICE)
    assert done.exit_code == 0, done.output
    assert "1 uncertain, was not billed: ours $0.000000099, billed $0.00" in done.output


def test_settled_charges_stand_as_billed_and_agree_with_the_same_invoice_again(site, run, tmp_path):
    done = reconcile(run, tmp_path, INVOICE + LATE, "--settle")
    assert done.exit_code == 0, done.output
    assert "settled 1 uncertain charges: $-0.000000057 added" in done.output
    again = json.loads(reconcile(run, tmp_path, INVOICE + LATE, "--settle", "--json").output)
    assert (again["counts"]["equal"], again["settled"], again["ledger_usd"]) == (2, 0, again["invoice_usd"])
    assert report(run)["unknown"]["uncertain_calls"] == 0
    assert report(run)["total"]["llm_usd"] == "0.000210043"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (INVOICE.replace("210001", "210002"), "amount differs: c1"),
        (INVOICE + LATE.replace("42", "100"), "only in the invoice: - chatcmpl-2"),
        (INVOICE + LATE.replace("mini", "maxi"), "only in the invoice: - chatcmpl-2"),
        (INVOICE.replace("chatcmpl-1", "chatcmpl-9"), "only in the ledger: c1"),
        (INVOICE + INVOICE.partition("\n")[2], "only in the invoice: - chatcmpl-1"),
    ],
)
def test_what_nobody_can_explain_fails(site, run, tmp_path, text, reason):
    done = reconcile(run, tmp_path, text)
    assert done.exit_code == 1
    assert reason in done.output


@pytest.mark.parametrize(
    "text", ["", "id,time\n1,2\n", INVOICE.replace("210001", "-1"), INVOICE.replace("{time}", "?")]
)
def test_a_file_that_is_no_invoice_is_refused_in_one_line(site, run, tmp_path, text):
    done = reconcile(run, tmp_path, text)
    assert done.exit_code == 1
    assert done.output.startswith("matinee: ")


PRICES = """
[[price]]
provider = "openai"
model = "{model}"
from = 2026-01-01
source = "a test"
input = 1.0
cached = 0.5
output = 2.0
"""


def test_repricing_shows_the_difference_and_changes_nothing(site, run, tmp_path):
    (tmp_path / "other.toml").write_text(PRICES.format(model="gpt-4o-mini"))
    before = report(run)
    found = json.loads(run("reprice", "--prices", tmp_path / "other.toml", "--json").output)
    assert found["total"]["again_usd"] == "0.0024"
    assert found["total"]["difference_usd"] == "0.0021899"
    assert report(run) == before


def test_a_call_without_a_price_is_listed_until_it_is_priced_by_an_added_row(site, run, tmp_path):
    odd = replace(CALL, call="c3", answering_model="nobody-knows", completion="chatcmpl-3")
    with closing(CallLedger(site.ledger_db)) as ledger:
        ledger.add([(odd, Charge("c3", Usd(5_000_000), "no price known: the most that was reserved", False))])
    assert "1 of openai/nobody-knows" in run("quarantine", "--price").output
    assert report(run)["unknown"]["unpriced_calls"] == 1
    (tmp_path / "prices.toml").write_text(PRICES.format(model="nobody-knows"))
    assert "priced 1 calls: $-0.0038 added" in run("quarantine", "--price").output
    assert report(run)["unknown"]["unpriced_calls"] == 0
    assert report(run)["total"]["llm_usd"] == "0.0014101"
