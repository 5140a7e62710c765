"""True and measured figures agree exactly when spoilt lines are taken into account, and not otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.ids import MovieId
from core.money import Usd
from matinee.comparison import Billed, Comparison, LogPart, spoilt_effect
from matinee.measured import Measured
from simulator import Totals

MINUTES = [f"2026-02-15T00:0{minute},2,GET /data/m/up+2009/{minute}.mpg" for minute in range(3)]
RATING = "2026-02-15T00:09,2,GET /rate/up+2009=9"
FEES = {MovieId("up+2009"): Usd(100)}


@pytest.fixture
def effect(tmp_path):
    """What it adds to the figures that these lines, right by place, were written otherwise."""

    def of(lines, otherwise):
        log, spoilt = tmp_path / "movielog.log", tmp_path / "spoilt.tsv"
        log.write_text("history\n" + "".join(f"{otherwise.get(line, line)}\n" for line in lines))
        spoilt.write_text("".join(f"{right}\t{written}\n" for right, written in otherwise.items()))
        return spoilt_effect(LogPart.since(log, len("history\n"), 0), FEES, 10)

    return of


def test_lines_as_they_should_be_add_nothing(effect):
    assert not any(effect([*MINUTES, RATING], {}).values())


def test_a_line_that_can_not_be_read_takes_a_minute_and_no_play_while_others_are_left(effect):
    added = effect(MINUTES, {MINUTES[1]: MINUTES[1].replace("GET", "GxET")})
    assert {name: figure for name, figure in added.items() if figure} == {"minutes": -1}


def test_a_play_whose_only_minute_is_spoilt_is_missing_with_its_fee(effect):
    added = effect(MINUTES[:1], {MINUTES[0]: MINUTES[0].replace("GET", "GxET")})
    assert added["plays"] == -1
    assert added["licence fees, USD"] == -100


def test_a_line_that_is_read_as_another_users_adds_a_play_that_nobody_made(effect):
    added = effect(MINUTES, {MINUTES[1]: MINUTES[1].replace(",2,", ",27,")})
    assert {name: figure for name, figure in added.items() if figure} == {"plays": 1, "licence fees, USD": 100}


def compared(measured_minutes, spoilt_minutes=0, **changes):
    true = Totals(requests=3, answered=2, plays=1, minutes=3, fees_nano=100)
    measured = Measured(
        decisions=2,
        requests=3,
        plays=1,
        minutes=measured_minutes,
        ratings=0,
        accounts=0,
        unpriced=0,
        fees=Usd(100),
        taken_up=0,
        llm_calls=1,
        llm_tokens=320,
        llm_cost=Usd(57000),
    )
    names = ("requests", "plays", "ratings", "accounts", "licence fees, USD")
    spoilt = {"minutes": spoilt_minutes, **dict.fromkeys(names, 0)}
    return Comparison(true, Billed(1, 320, Usd(57000)), measured, spoilt, **changes)


def test_figures_agree_when_true_and_spoilt_make_the_measured_ones():
    assert compared(3).agrees()
    assert compared(2, -1).agrees()
    assert not compared(2).agrees()
    assert not compared(3, -1).agrees()


@pytest.mark.parametrize("wrong", [{"llm_calls": 2}, {"llm_tokens": 319}, {"llm_cost": Usd(56999)}, {"taken_up": 1}])
def test_what_was_billed_and_what_the_ledger_has_must_be_equal(wrong):
    same = compared(3)
    assert not replace(same, measured=replace(same.measured, **wrong)).agrees()


@pytest.mark.parametrize("decisions", [1, 3])
def test_every_answer_must_be_a_decision_and_nothing_else(decisions):
    same = compared(3)
    assert not replace(same, measured=replace(same.measured, decisions=decisions)).agrees()


def test_the_column_of_spoilt_lines_is_there_when_it_tells_something():
    assert "spoilt lines" not in compared(3).table()[0]
    assert "spoilt lines" in compared(2, -1).table()[0]
    (row,) = [line.split() for line in compared(2, -1).table() if line.startswith("  minutes")]
    assert row == ["minutes", "3", "-1", "2"]


def test_fees_are_left_out_when_prices_changed_and_it_is_said():
    same = compared(3)
    dearer = replace(same, measured=replace(same.measured, fees=Usd(99)))
    assert not dearer.agrees()
    changed = replace(dearer, prices_changed=True)
    assert changed.agrees()
    assert "fees are not compared" in changed.table()[-1]
