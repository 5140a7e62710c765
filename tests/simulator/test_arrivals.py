"""Visitors come at the rate that holds, however it changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from simulator.timetable import MixChange

NOON = datetime(2026, 2, 1, 12, 0, 5, tzinfo=UTC)  # when the fixture's runs begin


def in_hour(number):
    return {"start": NOON + timedelta(hours=number), "end": NOON + timedelta(hours=number + 1)}


def visits_by_hour(caller, hours):
    """How many visits there were in each hour from now on."""
    counts = [0, *(caller.run_until(NOON + timedelta(hours=hour)).visits for hour in range(1, hours + 1))]
    return np.diff(counts)


def test_after_a_quiet_hour_visits_are_as_frequent_as_before(caller_with):
    # 300 users of mean activity 1 make 2 / 24 * 300 = 25 visits an hour; Poisson, four standard errors of ten hours.
    quiet = MixChange(**in_hour(1), changes={"visits_a_day": 1e-9})
    with caller_with(troubles=[quiet], visits_a_day=2, asks=0, loyalty=0) as caller:
        first, during, *after = visits_by_hour(caller, 12)
    assert during == 0 < first
    assert abs(sum(after) - 250) < 4 * 250**0.5


def test_a_busy_hour_of_a_site_that_nobody_visits_is_busy(caller_with):
    busy = MixChange(**in_hour(1), changes={"visits_a_day": 20})
    with caller_with(troubles=[busy], visits_a_day=1e-300, asks=0, loyalty=0) as caller:
        first, during, last = visits_by_hour(caller, 3)
    assert first == last == 0
    assert abs(during - 250) < 4 * 250**0.5


def test_visits_do_not_come_twice_as_often_when_doors_open_again(caller_with, clock):
    with caller_with(visits_a_day=2, asks=0, loyalty=0) as caller:
        for _ in range(20):  # each time the visit that was on its way is still to come
            caller.run(1)
            caller.finish()
        before = caller.report().visits
        visits = caller.run_until(clock.now() + timedelta(hours=10)).visits - before
    assert abs(visits - 250) < 4 * 250**0.5
