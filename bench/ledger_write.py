"""What recording a decision takes of the recorder's thread, sums included, against a bare insert of the same rows.

Time is that of the processor, so that other work on the machine counts little.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bench
from core.decision import Attempt, Decision, Outcome, Ranking
from core.ids import MovieId, UserId
from core.money import Usd
from telemetry import RequestIds
from telemetry.ledger_writer import LedgerWriter

DECISIONS, BATCH, USERS, FILMS = 40_000, 1_000, 200_000, 5_000
GOAL_A_SECOND, GOAL_BYTES = 20_000, 200
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SERVED = {
    "blend": (Attempt("blend", Outcome.SERVED, 20, 80),),
    "taste": (Attempt("blend", Outcome.NOT_FOR_USER, 0, 3), Attempt("taste", Outcome.SERVED, 20, 90)),
    "popularity": (Attempt("blend", Outcome.NOT_FOR_USER, 0, 3), Attempt("popularity", Outcome.SERVED, 20, 30)),
}


def measure() -> list[bench.Measurement]:
    rng = random.Random(1)
    films = [MovieId(f"the+film+of+number+{number}+1999") for number in range(FILMS)]
    fees = {film: Usd(rng.randrange(10**6, 3 * 10**8)) for film in films}
    decisions = _decisions(rng, films)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        writer = LedgerWriter(path, lambda: fees)
        ours_us = _median_us(lambda start: writer.write(decisions[start : start + BATCH], None))
        writer.close()
        size = path.stat().st_size / DECISIONS
        bare_us = _bare_us(path, Path(folder) / "bare.db")
    rate = 1e6 / ours_us
    return [
        bench.Measurement(
            "recording a decision, processor time", f"{ours_us:.1f} us ({rate:,.0f}/s)",
            f"bare insert {bare_us:.1f} us",
            bare_us / ours_us, f">= {GOAL_A_SECOND:,}/s", rate >= GOAL_A_SECOND,
        ),
        bench.Measurement("bytes a decision", f"{size:.0f}", "", None, f"<= {GOAL_BYTES}", size <= GOAL_BYTES),
    ]  # fmt: skip


def _decisions(rng: random.Random, films: list[MovieId]) -> list[Decision]:
    ids, now, made = RequestIds(1), NOON, []
    for _ in range(DECISIONS):
        now += timedelta(milliseconds=5)
        attempts = SERVED[rng.choices(list(SERVED), (7, 2, 1))[0]]
        ranking = Ranking(tuple(rng.sample(films, 20)), "2026-11-20-a", attempts, (("seen", 3), ("age", 0)))
        user = UserId(rng.randrange(USERS))
        made.append(Decision(ids.next(now), now, user, f"arm-{user % 2}", ranking, rng.randrange(100, 3000)))
    return made


def _bare_us(source: Path, target: Path) -> float:
    """The rows that we wrote, put into a table of the same columns and nothing else."""
    connection = sqlite3.connect(target)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"ATTACH '{source}' AS ours")
    rows = connection.execute("SELECT * FROM ours.decisions ORDER BY request").fetchall()
    connection.execute("CREATE TABLE bare AS SELECT * FROM ours.decisions LIMIT 0")
    insert = f"INSERT INTO bare VALUES ({', '.join('?' * len(rows[0]))})"

    def write(start: int) -> None:
        with connection:
            connection.executemany(insert, rows[start : start + BATCH])

    taken = _median_us(write)
    connection.close()
    return taken


def _median_us(write: Callable[[int], object]) -> float:
    """Microseconds a row, over batches."""
    taken = []
    for start in range(0, DECISIONS, BATCH):
        begin = time.process_time()
        write(start)
        taken.append(time.process_time() - begin)
    return statistics.median(taken) / BATCH * 1e6
