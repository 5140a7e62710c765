from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import StoreError
from core.ids import UserId
from core.money import Usd
from core.usage import CallOutcome, Charge, CountSource
from llm import Begun, Cached, Calls, Limit, Limits, OverBudget, Settled, Spending, Wait, WorkStore, deliver
from telemetry import Prices

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
CENT = Usd.parse("0.01")
LEASE_S = 30


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def rows(store, fake_ledger):
    """What was written of each call, by its id."""

    def look():
        deliver(store, fake_ledger)
        return fake_ledger.kept

    return look


def test_a_call_is_begun_and_its_answer_serves_the_next(calls, a_call, answered, rows):
    begun = calls.begin(a_call("first", key="k"), NOON, LEASE_S)
    assert begun == Begun(a_call("first", key="k"), NOON, after(LEASE_S))
    assert calls.finish(begun, *answered(begun), '{"films": []}') is Settled.IN_TIME
    hit = calls.begin(a_call("second", key="k", user=UserId(7)), after(9), LEASE_S)
    assert hit == Cached('{"films": []}', "gpt-4o-mini-2024-07-18", "first")
    assert rows()["first"] == answered(begun)


def test_a_hit_is_written_with_what_it_saved_at_no_charge(calls, a_call, answered, rows, tmp_path):
    begun = calls.begin(a_call("first", key="k"), NOON, LEASE_S)
    calls.finish(begun, *answered(begun), "{}")
    calls.begin(a_call("second", key="k", user=UserId(7), prompt="p"), after(9), LEASE_S)
    usage, charge = rows()["second"]
    assert (usage.outcome, usage.time, usage.user, usage.prompt) == (CallOutcome.CACHED, after(9), 7, "p")
    assert (usage.input_tokens, usage.cached_tokens, usage.output_tokens, usage.reasoning_tokens) == (300, 128, 20, 4)
    assert charge == Charge("second", Usd(0), "our own cache", is_certain=True)
    assert Prices(tmp_path / "none.toml").charge(usage) == charge
    assert calls.spending(NOON).spent == CENT


def test_a_twin_in_flight_waits_and_leaves_no_usage(calls, a_call, answered, rows):
    begun = calls.begin(a_call("first", key="k"), NOON, LEASE_S)
    assert calls.begin(a_call("second", key="k"), NOON, LEASE_S) == Wait(after(LEASE_S))
    assert rows() == {}
    calls.finish(begun, *answered(begun), "{}")
    assert isinstance(calls.begin(a_call("second", key="k"), NOON, LEASE_S), Cached)
    assert sorted(rows()) == ["first", "second"]


def test_without_a_valid_answer_the_next_one_makes_a_call(calls, a_call, refused):
    begun = calls.begin(a_call("first", key="k"), NOON, LEASE_S)
    calls.finish(begun, *refused(begun), None)
    assert isinstance(calls.begin(a_call("retry", key="k", attempt=2), NOON, LEASE_S), Begun)


def test_a_call_that_nobody_finished_is_lost_at_its_most(calls, a_call, rows):
    calls.begin(a_call("dead", key="k"), NOON, LEASE_S)
    assert isinstance(calls.begin(a_call("next", key="k"), after(LEASE_S), LEASE_S), Begun)
    usage, charge = rows()["dead"]
    assert (usage.outcome, usage.source, usage.time) == (CallOutcome.LOST, CountSource.ESTIMATE, NOON)
    assert (usage.input_tokens, usage.output_tokens, usage.latency_ms) == (400, 100, LEASE_S * 1000)
    assert charge == Charge("dead", CENT, "table", is_certain=False)
    assert calls.spending(after(LEASE_S)) == Spending(spent=CENT, reserved=CENT, in_flight=1)


def test_lost_calls_are_settled_without_waiting_for_another_call(calls, a_call, rows):
    for name in "abc":
        calls.begin(a_call(name), NOON, LEASE_S)
    assert calls.settle_lost(after(LEASE_S - 1)) == 0
    assert calls.settle_lost(after(LEASE_S)) == 3
    assert sorted(rows()) == ["a", "b", "c"]


def test_who_comes_too_late_changes_nothing(calls, a_call, answered, rows):
    begun = calls.begin(a_call("late", key="k"), NOON, LEASE_S)
    calls.settle_lost(after(LEASE_S))
    assert calls.finish(begun, *answered(begun), "{}") is Settled.TOO_LATE
    assert calls.extend(begun, after(LEASE_S), LEASE_S) is None
    assert rows()["late"][0].outcome is CallOutcome.LOST
    assert isinstance(calls.begin(a_call("next", key="k"), after(LEASE_S), LEASE_S), Begun)


def test_a_lease_can_be_made_longer(calls, a_call, answered):
    begun = calls.begin(a_call(key="k"), NOON, LEASE_S)
    longer = calls.extend(begun, after(20), LEASE_S)
    assert longer.until == after(20 + LEASE_S)
    assert calls.begin(a_call("twin", key="k"), after(LEASE_S), LEASE_S) == Wait(longer.until)
    assert calls.finish(longer, *answered(longer), "{}") is Settled.IN_TIME


def test_a_lease_that_ran_out_can_not_be_made_longer(calls, a_call):
    begun = calls.begin(a_call(), NOON, LEASE_S)
    assert calls.extend(begun, after(LEASE_S), LEASE_S) is None


