from datetime import UTC, datetime
from random import Random

import pytest

from core.clock import ManualClock
from ingest.pacing import LONGEST_BACKOFF_SECONDS, Pace, backoff_seconds, retry_after_seconds

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_calls_are_spaced_evenly():
    clock = ManualClock(NOW)
    pace = Pace(4, clock)
    times = []
    for _ in range(5):
        pace.wait()
        times.append(clock.monotonic())
    assert times == [0, 0.25, 0.5, 0.75, 1.0]


def test_a_pause_saves_up_no_calls():
    clock = ManualClock(NOW)
    pace = Pace(1, clock)
    pace.wait()
    clock.sleep(100)
    pace.wait()
    pace.wait()
    assert clock.monotonic() == 101


def test_each_wait_lies_in_the_upper_half_of_a_doubling_one():
    rng = Random(7)
    for failures, longest in ((1, 0.5), (2, 1.0), (3, 2.0), (50, LONGEST_BACKOFF_SECONDS)):
        waits = [backoff_seconds(failures, rng) for _ in range(100)]
        assert longest / 2 <= min(waits) < max(waits) <= longest


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Fri, 20 Nov 2026 10:00:30 GMT", 30.0),
        ("Fri, 20 Nov 2026 10:00:30 -0000", 30.0),
        ("Fri, 20 Nov 2026 09:00:00 GMT", 0.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, seconds):
    assert retry_after_seconds(header, NOW) == seconds
