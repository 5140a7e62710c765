"""The page of the dashboard on the sums of ten million lists in 30 days, by the clock and beside a page of /version.

Only the sums are filled: a test in tests/dashboard shows that the page reads no list and no play. Calls of language
models are there as rows, for what the cache saved is read from them.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bench
from api import Health, ops_app
from core.clock import ManualClock
from core.settings import Settings
from matinee.dashboard import Dashboard
from telemetry import ShareBook
from telemetry.ledger_file import open_ledger
from telemetry.play_schema import PLAYS
from telemetry.row import to_us
from telemetry.segments import Segment, segment_text

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LISTS, DAYS, FILMS, CALLS, COMMITS = 10_000_000, 30, 5_000, 50_000, 50_000
BUCKETS = (1, 2, 3, 4, 5, 7, 9)
GOAL_S = 1.0
SEGMENTS = [
    Segment(arm, model, ranker, kind)
    for arm in ("control", "fee-aware", "cold")
    for model in ("2026-10-30-a", "2026-11-07-a", "2026-11-14-a")
    for ranker, kind in (("blend", "warm"), ("taste", "described"), ("popularity", "new"))
]


def measure() -> list[bench.Measurement]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        _fill(settings.ledger_db)
        dashboard = Dashboard(settings, ManualClock(NOW))
        client = ops_app(lambda: Health(""), lambda: b"", {}, dashboard).test_client()
        version_s = _seconds(lambda: client.get("/version"))
        rows = []
        for days in (7, 30):
            page_s = max(_seconds(lambda days=days: client.get(f"/dashboard?days={days}")) for _ in range(3))
            name = f"page of the dashboard over {days} days of {LISTS:,} lists in {DAYS} days, slowest of 3"
            goal = f"< {GOAL_S:.0f} s"
            rows.append(
                bench.Measurement(
                    name, f"{page_s:.2f} s", f"{version_s * 1e3:.1f} ms (/version)", None, goal, page_s < GOAL_S
                )
            )
    return rows


def _fill(path: Path) -> None:
    begin_us = to_us(NOW - timedelta(days=DAYS))
    hours = range(begin_us // 3_600_000_000, begin_us // 3_600_000_000 + 24 * DAYS)
    days = range(hours[0] // 24, hours[0] // 24 + DAYS)
    each = LISTS // (len(hours) * len(SEGMENTS) * len(BUCKETS))
    database = open_ledger(path, PLAYS)
    run = database.conn
    run.execute("PRAGMA foreign_keys=OFF")
    run.execute("BEGIN")
    run.executemany("INSERT INTO films VALUES (?, ?)", [(n, f"film+{n}+1999") for n in range(1, FILMS + 1)])
    run.executemany("INSERT INTO segments VALUES (?, ?)", enumerate(map(segment_text, SEGMENTS), start=1))
    places = range(1, len(SEGMENTS) + 1)
    run.executemany(
        "INSERT INTO decision_hours VALUES (?,?,?,?,?,?,?,?)",
        (
            (hour, segment, bucket, each, 20 * each, 40_000_000 * each, 0, 1)
            for hour in hours for segment in places for bucket in BUCKETS
        ),
    )  # fmt: skip
    run.executemany(
        "INSERT INTO play_hours VALUES (?,?,?,?,?)",
        ((hour, segment, 80, 5_600_000_000, 0) for hour in hours for segment in (0, *places)),
    )
    run.executemany(
        "INSERT INTO play_films VALUES (?,?,?,?,?,?)",
        ((day, film, place, 9, 630_000_000, 0) for day in days for film in range(1, FILMS + 1) for place in (0, 1)),
    )
    pause_us = DAYS * 86_400_000_000 // CALLS
    run.executemany(
        f"INSERT INTO usages VALUES ({', '.join('?' * 18)})",
        (
            (f"c{n}", begin_us + n * pause_us, "openai", "chat", "gpt-4o-mini", "gpt-4o-mini", "v1", n, 1,
             "answered" if n % 3 else "cached", "reported", 600 + n % 300, 0, 90, 0, 800, f"id-{n}", "")
            for n in range(CALLS)
        ),
    )  # fmt: skip
    run.execute("INSERT INTO charges SELECT call, iif(outcome = 'cached', 0, 189000), 'table', 1 FROM usages")
    run.executemany("INSERT INTO commits VALUES (?, ?, ?, 200)", ((n, n, n) for n in range(1, COMMITS + 1)))
    run.execute("UPDATE booked SET commit_number = ?", (COMMITS,))
    run.execute("COMMIT")
    database.close()
    with closing(ShareBook(path)) as shares:
        shares.take()


def _seconds(work: object) -> float:
    assert callable(work)
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
