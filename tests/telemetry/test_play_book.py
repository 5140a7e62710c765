"""What a play costs, which list it is attributed to, and how a row that proves wrong is corrected."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from core.decision import Attempt, Outcome, Ranking
from core.errors import StoreError
from core.ids import MovieId, UserId
from core.money import Usd
from telemetry.play_book import Booked, Cursor, PlayBook
from telemetry.play_report import PlayGroup, PlayReport, PlayTotals
from telemetry.row import to_us

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)  # when the decisions of these tests are made
HEAT, UP = MovieId("heat+1995"), MovieId("up+2009")
DAY = NOON.date()
FEES = {HEAT: [(DAY - timedelta(days=30), Usd(100)), (DAY + timedelta(days=1), Usd(130))]}
HOUR = timedelta(hours=1)


class Site:
    """Books into one ledger: lists are shown, films are played, and what was told of a pair can be told again."""

    def __init__(self, path, writer) -> None:
        self.path, self.writer = path, writer
        self.plays = PlayBook(path)
        self.batch = 0

    def show(self, *decisions) -> Booked:
        self.writer.write(decisions, None)
        return self.take_decisions()

    def take_decisions(self) -> Booked:
        booked, more = self.plays.take_decisions(NOON)
        while more:
            also, more = self.plays.take_decisions(NOON)
            booked += also
        return booked

    def fees(self, fees) -> Booked:
        return self.plays.take_fees(fees, NOON)

    def play(self, *times, movie=HEAT, user=42) -> Booked:
        """Tell that these are all plays of the user and the film."""
        self.batch += 1
        starts = [(UserId(user), movie, to_us(time)) for time in times]
        return self.plays.book(starts, self.plays.booked_until(), Cursor(self.batch, "store"), NOON)

    def rows(self, columns="plays, fee_nano, position, age_s") -> list[tuple]:
        with closing(sqlite3.connect(self.path)) as ledger:
            return ledger.execute(f"SELECT {columns} FROM plays ORDER BY number").fetchall()

    def by(self, *groups):
        with closing(PlayReport(self.path)) as report:
            return report.by(*groups)

    def total(self) -> PlayTotals:
        with closing(PlayReport(self.path)) as report:
            return report.total()


@pytest.fixture
def site(ledger_path, open_writer):
    site = Site(ledger_path, open_writer())
    site.fees(FEES)
    yield site
    site.plays.close()


def test_a_play_costs_the_fee_of_the_day_on_which_it_started(site):
    midnight = NOON.replace(hour=0)
    site.play(midnight, midnight + timedelta(days=1) - timedelta(microseconds=1), midnight + timedelta(days=1))
    assert site.rows("fee_nano") == [(100,), (100,), (130,)]
    assert site.by(PlayGroup.DAY) == {
        ("2026-11-20",): PlayTotals(Usd(200), 2, 0),
        ("2026-11-21",): PlayTotals(Usd(130), 1, 0),
    }


def test_a_play_before_the_first_known_fee_or_of_an_unknown_film_is_quarantined_and_never_free(site):
    site.play(NOON - timedelta(days=31))
    site.play(NOON, movie=UP)
    assert site.rows("fee_nano") == [(None,), (None,)]
    assert site.total() == PlayTotals(Usd(0), 2, 2)


def test_a_quarantined_play_is_priced_once_its_fee_is_known(site):
    site.play(NOON, movie=UP)
    assert site.fees(FEES | {UP: [(DAY, Usd(7))]}) == Booked(1, 1)
    assert site.rows("plays, fee_nano, reverses") == [(1, None, None), (-1, None, 1), (1, 7, None)]
    assert site.total() == PlayTotals(Usd(7), 1, 0)


def test_a_fee_that_was_read_again_for_its_day_corrects_the_plays_since_and_no_other(site):
    site.play(NOON, NOON + 24 * HOUR)
    site.fees({HEAT: [FEES[HEAT][0], (DAY + timedelta(days=1), Usd(140))]})
    assert site.rows("plays, fee_nano") == [(1, 100), (1, 130), (-1, -130), (1, 140)]


def test_the_same_fees_again_change_nothing(site):
    site.play(NOON)
    assert site.fees(FEES) == Booked()
    assert len(site.rows()) == 1


def test_a_play_comes_from_the_last_list_with_the_film(site, decisions):
    first, last, without = decisions.one((UP, HEAT)), decisions.one((UP, UP, HEAT)), decisions.one((UP,))
    site.show(first, last, without, decisions.one((HEAT,), user=UserId(43)))
    site.play(NOON + HOUR)
    assert site.rows("request, position, age_s") == [(last.request, 2, 3599)]
    assert site.by(PlayGroup.ARM, PlayGroup.MODEL, PlayGroup.RANKER) == {
        ("default", "2026-11-20-a", "blend"): PlayTotals(Usd(100), 1, 0)
    }


def test_a_play_after_the_window_or_before_the_list_is_organic(site, decisions):
    shown = decisions.one((HEAT,))
    site.show(shown)
    window, moment = timedelta(hours=24), timedelta(microseconds=1)
    site.play(shown.time - moment, shown.time, shown.time + window, shown.time + window + moment)
    assert site.rows("position, age_s") == [(None, None), (0, 0), (0, 24 * 3600), (None, None)]
    assert site.by(PlayGroup.POSITION)[None,].plays == 2


def test_the_ranker_is_the_one_that_put_the_film_there(site, decisions):
    attempts = (
        Attempt("blend", Outcome.SHORT, 1, 10),
        Attempt("taste", Outcome.NOT_FOR_USER, 0, 10),
        Attempt("popularity", Outcome.SERVED, 1, 10),
    )
    site.show(decisions.one(ranking=Ranking((UP, HEAT), "a", attempts)))
    site.play(NOON + HOUR)
    site.play(NOON + HOUR, movie=UP)
    assert {key: total.plays for key, total in site.by(PlayGroup.RANKER).items()} == {
        ("blend",): 1,
        ("popularity",): 1,
    }


def test_a_list_whose_attempts_count_too_few_films_has_an_unknown_ranker(site, decisions):
    site.show(decisions.one(ranking=Ranking((UP, HEAT), "a", (Attempt("blend", Outcome.SERVED, 1, 10),))))
    site.play(NOON + HOUR)
    assert list(site.by(PlayGroup.RANKER)) == [("unknown",)]


def test_a_list_that_is_recorded_after_its_play_was_booked_corrects_the_play(site, decisions):
    site.play(NOON + HOUR)
    shown = decisions.one((HEAT,))
    assert site.show(shown) == Booked(1, 1)
    assert site.rows("plays, request") == [(1, None), (-1, None), (1, shown.request)]


def test_a_list_of_a_writer_whose_ids_are_ahead_of_its_clock_is_found(site, decisions):
    shown = decisions.one((HEAT,), time=NOON - timedelta(seconds=30))
    site.show(shown)
    site.play(NOON - timedelta(seconds=29))
    assert site.rows("request, age_s") == [(shown.request, 1)]


def test_a_start_that_moved_is_a_reversal_and_a_new_row(site):
    site.play(NOON)
    site.play(NOON - HOUR)
    assert site.rows("plays, start_us, fee_nano, reverses") == [
        (1, to_us(NOON), 100, None),
        (-1, to_us(NOON), -100, 1),
        (1, to_us(NOON - HOUR), 100, None),
    ]
    assert site.by(PlayGroup.DAY) == {("2026-11-20",): PlayTotals(Usd(100), 1, 0)}


def test_two_plays_that_prove_to_be_one_cost_one_fee(site):
    site.play(NOON, NOON + 8 * HOUR)
    assert site.play(NOON) == Booked(0, 1)
    assert site.total() == PlayTotals(Usd(100), 1, 0)


def test_a_play_that_came_back_after_a_reversal_is_booked_again(site):
    site.play(NOON)
    site.play(NOON - HOUR)
    site.play(NOON)
    assert site.total() == PlayTotals(Usd(100), 1, 0)
    assert [plays for (plays,) in site.rows("plays")] == [1, -1, 1, -1, 1]


def test_what_is_told_twice_is_booked_once(site):
    site.play(NOON)
    assert site.play(NOON) == Booked()
    assert len(site.rows()) == 1


def test_a_page_that_somebody_else_has_booked_changes_nothing(site):
    stale, before = [(UserId(42), HEAT, to_us(NOON))], site.plays.booked_until()
    site.play(NOON)
    site.play(NOON - HOUR)
    assert site.plays.book(stale, before, Cursor(1, "store"), NOON) == Booked()
    assert site.plays.booked_until() == Cursor(2, "store")
    assert site.total().plays == 1
    assert site.rows("start_us")[-1] == (to_us(NOON - HOUR),)


def test_what_a_list_led_to_can_be_asked(site, decisions):
    shown, other = decisions.one((HEAT, UP)), decisions.one(user=UserId(1))
    site.show(shown, other)
    site.play(NOON + HOUR)
    site.play(NOON + HOUR, movie=UP)
    with closing(PlayReport(site.path)) as report:
        assert report.of_list(shown.request) == PlayTotals(Usd(100), 2, 1)
        assert report.of_list(other.request) == PlayTotals(Usd(0), 0, 0)


def test_times_that_no_request_id_can_name_are_organic(site, decisions):
    site.show(decisions.one())
    site.play(NOON.replace(year=1000), NOON.replace(year=2999))
    assert site.rows("request") == [(None,), (None,)]


def test_many_decisions_are_taken_in_page_by_page(site, decisions, monkeypatch):
    monkeypatch.setattr("telemetry.play_book.DECISIONS_AT_ONCE", 3)
    for _ in range(4):
        site.writer.write(decisions.many(2), None)
    taken = 0
    while site.plays.take_decisions(NOON)[1]:
        taken += 1
    assert taken == 2
    with closing(sqlite3.connect(site.path)) as ledger:
        assert ledger.execute("SELECT count(*) FROM shown").fetchone() == (8,)


def test_no_decision_is_missed_while_two_writers_record(site, decisions, open_writer):
    made = decisions.many(600)
    halves = [(open_writer(), made[::2]), (open_writer(), made[1::2])]

    def record(writer, half):
        for start in range(0, len(half), 10):
            writer.write(half[start : start + 10], None)

    threads = [threading.Thread(target=record, args=half) for half in halves]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        site.take_decisions()
    site.take_decisions()
    with closing(sqlite3.connect(site.path)) as ledger:
        assert ledger.execute("SELECT count(*) FROM shown").fetchone() == (600,)


def test_a_ledger_that_can_not_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="can not make the ledger"):
        PlayBook(tmp_path / "file" / "ledger.db")


def test_a_ledger_in_which_nothing_was_booked_has_no_report(ledger_path, open_writer):
    open_writer()
    with pytest.raises(StoreError, match="lacks the table plays"):
        PlayReport(ledger_path)


@pytest.mark.parametrize("time", [NOON, NOON.replace(year=1969), NOON.replace(year=2999, hour=0)])
def test_a_day_is_the_date_of_the_start_also_before_1970(site, time):
    site.play(time)
    ((day,),) = site.by(PlayGroup.DAY)
    assert date.fromisoformat(day) == time.date()
