"""Ids are read strictly: a typing error in an id is never another user or film."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import ManualClock, SystemClock
from core.ids import USER_ID_MAX, is_movie_id, parse_request_id, parse_user_id, request_id_text


@given(st.integers(min_value=0, max_value=USER_ID_MAX))
def test_every_user_number_is_read_back(number):
    assert parse_user_id(str(number)) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", "abc", "1.0", " 1", "1_0", "٣", "²", "2147483648", "9" * 5000])
def test_what_is_no_user_id_is_none(text):
    assert parse_user_id(text) is None


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_writing_then_reading_a_request_id_is_the_identity(number):
    assert parse_request_id(request_id_text(number)) == number


@pytest.mark.parametrize("text", ["", "xyz", "0" * 15, "0" * 17, "8" + "0" * 15, "00000000000000FF"])
def test_what_is_no_request_id_is_none(text):
    assert parse_request_id(text) is None


@pytest.mark.parametrize("text", ["", "a,b", "the +shawshank", "amélie+2001", "a" * 201, "tBoy+story+3+2010", "x\n"])
def test_what_has_not_the_form_of_a_film_id_is_refused(text):
    assert not is_movie_id(text)


def test_the_system_clock_is_aware_and_does_not_run_backwards():
    clock = SystemClock()
    before = clock.monotonic()
    clock.sleep(0.001)
    assert clock.monotonic() > before
    assert clock.now().utcoffset().total_seconds() == 0


def test_a_manual_clock_moves_both_its_hands():
    clock = ManualClock(SystemClock().now())
    start, before = clock.monotonic(), clock.now()
    clock.sleep(2.5)
    assert clock.monotonic() - start == 2.5
    assert (clock.now() - before).total_seconds() == 2.5