def test_what_is_reserved_counts_as_spent(store, a_call, answered):
    calls = Calls(store, Limits(day=Usd.parse("0.025"), user=Usd.parse("1"), in_flight=9))
    first = calls.begin(a_call("a"), NOON, LEASE_S)
    second = calls.begin(a_call("b"), NOON, LEASE_S)
    assert calls.begin(a_call("c"), NOON, LEASE_S) == OverBudget(Limit.DAY, Usd.parse("0.005"))
    calls.finish(first, *answered(first, amount=Usd.parse("0.004")), None)
    assert isinstance(calls.begin(a_call("c"), NOON, LEASE_S), Begun)
    calls.finish(second, *answered(second), None)
    assert calls.spending(NOON) == Spending(Usd.parse("0.014"), CENT, 1)


def test_a_call_that_fits_exactly_is_made_and_one_billionth_more_is_not(store, a_call):
    calls = Calls(store, Limits(day=CENT, user=CENT, in_flight=9))
    assert calls.begin(a_call(most=Usd(CENT.nano + 1)), NOON, LEASE_S) == OverBudget(Limit.DAY, CENT)
    assert isinstance(calls.begin(a_call(), NOON, LEASE_S), Begun)


def test_the_day_of_the_begin_pays_and_the_next_day_is_fresh(store, a_call, answered):
    calls = Calls(store, Limits(day=CENT, user=Usd.parse("1"), in_flight=9))
    late = calls.begin(a_call("a"), MIDNIGHT - timedelta(seconds=1), LEASE_S)
    assert isinstance(calls.begin(a_call("b"), MIDNIGHT, LEASE_S), Begun)
    calls.finish(late, *answered(late), None)
    assert calls.spending(NOON) == Spending(CENT, Usd(0), 1)
    assert calls.spending(MIDNIGHT) == Spending(Usd(0), CENT, 1)


def test_a_user_has_a_limit_for_ever(store, a_call, answered):
    calls = Calls(store, Limits(day=Usd.parse("1"), user=CENT, in_flight=9))
    first = calls.begin(a_call("a"), NOON, LEASE_S)
    calls.finish(first, *answered(first), None)
    assert calls.begin(a_call("b"), MIDNIGHT, LEASE_S) == OverBudget(Limit.USER, Usd(0))
    assert isinstance(calls.begin(a_call("c", user=UserId(7)), MIDNIGHT, LEASE_S), Begun)
    assert isinstance(calls.begin(a_call("d", user=None), MIDNIGHT, LEASE_S), Begun)


def test_only_so_many_calls_are_in_flight(store, a_call, answered):
    calls = Calls(store, Limits(day=Usd.parse("1"), user=Usd.parse("1"), in_flight=2))
    first = calls.begin(a_call("a"), NOON, LEASE_S)
    calls.begin(a_call("b"), NOON, LEASE_S)
    assert calls.begin(a_call("c"), NOON, LEASE_S) == OverBudget(Limit.IN_FLIGHT, 0)
    calls.finish(first, *answered(first), None)
    assert isinstance(calls.begin(a_call("c"), NOON, LEASE_S), Begun)


def test_a_hit_and_a_free_call_need_no_budget(store, a_call, answered, calls):
    begun = calls.begin(a_call("first", key="k"), NOON, LEASE_S)
    calls.finish(begun, *answered(begun), "{}")
    spent = Calls(store, Limits(day=Usd(0), user=Usd(0), in_flight=9))
    assert isinstance(spent.begin(a_call("second", key="k"), NOON, LEASE_S), Cached)
    assert isinstance(spent.begin(a_call("free", most=Usd(0)), NOON, LEASE_S), Begun)
    assert spent.begin(a_call("paid"), NOON, LEASE_S) == OverBudget(Limit.DAY, Usd(0))


def test_what_cost_more_than_its_most_is_written_as_it_is_and_said(calls, a_call, answered, rows):
    begun = calls.begin(a_call(), NOON, LEASE_S)
    dear = answered(begun, amount=Usd.parse("0.02"))
    assert calls.finish(begun, *dear, None) is Settled.ABOVE_MOST
    assert rows()["call-1"] == dear
    assert calls.spending(NOON).spent == Usd.parse("0.02")


def test_an_id_is_for_one_call_only(calls, a_call, answered):
    begun = calls.begin(a_call("one", key="k"), NOON, LEASE_S)
    with pytest.raises(ValueError, match="one was used before"):
        calls.begin(a_call("one", key="other"), NOON, LEASE_S)
    calls.finish(begun, *answered(begun), "{}")
    with pytest.raises(ValueError, match="one was used before"):
        calls.begin(a_call("one", key="k"), NOON, LEASE_S)


def test_a_call_is_finished_with_its_own_usage_only(calls, a_call, answered):
    begun = calls.begin(a_call("a"), NOON, LEASE_S)
    usage, charge = answered(begun)
    other = calls.begin(a_call("b"), after(1), LEASE_S)
    for wrong in [answered(other), (usage, answered(other)[1]), (usage, Charge("a", Usd(-1), "table", True))]:
        with pytest.raises(ValueError, match="can not be finished"):
            calls.finish(begun, *wrong, None)
    assert calls.finish(begun, usage, charge, None) is Settled.IN_TIME


def test_a_negative_reservation_is_refused(a_call):
    with pytest.raises(ValueError, match="0 or more"):
        a_call(most=Usd(-1))


def test_the_store_is_private_to_its_owner(store, work_db):
    assert {stat.S_IMODE(path.stat().st_mode) for path in work_db.parent.iterdir()} == {0o600}


def test_a_folder_that_can_not_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"can not make the store .*work\.db"):
        WorkStore(tmp_path / "file" / "work.db")
