"""The cost report from the sums that writers keep, against a full scan of the same ledger, in one run.

A ledger of a week is filled by SQL in the form that it had before sums were kept; the migration makes the sums, so
that they are what a scan gives. The time of a report grows with hours, arms, films and days on which users came, not
with lists.
"""

from __future__ import annotations

import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bench
from core.settings import Settings
from core.sqlite import open_store
from matinee.cost_questions import Questions
from telemetry import CallReport, CostGroup, CostReport, ShareBook, varint
from telemetry.ledger_schema import LEDGER
from telemetry.play_schema import PLAYS
from telemetry.request_ids import first_id
from telemetry.row import to_us

LISTS, PLAYED, USERS, DESCRIBED, FILMS = 1_000_000, 300_000, 287_063, 10_000, 5_000
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECOND_US = 1_000_000
WEEK_US = 7 * 24 * 3600 * SECOND_US
BEGIN_US = to_us(NOW - timedelta(days=7))
GOAL_S, GOAL_RATIO = 2.0, 10.0
RANKERS = ("blend", "taste", "popularity")

_SCAN = (
    "SELECT json_extract(text, '$[0]'), count(*), sum(expected_licence_nano), sum(unknown_fees)"
    " FROM decisions JOIN patterns ON number = pattern GROUP BY 1",
    "SELECT film, sum(plays), sum(fee_nano) FROM plays GROUP BY film",
)


def measure() -> list[bench.Measurement]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        _fill(settings.ledger_db)
        with closing(ShareBook(settings.ledger_db)) as shares:  # makes the sums
            shares.take()
        with closing(CostReport(settings.ledger_db)) as report, closing(CallReport(settings.ledger_db)) as calls:
            ten_s = _seconds(lambda: Questions(settings, report, calls, NOW).answers())
            users_s = _seconds(lambda: report.with_users(report.by(CostGroup.DAY)))
            ours_s = _seconds(lambda: (report.by(CostGroup.ARM), report.by(CostGroup.FILM)))
        with closing(sqlite3.connect(settings.ledger_db)) as connection:
            scan_s = _seconds(lambda: [connection.execute(query).fetchall() for query in _SCAN])
    ratio = scan_s / ours_s
    size = f"{LISTS:,} lists"
    return [
        bench.Measurement(
            f"costs by arm and by film, {size}, sums against a scan", f"{ours_s * 1e3:.1f} ms",
            f"{scan_s * 1e3:.0f} ms", ratio, f">= {GOAL_RATIO:.0f}", ratio >= GOAL_RATIO,
        ),
        bench.Measurement(f"ten questions, {size}", f"{ten_s:.2f} s", "", None, f"< {GOAL_S:.0f} s", ten_s < GOAL_S),
        bench.Measurement(
            f"costs by day with active users, {size}", f"{users_s:.2f} s", "", None,
            f"< {GOAL_S:.0f} s", users_s < GOAL_S,
        ),
    ]  # fmt: skip


def _fill(path: Path) -> None:
    """Lists, plays that came of some of them, and calls for some users, as rows of before there were sums."""
    rng = random.Random(1)
    database = open_store(path)
    for migrations in (LEDGER, PLAYS):
        migrations.apply(database, stop_before="rollups")
    connection = database.conn
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO films VALUES (?, ?)", [(n, f"film+{n}+1999") for n in range(1, FILMS + 1)])
    patterns = [[f"arm-{arm}", "m", [[ranker, "served", ""]], []] for arm in range(2) for ranker in RANKERS]
    connection.executemany("INSERT INTO patterns VALUES (?, ?)", enumerate(map(json.dumps, patterns), start=1))
    connection.executemany("INSERT INTO decisions VALUES (?,?,?,?,?,?,?,?,?,?)", _lists(rng, len(patterns)))
    connection.execute("INSERT INTO shown SELECT user_id, request FROM decisions ORDER BY user_id, request")
    connection.execute("INSERT INTO bookings VALUES (1, 0)")
    connection.execute("INSERT INTO origins VALUES (1, 'arm-0', 'm', 'blend')")
    every = LISTS // PLAYED
    connection.execute(
        f"INSERT INTO plays SELECT NULL, 1, 1, user_id, abs(random()) % {FILMS} + 1, at_us + 60000000, 70000000,"
        f" request, 3, 60, 1, NULL FROM decisions WHERE request % {every} = 0"
    )
    connection.executemany(
        f"INSERT INTO usages VALUES ({', '.join('?' * 18)})",
        [
            (f"c{user}", BEGIN_US + user, "openai", "chat", "gpt-4o-mini", "gpt-4o-mini", "v1", user, 1,
             "answered" if user % 3 else "cached", "reported", 900, 0, 90, 0, 800, f"id-{user}", "")
            for user in range(DESCRIBED)
        ],
    )  # fmt: skip
    connection.execute("INSERT INTO charges SELECT call, iif(outcome = 'cached', 0, 189000), 'table', 1 FROM usages")
    connection.execute("INSERT INTO commits VALUES (1, 0, (SELECT max(request) FROM decisions), ?)", (LISTS,))
    connection.execute("UPDATE booked SET commit_number = 1")
    connection.execute("COMMIT")
    database.close()


def _lists(rng: random.Random, patterns: int) -> Iterator[tuple[Any, ...]]:
    movies = [varint.encode(rng.sample(range(1, FILMS + 1), 20)) for _ in range(1000)]
    numbers = varint.encode([20, 80])
    for place in range(LISTS):
        at_us = BEGIN_US + place * WEEK_US // LISTS
        user = rng.randrange(USERS)
        row = place % patterns + 1, movies[place % 1000], numbers, rng.randrange(80, 3000), 40_000_000, 1, 0
        yield first_id(at_us) + place % 1000, at_us, user, *row


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
