"""Laws of the book of plays: the order in which things become known changes nothing; parts add up to the whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.decision import Attempt, Decision, Outcome, Ranking
from core.ids import RequestId
from core.money import Usd
from telemetry.attribution import WINDOW_US
from telemetry.ledger_writer import LedgerWriter
from telemetry.play_book import PlayBook
from telemetry.play_report import PlayGroup, PlayReport, PlayTotals
from telemetry.request_ids import first_id
from telemetry.row import to_us

FIRST_DAY = date(2026, 11, 18)
BEGIN = datetime(2026, 11, 18, tzinfo=UTC)
TABLES = ("plays_now", "plays", "bookings", "shown", "fees_used", "commits", "decisions")

users, films = st.integers(1, 2), st.sampled_from("abc")
hours = st.sampled_from([0, 1, 24, 25, 26, 49])  # a window apart, and an hour less and more; of three days
told = st.tuples(users, films, st.sets(hours, min_size=1, max_size=3)).map(lambda it: ("plays", *it))
shown = st.tuples(users, st.lists(films, min_size=1, unique=True), hours, st.sampled_from(["one", "other"])).map(
    lambda it: ("list", *it)
)
histories = st.dictionaries(st.integers(0, 3), st.integers(0, 9).map(Usd), max_size=3)
fees = st.dictionaries(films, histories, max_size=3).map(lambda it: ("fees", it))
happenings = st.lists(st.one_of(told, told, shown, fees), max_size=14)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LedgerWriter, PlayBook, PlayReport]]:
    path = tmp_path_factory.mktemp("laws") / "ledger.db"
    writer, book = LedgerWriter(path, dict), PlayBook(path)
    for database in (writer._database, book._database):
        database.execute("PRAGMA synchronous=OFF")
    with closing(PlayReport(path)) as report:
        yield writer, book, report
    book.close()
    writer.close()


@settings(deadline=None)
@given(happenings)
def test_what_stands_is_what_is_known_in_whatever_order_it_became_known(ledger, things) -> None:
    _, book, _ = ledger
    happen(ledger, things)
    standing = book._database.execute("""
        SELECT plays_now.user_id, text, plays_now.start_us, fee_nano, request, position, age_s
        FROM plays_now JOIN plays ON plays.number = play JOIN films ON films.number = plays_now.film
    """)
    assert set(standing) == expected(things)


@settings(deadline=None)
@given(happenings)
def test_rows_add_up_to_what_stands_in_any_grouping(ledger, things) -> None:
    _, _, report = ledger
    happen(ledger, things)
    plays = expected(things)
    known = [fee for _, _, _, fee, *_ in plays if fee is not None]
    total = PlayTotals(Usd(sum(known)), len(plays), len(plays) - len(known))
    assert report.total() == total
    groupings = [groups for size in (1, 2, len(PlayGroup)) for groups in combinations(PlayGroup, size)]
    for groups in groupings:
        parts = report.by(*groups).values()
        fees = sum((part.fees for part in parts), Usd(0))
        whole = PlayTotals(fees, sum(part.plays for part in parts), sum(part.unpriced for part in parts))
        assert whole == total, groups


def at(hour: int) -> int:
    return to_us(BEGIN + timedelta(hours=hour))


def request_of(number: int, hour: int) -> RequestId:
    return RequestId(first_id(at(hour)) + number)


def happen(ledger: tuple[LedgerWriter, PlayBook, PlayReport], things: list[tuple]) -> None:
    """Tell an empty ledger these things one after the other."""
    writer, book, _ = ledger
    for table in TABLES:
        book._database.execute(f"DELETE FROM {table}")
    book._database.execute("UPDATE booked SET commit_number = 0")
    for number, (kind, *thing) in enumerate(things):
        if kind == "plays":
            user, film, starts = thing
            after = book.booked_until()
            book.book([(user, film, at(hour)) for hour in starts], after, after, BEGIN)
        elif kind == "fees":
            book.take_fees(history(*thing), BEGIN)
        else:
            user, movies, hour, arm = thing
            attempts = (Attempt("blend", Outcome.SERVED, len(movies), 1),)
            time = BEGIN + timedelta(hours=hour)
            made = Decision(request_of(number, hour), time, user, arm, Ranking(tuple(movies), "m", attempts), 1)
            writer.write([made], None)
            book.take_decisions(BEGIN)


def history(by_film: dict) -> dict:
    return {
        film: [(FIRST_DAY + timedelta(days=day), fee) for day, fee in sorted(days.items())]
        for film, days in by_film.items()
    }


def expected(things: list[tuple]) -> set[tuple]:
    """User, film, start, fee, request, position, age of every play, from all that is known at the end."""
    plays = {thing[1:3]: thing[3] for thing in things if thing[0] == "plays"}
    prices = [history(*thing) for kind, *thing in things if kind == "fees"][-1:] or [{}]
    lists = [(request_of(number, thing[2]), *thing) for number, (kind, *thing) in enumerate(things) if kind == "list"]
    rows = set()
    for (user, film), starts in plays.items():
        for hour in starts:
            day = (BEGIN + timedelta(hours=hour)).date()
            fees = [fee.nano for since, fee in prices[0].get(film, ()) if since <= day]
            found = [
                (request, movies.index(film), (at(hour) - at(when)) // 1_000_000)
                for request, viewer, movies, when, _ in lists
                if viewer == user and film in movies and 0 <= at(hour) - at(when) <= WINDOW_US
            ]
            rows.add((user, film, at(hour), fees[-1] if fees else None, *max(found, default=(None,) * 3)))
    return rows
