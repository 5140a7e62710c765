from __future__ import annotations

import stat
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import StoreError
from core.ids import UserId
from core.money import Usd
from core.usage import CallOutcome, Charge, CountSource, Usage
from telemetry import Added, CallGroup, CallLedger, CallReport, Ledger
from telemetry.ledger_writer import LedgerWriter


@pytest.fixture
def ledger(ledger_path):
    with closing(CallLedger(ledger_path)) as opened:
        yield opened


@pytest.fixture
def report(ledger, ledger_path):
    with closing(CallReport(ledger_path)) as opened:
        yield opened


@pytest.fixture
def a_call(noon):
    """One answered call of user 42 for a tenth of a cent, unless the test says otherwise."""

    def make(call="c1", nano=1_000_000, is_certain=True, **changes):
        usage = Usage(
            call=call,
            time=noon,
            provider="openai",
            operation="chat",
            requested_model="gpt-4o-mini",
            answering_model="gpt-4o-mini-2024-07-18",
            prompt="resolve v1 ab",
            user=UserId(42),
            attempt=1,
            outcome=CallOutcome.ANSWERED,
            source=CountSource.REPORTED,
            input_tokens=300,
            cached_tokens=128,
            output_tokens=20,
            reasoning_tokens=4,
            latency_ms=900,
            completion="chatcmpl-1",
            priced_as="openai/gpt-4o-mini",
        )
        return replace(usage, **changes), Charge(call, Usd(nano), "genai-prices 0.2.3, 2026-11-20", is_certain)

    return make


def test_a_call_comes_back_as_it_was_brought(ledger, report, a_call):
    row = a_call(user=None, is_certain=False)
    assert ledger.add([row]) == Added(new=1, known=0, conflicting=0)
    assert report.of_call("c1") == row
    assert report.of_call("c2") is None


def test_a_row_brought_twice_is_kept_once(ledger, report, a_call):
    assert ledger.add([a_call(), a_call("c2"), a_call()]) == Added(new=2, known=1, conflicting=0)
    assert ledger.add([a_call()]) == Added(new=0, known=1, conflicting=0)
    assert report.totals(CallGroup.MODEL)["gpt-4o-mini"].calls == 2


def test_a_row_that_differs_is_put_aside_and_changes_nothing(ledger, report, a_call):
    ledger.add([a_call()])
    assert ledger.add([a_call(nano=5), a_call(nano=5), a_call(output_tokens=21)]) == Added(0, 0, 3)
    assert report.conflicts() == 2
    assert report.of_call("c1") == a_call()
    assert sum(totals.charged.nano for totals in report.totals(CallGroup.DAY).values()) == 1_000_000


def test_a_charge_of_another_call_is_refused_and_nothing_is_kept(ledger, report, a_call):
    with pytest.raises(ValueError, match="call c1, the charge of call c2"):
        ledger.add([a_call("c0"), (a_call("c1")[0], a_call("c2")[1])])
    assert report.of_call("c0") is None


def test_what_the_cache_saved_is_not_counted_as_used(ledger, report, a_call):
    hit = a_call("c2", nano=0, outcome=CallOutcome.CACHED)
    ledger.add([a_call(), hit])
    totals = report.totals(CallGroup.MODEL)["gpt-4o-mini"]
    assert (totals.calls, totals.hits) == (1, 1)
    assert (totals.input_tokens, totals.cached_tokens, totals.output_tokens, totals.reasoning_tokens) == (
        300,
        128,
        20,
        4,
    )
    assert (totals.saved_input_tokens, totals.saved_output_tokens) == (300, 20)
    assert totals.charged == Usd(1_000_000)


def test_totals_say_how_much_of_the_charge_is_uncertain(ledger, report, a_call):
    lost = a_call("c2", nano=7, is_certain=False, outcome=CallOutcome.LOST)
    ledger.add([a_call(), lost])
    by_outcome = report.totals(CallGroup.OUTCOME)
    assert list(by_outcome) == ["answered", "lost"]
    assert (by_outcome["lost"].charged, by_outcome["lost"].uncertain) == (Usd(7), Usd(7))
    assert by_outcome["answered"].uncertain == Usd(0)


def test_days_are_those_of_utc(ledger, report, a_call, noon):
    midnight = noon.replace(hour=0) + timedelta(days=1)
    ledger.add([a_call("a", time=midnight - timedelta(microseconds=1)), a_call("b", time=midnight, prompt="p2")])
    assert list(report.totals(CallGroup.DAY)) == ["2026-11-20", "2026-11-21"]
    assert list(report.totals(CallGroup.PROMPT)) == ["p2", "resolve v1 ab"]


def test_the_calls_of_a_user_come_in_the_order_of_time(ledger, report, a_call, noon):
    later, sooner = a_call("a", time=noon + timedelta(seconds=1)), a_call("b")
    ledger.add([later, sooner, a_call("c", user=UserId(7))])
    assert report.of_user(UserId(42)) == [sooner, later]


def test_a_forgotten_user_leaves_the_cost_and_is_no_conflict_when_brought_again(ledger, report, a_call):
    ledger.add([a_call(), a_call("c2")])
    ledger.add([a_call("c2", nano=5)])
    assert ledger.forget(UserId(42)) == 2
    assert report.of_user(UserId(42)) == []
    assert report.of_call("c1") == a_call(user=None)
    assert ledger.add([a_call()]) == Added(new=0, known=1, conflicting=0)
    assert ledger.add([a_call("c2", nano=5, user=None)]) == Added(new=0, known=0, conflicting=1)
    assert report.conflicts() == 1


def test_the_ledger_itself_refuses_parts_larger_than_their_whole(ledger, a_call):
    usage, charge = a_call()
    object.__setattr__(usage, "cached_tokens", 301)
    with pytest.raises(StoreError, match="can not write 1 calls"):
        ledger.add([(usage, charge)])


def test_the_reader_never_waits_for_a_writer(ledger, report, a_call):
    ledger.add([a_call()])
    ledger._database.execute("BEGIN IMMEDIATE")
    assert report.of_call("c1") == a_call()
    ledger._database.conn.rollback()


def test_decisions_and_calls_share_one_ledger(ledger, report, decisions, ledger_path, a_call):
    with closing(LedgerWriter(ledger_path, dict)) as writer, closing(Ledger(ledger_path)) as reader:
        writer.write([decisions.one()], None)
        ledger.add([a_call()])
        assert (reader.counts().decisions, report.of_call("c1")) == (1, a_call())


def test_the_ledger_is_private_to_its_owner(ledger, ledger_path):
    assert {stat.S_IMODE(path.stat().st_mode) for path in ledger_path.parent.iterdir()} == {0o600}


def test_a_ledger_that_is_not_there_is_named(tmp_path):
    with pytest.raises(StoreError, match="there is no store"):
        CallReport(tmp_path / "ledger.db")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="can not make the ledger"):
        CallLedger(tmp_path / "file" / "ledger.db")
