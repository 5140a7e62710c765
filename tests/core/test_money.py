"""Money is exact: what is read comes back, and sums do not depend on their order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotMoney
from core.money import Usd

amounts = st.integers(min_value=0, max_value=10**15).map(Usd)


@given(amounts)
def test_writing_then_reading_an_amount_is_the_identity(amount):
    assert Usd.parse(str(amount)) == amount


@given(st.lists(amounts, min_size=1))
def test_a_sum_is_the_same_in_any_order_and_grouping(parts):
    forwards, backwards = Usd(0), Usd(0)
    for part in parts:
        forwards += part
    for part in reversed(parts):
        backwards = part + backwards
    assert forwards == backwards == Usd(sum(part.nano for part in parts))


@given(amounts, amounts)
def test_taking_away_what_was_added_leaves_the_first(first, second):
    assert first + second - second == first


@pytest.mark.parametrize(
    ("text", "nano"),
    [
        ("0.182", 182_000_000),
        ("0.096769705", 96_769_705),
        ("1e-9", 1),
        ("0.0000000005", 0),  # half to even
        ("0.0000000015", 2),
        (" 2 ", 2_000_000_000),
    ],
)
def test_dollars_become_whole_billionths(text, nano):
    assert Usd.parse(text).nano == nano


@pytest.mark.parametrize("text", ["", "null", "NaN", "inf", "-0.01", "1,5", "0x10", "1e400", "ten", "9" * 5000])
def test_what_is_no_amount_is_refused_by_name(text):
    with pytest.raises(NotMoney, match="is no amount"):
        Usd.parse(text)


def test_a_debt_is_written_with_its_sign():
    assert str(Usd(0) - Usd.parse("1.5")) == "-1.50"


def test_the_written_amount_is_the_exact_decimal():
    assert Decimal(str(Usd(123_456_789_012))) == Decimal("123.456789012")
