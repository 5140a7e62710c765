"""Pick probabilities are learned from lists whose window has passed, and stored as a version that prices lists."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from core.decision import Attempt, Decision, Outcome, Ranking
from core.ids import MovieId, RequestId, UserId
from core.money import Usd
from telemetry.licence import PICK_PRIOR_PPM
from telemetry.pick_lessons import DAYS, judge_picks, learn_picks
from telemetry.picks import PRIOR, learned_ppm
from telemetry.play_book import PlayBook
from telemetry.request_ids import first_id
from telemetry.row import to_us

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FILMS = tuple(MovieId(f"film+{number}+1999") for number in range(3))
FEES = {movie: Usd(1000) for movie in FILMS}


class Site:
    """One list a user, of which the user plays one film a minute later, or none."""

    def __init__(self, path, writer) -> None:
        self.path, self.writer = path, writer
        self.plays = PlayBook(path)
        self.plays.take_fees({movie: [(date(2026, 1, 1), fee)] for movie, fee in FEES.items()}, NOON)
        self.users = 0

    def list_of(self, time, films=FILMS, played=None) -> None:
        self.users += 1
        ranking = Ranking(films, "m", (Attempt("blend", Outcome.SERVED, len(films), 1),))
        request = RequestId(first_id(to_us(time)) + self.users)
        self.writer.write([Decision(request, time, UserId(self.users), "default", ranking, 1)], None)
        self.plays.take_decisions(NOON)
        if played is not None:
            self.play(time + timedelta(minutes=1), films[played])

    def play(self, time, movie, user=None) -> None:
        after = self.plays.booked_until()
        self.plays.book([(UserId(user or self.users), movie, to_us(time))], after, after, NOON)

    def lesson(self) -> tuple[list[int], list[int], int, int]:
        """Lists and plays by position, the beginning and the end of the newest lesson."""
        with closing(sqlite3.connect(self.path)) as ledger:
            query = "SELECT lists, plays, since_us, until_us FROM picks ORDER BY version DESC LIMIT 1"
            lists, plays, *span = ledger.execute(query).fetchone()
        return json.loads(lists)[:4], json.loads(plays)[:4], *span


@pytest.fixture
def site(ledger_path, open_writer):
    site = Site(ledger_path, open_writer(FEES.copy))
    yield site
    site.plays.close()


def test_lists_and_plays_are_counted_by_position(site):
    site.list_of(NOON - 3 * DAY, played=0)
    site.list_of(NOON - 3 * DAY, FILMS[:1])
    site.list_of(NOON - 2 * DAY, FILMS[:2], played=1)
    site.play(NOON, FILMS[0], user=999)  # organic: nobody was shown anything
    learned = learn_picks(site.path, NOON)
    assert site.lesson()[:2] == ([3, 2, 1, 0], [1, 1, 0, 0])
    assert learned.version == 1
    assert learned.ppm == learned_ppm([3, 2, 1] + [0] * 17, [1, 1] + [0] * 18)


def test_lists_whose_window_has_not_passed_and_those_of_long_ago_teach_nothing(site):
    newest = NOON - timedelta(hours=2)
    for time in (newest - DAY, newest - (DAYS + 1) * DAY - timedelta(milliseconds=1)):
        site.list_of(time)
    for time in (newest - DAY - timedelta(milliseconds=1), newest - (DAYS + 1) * DAY):
        site.list_of(time, FILMS[:1])
    site.play(newest, FILMS[0], user=999)
    site.play(NOON + DAY, FILMS[0], user=999)  # a time that has not come: no measure of how far the ledger is
    learn_picks(site.path, NOON)
    assert site.lesson() == ([2, 0, 0, 0], [0, 0, 0, 0], to_us(newest - (DAYS + 1) * DAY), to_us(newest - DAY))


def test_without_plays_or_without_lists_the_prior_stays(site):
    assert learn_picks(site.path, NOON) == PRIOR
    site.play(NOON, FILMS[0], user=999)
    assert learn_picks(site.path, NOON) == PRIOR


def test_a_lesson_is_learned_once_and_followed_by_another_when_more_is_known(site):
    site.list_of(NOON - 3 * DAY, played=0)
    site.play(NOON - DAY, FILMS[0], user=999)
    assert [learn_picks(site.path, NOON).version for _ in range(2)] == [1, 1]
    site.play(NOON, FILMS[0], user=998)
    assert learn_picks(site.path, NOON).version == 2


def test_a_list_is_priced_by_what_was_learned_before_it(site, open_reader):
    site.list_of(NOON - 3 * DAY, played=0)
    site.play(NOON, FILMS[0], user=999)
    learned = learn_picks(site.path, NOON)
    assert learned.ppm[0] > PICK_PRIOR_PPM[0]
    site.list_of(NOON + DAY, FILMS[:1])
    entry = open_reader().entry(RequestId(first_id(to_us(NOON + DAY)) + site.users))
    assert (entry.picks, entry.expected_licence) == (1, Usd(learned.ppm[0] * 1000 // 1_000_000))


def test_the_calibration_holds_what_lists_cost_against_what_was_expected(site):
    site.list_of(NOON - 3 * DAY, FILMS[:1], played=0)
    site.list_of(NOON - 2 * DAY, FILMS[:2])
    site.list_of(NOON - 2 * DAY, (MovieId("unknown+"),), played=0)
    site.list_of(NOON - DAY, FILMS)
    found = judge_picks(site.path, NOON - 3 * DAY, NOON - DAY)
    one, two = PICK_PRIOR_PPM[0] // 1000, sum(PICK_PRIOR_PPM[:2]) // 1000
    assert [(part.expected.nano, part.realised.nano) for part in found.deciles] == [
        (one, 1000),
        (two, 0),
    ]


def test_no_lists_have_no_calibration(site):
    assert judge_picks(site.path, NOON, NOON + DAY).deciles == ()
