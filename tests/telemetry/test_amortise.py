"""Lists that used a taste bear what it cost, whatever comes first, and an erased user's charges are nobody's."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from core.decision import Attempt, Outcome, Ranking
from core.ids import MovieId, UserId
from core.money import Usd
from core.usage import CallOutcome, Charge, CountSource, Usage
from telemetry import EVER, CallLedger, CostGroup, CostReport, ShareBook, View, correct
from telemetry.cost_line import NOT_USED
from telemetry.play_book import PlayBook

USER = UserId(42)
BY_TASTE = Ranking((MovieId("heat+1995"),), "m", (Attempt("taste", Outcome.SERVED, 1, 1),))


@pytest.fixture
def show(decisions, open_writer, ledger_path):
    """Shows a list by taste to user 42 so many minutes after noon, and books it. Returns its request."""
    writer = open_writer()

    def shown(minutes: int, ranking=BY_TASTE):
        made = decisions.one(ranking=ranking)
        request = made.request + (minutes * 60_000 << 22)
        writer.write([replace(made, request=request, time=made.time + timedelta(minutes=minutes))], None)
        with closing(PlayBook(ledger_path)) as book:
            book.take_decisions(made.time)
        return request

    return shown


@pytest.fixture
def charge(ledger_path, noon):
    """Charges a call for user 42 so many minutes after noon."""

    def charged(call: str, nano: int, minutes: int = 0, certain: bool = True, user: UserId | None = USER):
        time = noon + timedelta(minutes=minutes)
        usage = Usage(
            call,
            time,
            "p",
            "chat",
            "m",
            "m",
            "v1",
            user,
            1,
            CallOutcome.ANSWERED,
            CountSource.REPORTED,
            9,
            0,
            1,
            0,
            5,
        )
        with closing(CallLedger(ledger_path)) as ledger:
            ledger.add([(usage, Charge(call, Usd(nano), "table", certain))])

    return charged


@pytest.fixture
def shares(ledger_path):
    """What lists bear now, once all is shared."""

    def of(*requests):
        with closing(ShareBook(ledger_path)) as book:
            book.take()
        with closing(CostReport(ledger_path)) as report:
            found = [report.of_list(request).share for request in requests]
            return [None if share is None else share.nano for share in found]

    return of


def unused(ledger_path) -> int:
    with closing(CostReport(ledger_path)) as report:
        lines = report.by(CostGroup.ARM, EVER, View.AMORTISED).lines
        assert report.total(EVER, View.AMORTISED).llm == report.total().llm
        return lines[NOT_USED].llm.nano


def test_the_odd_billionths_go_to_the_earliest_lists(show, charge, shares, ledger_path):
    charge("c1", 11)
    assert shares(*[show(minutes) for minutes in (1, 2, 3)]) == [4, 4, 3]
    assert unused(ledger_path) == 0


def test_a_new_list_takes_its_part_from_the_others(show, charge, shares, ledger_path):
    charge("c1", 12)
    first = show(1)
    assert shares(first) == [12]
    assert shares(first, show(2)) == [6, 6]


def test_a_charge_that_comes_after_its_lists_is_borne_by_them_all_the_same(show, charge, shares):
    first, second = show(1), show(2)
    assert shares(first, second) == [None, None]
    charge("c1", 8)
    assert shares(first, second) == [4, 4]


def test_a_list_before_the_first_call_used_nothing_of_it(show, charge, shares, ledger_path):
    charge("c1", 8, minutes=5)
    assert shares(show(1)) == [None]
    assert unused(ledger_path) == 8


def test_a_list_that_the_blend_filled_bears_nothing(show, charge, shares, ledger_path):
    charge("c1", 8)
    blend = Ranking((MovieId("heat+1995"),), "m", (Attempt("blend", Outcome.SERVED, 1, 1),))
    assert shares(show(1, blend)) == [None]
    assert unused(ledger_path) == 8


def test_what_was_charged_for_nobody_is_borne_by_none(show, charge, shares, ledger_path):
    charge("c1", 8, user=None)
    assert shares(show(1)) == [None]
    assert unused(ledger_path) == 8


def test_a_correction_changes_the_shares(show, charge, shares, ledger_path, noon):
    charge("c1", 8, certain=False)
    lists = show(1), show(2)
    assert shares(*lists) == [4, 4]
    correct(ledger_path, [Charge("c1", Usd(3), "billed", True)], noon)
    assert shares(*lists) == [2, 1]


def test_an_erased_users_charges_are_nobodys_and_none_is_lost(show, charge, shares, ledger_path):
    charge("c1", 8)
    first = show(1)
    assert shares(first) == [8]
    with closing(CallLedger(ledger_path)) as ledger:
        assert ledger.forget(UserId(42)) == 1
    assert shares(first, show(2)) == [None, None]
    assert unused(ledger_path) == 8


def test_sharing_again_changes_nothing(show, charge, shares):
    charge("c1", 9)
    lists = show(1), show(2)
    assert shares(*lists) == shares(*lists) == [5, 4]


def test_what_is_certain_is_never_corrected(show, charge, ledger_path, noon):
    charge("c1", 8)
    assert correct(ledger_path, [Charge("c1", Usd(3), "billed", True)], noon).charges == 0
    with pytest.raises(ValueError, match="the ledger has no call c9"):
        correct(ledger_path, [Charge("c9", Usd(3), "billed", True)], noon)
