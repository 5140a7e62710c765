from __future__ import annotations

from datetime import timedelta

import pytest

from telemetry.request_ids import EPOCH, RequestIds, time_of, writer_of


def test_an_id_says_when_and_by_whom():
    now = EPOCH + timedelta(days=2500, milliseconds=17, microseconds=400)
    request = RequestIds(4095).next(now)
    assert writer_of(request) == 4095
    assert time_of(request) == now - timedelta(microseconds=400)


def test_ids_fit_63_bits_until_2089():
    assert RequestIds(4095).next(EPOCH + timedelta(milliseconds=2**41 - 1)) < 2**63


def test_more_ids_than_a_millisecond_holds_borrow_from_the_next():
    ids = RequestIds(3)
    made = [ids.next(EPOCH) for _ in range(3000)]
    assert made == sorted(set(made))
    assert {writer_of(request) for request in made} == {3}
    assert time_of(made[-1]) == EPOCH + timedelta(milliseconds=2)


@pytest.mark.parametrize("writer", [-1, 4096])
def test_a_writer_that_does_not_fit_is_refused(writer):
    with pytest.raises(ValueError, match="12 bits hold 0 to 4095"):
        RequestIds(writer)
