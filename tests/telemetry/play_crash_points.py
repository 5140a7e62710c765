"""Kills the booking of plays at many points; run as a process of its own, which forks before it does anything else.

Usage: play_crash_points.py FOLDER POINTS. Prints one JSON object: statements, points, and those that went wrong.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from core.decision import Attempt, Decision, Outcome, Ranking
from core.ids import MovieId, RequestId, UserId
from core.money import Usd
from telemetry.ledger_writer import LedgerWriter
from telemetry.play_book import Cursor, PlayBook
from telemetry.request_ids import first_id
from telemetry.row import to_us

BEGIN = datetime(2026, 11, 18, tzinfo=UTC)
STEPS = 12
FILMS = [MovieId(f"film+{number}+1999") for number in range(4)]
TABLES = {
    "plays": "number, booking, plays, user_id, film, start_us, fee_nano, request, position, age_s, origin, reverses",
    "plays_now": "user_id, film, start_us, play",
    "shown": "user_id, request",
    "booked": "batch, mark",
}


def at(hour: float) -> datetime:
    return BEGIN + timedelta(hours=hour)


def lists(step: int) -> list[Decision]:
    """What is shown in a step: some of it long after plays of earlier steps, some long before."""
    rng = random.Random(step)
    made = []
    for number in range(3):
        time = at(rng.randrange(6 * STEPS))
        ranking = Ranking(tuple(rng.sample(FILMS, 3)), "m", (Attempt("blend", Outcome.SERVED, 3, 1),))
        request = RequestId(first_id(to_us(time)) + 10 * step + number)
        made.append(Decision(request, time, UserId(rng.randrange(2)), "default", ranking, 1))
    return made


def starts(step: int) -> list[tuple[UserId, MovieId, int]]:
    """The plays of two pairs, as they are after a step: what was told of them before may be wrong."""
    rng = random.Random(100 + step)
    pairs = rng.sample([(UserId(user), movie) for user in range(2) for movie in FILMS], 2)
    return [(*pair, to_us(at(rng.randrange(6 * STEPS)))) for pair in pairs for _ in range(2)]


def fees(step: int) -> dict[MovieId, list[tuple[date, Usd]]]:
    """One film more each few steps, and a fee that changes."""
    return {
        movie: [(BEGIN.date(), Usd(10 + number)), (BEGIN.date() + timedelta(days=1), Usd(20 + step // 6))]
        for number, movie in enumerate(FILMS[: 1 + step // 3])
    }


def run(path: Path, kill_at: int) -> int:
    """Record and book from where the last run stopped; die at the statement `kill_at`. Returns the number of all."""
    statements = 0

    def count(_: str) -> None:
        nonlocal statements
        statements += 1
        if statements == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    writer, book = LedgerWriter(path, dict), PlayBook(path)
    for database in (writer._database, book._database):
        database.conn.set_trace_callback(count)
    for step in range(book.booked_until().batch, STEPS):
        writer.write(lists(step), None)
        book.take_fees(fees(step), BEGIN)
        book.take_decisions(BEGIN)
        book.book(starts(step), book.booked_until(), Cursor(step + 1, "store"), BEGIN)
    return statements


def in_child(path: Path, kill_at: int) -> bool:
    """Whether a process that records and books was killed."""
    child = os.fork()
    if child == 0:
        run(path, kill_at)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def state(path: Path) -> dict[str, list[tuple]]:
    connection = sqlite3.connect(path)
    tables = {
        table: connection.execute(f"SELECT {columns} FROM {table} ORDER BY {columns}").fetchall()
        for table, columns in TABLES.items()
    }
    connection.close()
    return tables


def main(folder: Path, points: int) -> None:
    statements_file = folder / "statements"
    if os.fork() == 0:
        statements_file.write_text(str(run(folder / "clean.db", kill_at=0)))
        os._exit(0)
    os.wait()
    statements, clean = int(statements_file.read_text()), state(folder / "clean.db")
    wrong = []
    kill_points = sorted({1 + number * (statements - 1) // (points - 1) for number in range(points)})
    for point in kill_points:
        path = folder / f"{point}.db"
        was_killed = in_child(path, point)
        finished = not in_child(path, kill_at=0)
        if not (was_killed and finished and state(path) == clean):
            wrong.append(point)
        for file in folder.glob(f"{point}.db*"):
            file.unlink()
    reversals = sum(row[2] == -1 for row in clean["plays"])
    rows = {table: len(found) for table, found in clean.items()} | {"reversals": reversals}
    print(json.dumps({"statements": statements, "points": len(kill_points), "wrong": wrong, "rows": rows}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
