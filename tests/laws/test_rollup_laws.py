"""Laws of rollups: whatever is written in whatever order and pieces, the sums kept are those of a full scan."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.decision import Attempt, Decision, Outcome, Ranking
from core.ids import MovieId, RequestId, UserId
from core.money import Usd
from core.usage import CallOutcome, Charge, CountSource, Usage
from telemetry.call_ledger import CallLedger
from telemetry.ledger_writer import LedgerWriter
from telemetry.play_book import Cursor, PlayBook
from telemetry.request_ids import first_id
from telemetry.row import to_us
from telemetry.speeds import bucket_of

BEGIN = datetime(2026, 11, 18, 22, tzinfo=UTC)
HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000
SUMS = ("decision_hours", "active_days", "play_hours", "play_films", "call_hours")
DERIVED = (*SUMS, "corrections", "shares", "share_hours", "share_users", "shared", "segments")
FEES = {MovieId("a"): Usd(10_000_000), MovieId("b"): Usd(30_000_001)}

hours = st.integers(0, 5)
served = st.lists(st.sampled_from(["blend", "taste", "popularity"]), unique=True, max_size=3)
lists = st.tuples(
    st.just("lists"),
    st.lists(
        st.tuples(
            st.integers(1, 3), hours, served, st.lists(st.sampled_from("abcd"), unique=True), st.integers(0, 10**6)
        ),
        max_size=4,
    ),
)
plays = st.tuples(st.just("plays"), st.integers(1, 3), st.sampled_from("abcd"), st.sets(hours, max_size=2))
fees = st.tuples(st.just("fees"), st.dictionaries(st.sampled_from("abcd"), st.integers(0, 99), max_size=3))
calls = st.tuples(
    st.just("call"),
    st.integers(0, 5),
    hours,
    st.sampled_from(CallOutcome),
    st.integers(0, 9),
    st.booleans(),
    st.sampled_from(["table", "no price known: the most"]),
)
happenings = st.lists(st.one_of(lists, plays, fees, calls), max_size=12)


@settings(deadline=None, max_examples=60)
@given(happenings)
def test_sums_kept_are_those_of_a_full_scan(tmp_path_factory, things):
    path = tmp_path_factory.mktemp("rollups") / "ledger.db"
    happen(path, things)
    with closing(sqlite3.connect(path)) as connection:
        for table, scanned in scan(connection).items():
            assert set(connection.execute(f"SELECT * FROM {table}")) == scanned, table


@settings(deadline=None, max_examples=15)
@given(happenings)
def test_a_ledger_of_before_gets_the_same_sums(tmp_path_factory, things):
    path = tmp_path_factory.mktemp("migrated") / "ledger.db"
    happen(path, things)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        before = scan(connection)
        for trigger in ("charges_add_up", "corrections_add_up", "plays_add_up"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("DROP VIEW standing")
        connection.execute("DROP INDEX charges_unpriced")
        connection.execute("ALTER TABLE decisions DROP COLUMN segment")
        for table in DERIVED:
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name LIKE '%rollups'")
    PlayBook(path).close()
    with closing(sqlite3.connect(path)) as connection:
        names = dict(connection.execute("SELECT text, number FROM segments"))
        assert len(names) == len({row[1] for row in before["decision_hours"]})
        after = scan(connection)
        for table in SUMS:
            assert set(connection.execute(f"SELECT * FROM {table}")) == after[table], table
            assert len(after[table]) == len(before[table]), table


def happen(path, things):
    """Tell an empty ledger these things; every write of lists is made twice, as after a failure."""
    number = 0
    known = {}
    with (
        closing(LedgerWriter(path, FEES.copy)) as writer,
        closing(CallLedger(path)) as ledger,
        closing(PlayBook(path)) as book,
    ):
        for database in (writer._database, ledger._database, book._database):
            database.execute("PRAGMA synchronous=OFF")
        for kind, *thing in things:
            if kind == "lists":
                made = []
                for user, hour, rankers, movies, elapsed_us in thing[0]:
                    number += 1
                    made.append(a_decision(number, user, hour, rankers, movies, elapsed_us))
                writer.write(made[:1], None)
                writer.write([*made, *made], None)
                writer.write(made, None)
                book.take_decisions(BEGIN)
            elif kind == "plays":
                user, film, starts = thing
                after = book.booked_until()
                told = [(user, film, to_us(BEGIN + timedelta(hours=hour))) for hour in starts]
                book.book(told, after, Cursor(after.batch + 1, "m"), BEGIN)
            elif kind == "fees":
                book.take_fees({film: [(BEGIN.date(), Usd(fee))] for film, fee in thing[0].items()}, BEGIN)
            else:
                row = known.setdefault(thing[0], a_call(*thing))
                ledger.add([row, row])


def a_decision(number, user, hour, rankers, movies, elapsed_us):
    time = BEGIN + timedelta(hours=hour)
    share = [len(movies) // len(rankers) if place else len(movies) for place, _ in enumerate(rankers)]
    attempts = tuple(Attempt(name, Outcome.SERVED, count, 5) for name, count in zip(rankers, share, strict=True)) or (
        Attempt("blend", Outcome.FAILED, 0, 1),
    )
    ranking = Ranking(tuple(map(MovieId, movies)), "m", attempts)
    request = RequestId(first_id(to_us(time)) + number)
    return Decision(request, time, UserId(user), f"arm-{user % 2}", ranking, elapsed_us)


def a_call(number, hour, outcome, nano, is_certain, price):
    time = BEGIN + timedelta(hours=hour)
    usage = Usage(
        f"c{number}", time, "p", "chat", "m", "m-1", "v1", UserId(1), 1, outcome, CountSource.REPORTED, 9, 4, 5, 3, 7
    )
    return usage, Charge(f"c{number}", Usd(nano), price, is_certain)


def scan(connection):
    """Every table of sums, from the rows alone."""
    decision_hours, play_hours, play_films, call_hours = {}, {}, {}, {}
    segments, active, films = {}, set(), {}
    texts = dict(connection.execute("SELECT number, text FROM films"))
    for row in connection.execute(
        "SELECT request, at_us, user_id, movies, elapsed_us, expected_licence_nano, unknown_fees, segment"
        " FROM decisions"
    ):
        request, at_us, user, movies, elapsed_us, expected, unknown, segment = row
        segments[request] = segment
        active.add((at_us // DAY_US, user))
        films[request] = len(movies)  # fewer than 128 films are one byte each
        assert max(movies, default=0) < 128
        assert set(movies) <= set(texts)
        values = 1, films[request], expected or 0, expected is None, unknown
        add(decision_hours, (at_us // HOUR_US, segment, bucket_of(elapsed_us)), values)
    for count, film, start_us, fee, request in connection.execute(
        "SELECT plays, film, start_us, fee_nano, request FROM plays"
    ):
        values = count, fee or 0, count if fee is None else 0
        add(play_hours, (start_us // HOUR_US, segments.get(request, 0)), values)
        add(play_films, (start_us // DAY_US, film, request is None), values)
    for *key, inputs, cached, outputs, reasoning, nano, certain, price in connection.execute(
        "SELECT at_us / 3600000000, provider, requested_model, answering_model, priced_as, prompt, outcome,"
        " input_tokens, cached_tokens, output_tokens, reasoning_tokens, nano, is_certain, price"
        " FROM usages JOIN charges USING (call)"
    ):
        values = 1, inputs, cached, outputs, reasoning, nano, 0 if certain else nano, not certain, "no price" in price
        add(call_hours, tuple(key), values)
    return {
        "decision_hours": rows(decision_hours),
        "active_days": active,
        "play_hours": rows(play_hours),
        "play_films": rows(play_films),
        "call_hours": rows(call_hours),
    }


def add(sums, key, values):
    sums[key] = [a + b for a, b in zip(sums.get(key, [0] * len(values)), values, strict=True)]


def rows(sums):
    return {(*key, *values) for key, values in sums.items()}


@pytest.mark.parametrize(
    ("rankers", "kind"),
    [("blend taste", "warm"), ("taste popularity", "described"), ("popularity", "new"), ("", "new")],
)
def test_who_filled_a_list_says_what_was_known_of_its_user(tmp_path, rankers, kind):
    happen(tmp_path / "ledger.db", [("lists", [(1, 0, rankers.split(), ["a", "b"], 5)])])
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        found = Counter(connection.execute("SELECT user_kind, ranker FROM segments"))
    assert found == Counter([(kind, rankers.split()[0] if rankers else "nobody")])
