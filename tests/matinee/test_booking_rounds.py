"""Booking runs by itself beside ingest, and a round that fails is made up for by the next."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import UTC, datetime

import pytest

from core.clock import ManualClock
from core.settings import Settings
from matinee.booking_rounds import BookingRounds
from matinee.event_intake import take_events
from telemetry import Metrics, PlayReport
from telemetry.metrics import LENGTH, PLACES

LINES = "2026-11-20T12:00:00,42,GET /data/m/heat+1995/0.mpg\n2026-11-20T12:00:05,43,GET /data/m/heat+1995/0.mpg\n"


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "log").write_text(LINES)
    return Settings(home=tmp_path, events=f"file:{tmp_path / 'log'}")


@pytest.fixture
def clock():
    return ManualClock(datetime(2026, 11, 20, 13, tzinfo=UTC))


def take(settings, clock, stop, **changes):
    options = {"follow": False, "from_start": False, "progress": lambda *_: None} | changes
    return take_events(settings, settings.events, clock, stop, **options)


def plays(settings) -> int:
    with closing(PlayReport(settings.ledger_db)) as report:
        return report.total().plays


def test_what_ingest_stored_is_booked_when_it_ends(settings, clock):
    take(settings, clock, threading.Event())
    assert plays(settings) == 2


def test_what_ingest_stores_while_it_follows_is_booked_at_the_latest_on_leaving(settings, clock):
    stop = threading.Event()
    take(settings, clock, stop, follow=True, progress=lambda *_: stop.set())
    assert plays(settings) == 2


def test_a_round_that_fails_is_counted_and_made_up_for_by_the_next(settings, clock):
    cells = [0] * LENGTH
    rounds = BookingRounds(settings, clock, Metrics(cells))
    rounds.round()
    assert cells[PLACES["matinee_errors_total", ("booking",)]] == 1
    take(settings, clock, threading.Event())
    with open(settings.home / "log", "a") as log:
        log.write(LINES.replace("heat", "up"))
    rounds.round()
    assert cells[PLACES["matinee_plays_booked_total", ("booked",)]] == 0
    take(settings, clock, threading.Event())
    assert plays(settings) == 4
