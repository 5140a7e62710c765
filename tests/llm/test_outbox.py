from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.ids import UserId
from core.usage import CallOutcome
from llm import Wanted, deliver, erase_user, undelivered

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def finished(calls, a_call, answered):
    """Makes a call and finishes it with an answer."""

    def finish(call="call-1", **changes):
        begun = calls.begin(a_call(call, **changes), NOON, 30)
        calls.finish(begun, *answered(begun), "{}")
        return answered(begun)

    return finish


def test_rows_go_to_the_ledger_in_the_order_of_their_end(store, finished, fake_ledger):
    made = [finished(name) for name in "bca"]
    assert undelivered(store) == 3
    assert deliver(store, fake_ledger, most=2) == 2
    assert deliver(store, fake_ledger, most=2) == 1
    assert deliver(store, fake_ledger) == 0
    assert undelivered(store) == 0
    assert list(fake_ledger.kept.values()) == made


def test_a_row_stays_until_the_ledger_has_it(store, finished, fake_ledger):
    class Full:
        def add(self, rows):
            raise OSError("disk full")

    finished()
    with pytest.raises(OSError, match="disk full"):
        deliver(store, Full())
    assert undelivered(store) == 1
    assert deliver(store, fake_ledger) == 1


def test_an_erased_user_is_gone_and_the_money_stays(
    store, jobs, calls, tastes, finished, fake_ledger, a_call, a_taste
):
    finished("old", key="k")
    jobs.put([Wanted(UserId(42))], NOON)
    (job,) = jobs.claim("w", 1, NOON, 30)
    jobs.done(job, a_taste(42), NOON)
    (_, number) = tastes.changed_after(0)
    spent = calls.spending(NOON).spent
    assert erase_user(store, UserId(42))
    assert not erase_user(store, UserId(42))
    assert tastes.get(UserId(42)) is None
    assert tastes.counts().tastes == 0
    assert tastes.changed_after(0)[0] == []
    assert [(taste.user, taste.films, taste.text_hash) for taste in tastes.changed_after(number)[0]] == [(42, (), "")]
    assert calls.spending(NOON).spent == spent
    deliver(store, fake_ledger)
    assert [usage.user for usage, _ in fake_ledger.kept.values()] == [None]
    dump = "\n".join(map(str, store._database.conn.iterdump()))
    assert "heat+1995" not in dump
    assert '"user":42' not in dump


def test_what_is_under_way_when_its_user_is_erased_leaves_nothing_but_its_cost(
    store, jobs, calls, tastes, fake_ledger, a_call, answered, a_taste
):
    jobs.put([Wanted(UserId(42))], NOON)
    (job,) = jobs.claim("w", 1, NOON, 30)
    begun = calls.begin(a_call("open", key="k"), NOON, 30)
    calls.begin(a_call("lost"), NOON, 1)
    erase_user(store, UserId(42))
    calls.finish(begun, *answered(begun), "{}")
    assert not jobs.done(job, a_taste(42), NOON)
    assert tastes.get(UserId(42)) is None
    calls.settle_lost(NOON.replace(hour=13))
    deliver(store, fake_ledger)
    assert {usage.outcome for usage, _ in fake_ledger.kept.values()} == {CallOutcome.ANSWERED, CallOutcome.LOST}
    assert {usage.user for usage, _ in fake_ledger.kept.values()} == {None}
    assert calls.begin(a_call("again", key="k"), NOON, 30).planned.call == "again"  # no answer was kept


def test_an_erased_user_who_comes_back_is_not_served_by_the_old_job(store, jobs, a_taste):
    jobs.put([Wanted(UserId(42))], NOON)
    (old,) = jobs.claim("w", 1, NOON, 30)
    erase_user(store, UserId(42))
    later = NOON.replace(minute=1)
    jobs.put([Wanted(UserId(42))], later)
    (new,) = jobs.claim("w", 1, later, 30)
    assert not jobs.done(old, a_taste(42), later)
    assert jobs.done(new, a_taste(42), later)
