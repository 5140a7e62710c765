"""What ingest stored and the service decided is booked, once, however often and in whatever pieces that is done."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from core.clock import ManualClock
from core.decision import Attempt, Decision, Outcome, Ranking
from core.errors import StoreError
from core.ids import MovieId, UserId
from core.money import Usd
from core.movie import Movie
from core.settings import Settings
from ingest import Catalogue
from ingest.effects import Effects, microseconds
from ingest.event_store import EventStore
from matinee.booking import book
from telemetry import Booked, PlayGroup, PlayReport, PlayTotals, RequestIds
from telemetry.ledger_writer import LedgerWriter

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HEAT = MovieId("heat+1995")


class Site:
    """A home in which things happen on one day."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = ManualClock(NOON)
        self._ids = RequestIds(1)

    def watch(self, *pairs, time=NOON) -> None:
        """One minute each, as one batch."""
        effects = Effects()
        for user, movie in pairs:
            effects.add_watch(UserId(user), MovieId(movie), 1, microseconds(time), microseconds(time))
        with closing(EventStore(self.settings.events_db)) as store:
            store.commit(effects, [], {}, self.clock.now())

    def fee(self, nano, movie=HEAT) -> None:
        with closing(Catalogue(self.settings.events_db)) as catalogue:
            catalogue.put([Movie(movie, "Heat", licence_fee=Usd(nano))], NOON.date(), 0)

    def show(self, user, *movies, time) -> None:
        ranking = Ranking(movies, "m", (Attempt("blend", Outcome.SERVED, len(movies), 1),))
        with closing(LedgerWriter(self.settings.ledger_db, dict)) as writer:
            writer.write([Decision(self._ids.next(time), time, UserId(user), "default", ranking, 1)], None)

    def book(self) -> Booked:
        return book(self.settings, self.clock)

    def report(self, *groups) -> dict:
        with closing(PlayReport(self.settings.ledger_db)) as report:
            return report.by(*groups)


@pytest.fixture
def site(tmp_path):
    return Site(Settings(home=tmp_path))


def test_a_play_is_booked_with_its_fee_and_its_list(site):
    site.fee(70)
    site.show(42, HEAT, time=NOON - timedelta(minutes=5))
    site.watch((42, HEAT))
    assert site.book() == Booked(1, 0)
    assert site.report(PlayGroup.MOVIE, PlayGroup.RANKER) == {(HEAT, "blend"): PlayTotals(Usd(70), 1, 0)}


def test_booking_again_adds_nothing(site):
    site.fee(70)
    site.watch((42, HEAT), (43, HEAT))
    assert site.book() == Booked(2, 0)
    assert site.book() == Booked()


def test_what_came_since_is_booked_and_what_a_late_line_changed_is_corrected(site):
    site.fee(70)
    site.watch((42, HEAT))
    site.book()
    site.watch((42, HEAT), (43, HEAT), time=NOON - timedelta(hours=1))
    assert site.book() == Booked(2, 1)
    assert site.report(PlayGroup.DAY) == {("2026-11-20",): PlayTotals(Usd(140), 2, 0)}


def test_a_film_whose_fee_is_read_later_is_priced_then(site):
    site.watch((42, HEAT))
    site.book()
    assert site.report(PlayGroup.DAY) == {("2026-11-20",): PlayTotals(Usd(0), 1, 1)}
    site.fee(70)
    assert site.book() == Booked(1, 1)
    assert site.report(PlayGroup.DAY) == {("2026-11-20",): PlayTotals(Usd(70), 1, 0)}


def test_many_plays_are_booked_in_several_transactions(site, monkeypatch):
    monkeypatch.setattr("matinee.booking.PLAYS_AT_ONCE", 4)
    site.fee(70)
    for batch in range(3):
        site.watch(*[(user, HEAT) for user in range(10 * batch, 10 * batch + 9)])
    assert site.book() == Booked(27, 0)
    with closing(sqlite3.connect(site.settings.ledger_db)) as ledger:
        assert ledger.execute("SELECT count(*) FROM bookings").fetchone() == (9,)


def test_a_store_that_was_made_anew_is_read_from_its_start_and_books_nothing_twice(site):
    site.fee(70)
    site.watch((42, HEAT))
    site.book()
    for file in site.settings.home.glob("events.db*"):
        file.unlink()
    site.fee(70)
    site.watch((42, HEAT), (43, HEAT))
    assert site.book() == Booked(1, 0)


def test_batches_that_a_power_cut_took_are_booked_when_their_numbers_come_again(site):
    site.fee(70)
    site.watch((42, HEAT))
    before = site.settings.events_db.read_bytes()
    site.watch((43, HEAT))
    site.book()
    for file in site.settings.home.glob("events.db*"):
        file.unlink()
    site.settings.events_db.write_bytes(before)
    site.clock.sleep(1)
    site.watch((44, HEAT))
    assert site.book() == Booked(1, 0)
    assert set(site.report(PlayGroup.USER)) == {(42,), (43,), (44,)}


def test_without_events_there_is_nothing_to_book(site):
    with pytest.raises(StoreError, match="there is no store"):
        site.book()
