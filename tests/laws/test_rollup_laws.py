"""Laws of sums: whatever is written in whatever order and pieces, sums kept and reports are those of a full scan."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.decision import Attempt, Decision, Outcome, Ranking
from core.ids import MovieId, RequestId, UserId
from core.money import Usd
from core.usage import CallOutcome, Charge, CountSource, Usage
from telemetry import EVER, CostGroup, CostLine, CostReport, ShareBook, Span, View, correct
from telemetry.call_ledger import CallLedger
from telemetry.ledger_writer import LedgerWriter
from telemetry.play_book import Cursor, PlayBook
from telemetry.request_ids import first_id
from telemetry.row import to_us
from telemetry.speeds import bucket_of

BEGIN = datetime(2026, 11, 18, 22, tzinfo=UTC)
HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000
SUMS = ("decision_hours", "active_days", "play_hours", "play_films", "call_hours")
DERIVED = (*SUMS, "corrections", "shares", "share_hours", "share_users", "unshared", "shared", "segments")
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
    st.sampled_from([1, 1, 2, None]),
)
corrections = st.tuples(st.just("correct"), st.integers(0, 5), st.integers(0, 12), st.booleans())
sharings = st.just(("share",))
happenings = st.lists(st.one_of(lists, lists, plays, fees, calls, calls, corrections, sharings), max_size=16)


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
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("DROP VIEW standing")
        connection.execute("DROP INDEX charges_unpriced")
        connection.execute("ALTER TABLE decisions DROP COLUMN segment")
        connection.execute("PRAGMA foreign_keys=OFF")
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
            elif kind == "share":
                with closing(ShareBook(path)) as shares:
                    shares.take()
            elif kind == "call":
                row = known.setdefault(thing[0], a_call(*thing))
                ledger.add([row, row])
            elif thing[0] in known:
                call, nano, is_certain = thing
                correct(path, [Charge(f"c{call}", Usd(nano), "invoice", is_certain)], BEGIN)


def a_decision(number, user, hour, rankers, movies, elapsed_us):
    time = BEGIN + timedelta(hours=hour)
    share = [len(movies) // len(rankers) if place else len(movies) for place, _ in enumerate(rankers)]
    attempts = tuple(Attempt(name, Outcome.SERVED, count, 5) for name, count in zip(rankers, share, strict=True)) or (
        Attempt("blend", Outcome.FAILED, 0, 1),
    )
    ranking = Ranking(tuple(map(MovieId, movies)), "m", attempts)
    request = RequestId(first_id(to_us(time)) + number)
    return Decision(request, time, UserId(user), f"arm-{user % 2}", ranking, elapsed_us)


def a_call(number, hour, outcome, nano, is_certain, price, user):
    time = BEGIN + timedelta(hours=hour)
    usage = Usage(
        f"c{number}", time, "p", "chat", "m", "m-1", "v1", user, 1, outcome, CountSource.REPORTED, 9, 4, 5, 3, 7
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
    for *key, nano, uncertain_nano, uncertain, unpriced in connection.execute(
        "SELECT usages.at_us / 3600000000, provider, requested_model, answering_model, priced_as, prompt, outcome,"
        " nano, uncertain_nano, uncertain, unpriced FROM corrections JOIN usages USING (call)"
    ):
        add(call_hours, tuple(key), (0, 0, 0, 0, 0, nano, uncertain_nano, uncertain, unpriced))
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


@settings(deadline=None, max_examples=60)
@given(happenings, st.integers(0, 8), st.integers(1, 4))
def test_the_lines_of_a_report_are_all_that_the_ledger_has_in_any_grouping(tmp_path_factory, things, since, length):
    path = tmp_path_factory.mktemp("report") / "ledger.db"
    happen(path, things)
    begin = BEGIN - timedelta(hours=2)
    span = Span(begin + timedelta(hours=since), begin + timedelta(hours=since + length))
    with closing(CostReport(path)) as report, closing(sqlite3.connect(path)) as connection:
        for time in (EVER, span):
            true = scanned_line(connection, *time.us)
            for view, group in product(View, CostGroup):
                if (view is View.AMORTISED and group is CostGroup.PROMPT) or (
                    group is CostGroup.FILM and time.days is None
                ):
                    continue
                total = report.by(group, time, view).total
                if view is View.AMORTISED:
                    total = replace(total, llm=true.llm, uncertain=true.uncertain)
                assert total == true, (group, view)
        for group in (CostGroup.ARM, CostGroup.HOUR):
            assert report.by(group, EVER, View.AMORTISED).total.llm == scanned_line(connection, *EVER.us).llm


@settings(deadline=None, max_examples=60)
@given(happenings)
def test_days_are_amortised_to_what_was_charged_and_each_user_to_the_billionth(tmp_path_factory, things):
    path = tmp_path_factory.mktemp("amortised") / "ledger.db"
    happen(path, things)
    with closing(CostReport(path)) as report, closing(sqlite3.connect(path)) as connection:
        day = timedelta(days=1)
        days = [Span(BEGIN.replace(hour=0) + n * day, BEGIN.replace(hour=0) + (n + 1) * day) for n in range(3)]
        parts = sum(report.total(one, View.AMORTISED).llm.nano for one in days)
        assert parts == report.total(EVER, View.CASH).llm.nano
        with closing(ShareBook(path)) as book:
            book.take()  # a correction reaches a user's lists with the next round
        charged = dict(
            connection.execute("SELECT user_id, sum(nano) FROM usages JOIN standing USING (call) GROUP BY 1")
        )
        for user, nano in connection.execute("SELECT user_id, sum(nano) FROM shares GROUP BY 1"):
            assert nano == charged[user]
        spread = connection.execute("SELECT user_id, max(nano) - min(nano) FROM shares GROUP BY 1").fetchall()
        assert all(difference <= 1 for _, difference in spread)
        hours = set(connection.execute("SELECT hour, segment, nano FROM share_hours WHERE nano <> 0"))
        again = connection.execute(
            "SELECT at_us / 3600000000, segment, sum(nano) FROM shares JOIN decisions USING (request) GROUP BY 1, 2"
        )
        assert hours == {row for row in again if row[2]}


def scanned_line(connection, since_us, until_us):
    """All costs of a time from the rows of the ledger alone."""
    one = lambda query: connection.execute(query, (since_us, until_us)).fetchone()  # noqa: E731
    lists = one(
        "SELECT count(*), coalesce(sum(length(movies)), 0), coalesce(sum(expected_licence_nano), 0),"
        " coalesce(sum(expected_licence_nano IS NULL), 0), coalesce(sum(unknown_fees), 0)"
        " FROM decisions WHERE at_us >= ? AND at_us < ?"
    )
    plays = one(
        "SELECT coalesce(sum(iif(request IS NULL, 0, plays)), 0), coalesce(sum(iif(request IS NULL, plays, 0)), 0),"
        " coalesce(sum(iif(fee_nano IS NULL, plays, 0)), 0), coalesce(sum(iif(request IS NULL, 0, fee_nano)), 0),"
        " coalesce(sum(iif(request IS NULL, fee_nano, 0)), 0) FROM plays WHERE start_us >= ? AND start_us < ?"
    )
    calls = one(
        "SELECT coalesce(sum(outcome <> 'cached'), 0), coalesce(sum(nano), 0),"
        " coalesce(sum(iif(is_certain, 0, nano)), 0)"
        " FROM usages JOIN standing USING (call) WHERE at_us >= ? AND at_us < ?"
    )
    return CostLine(
        lists[0], lists[1], Usd(lists[2]), lists[3], lists[4], *plays[:3], Usd(plays[3]), Usd(plays[4]),
        calls[0], Usd(calls[1]), Usd(calls[2]),
    )  # fmt: skip
