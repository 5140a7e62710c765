"""Kills the ingest of a log at many points; run as a process of its own, which forks before it does anything else.

Usage: crash_points.py LOG FOLDER POINTS. Prints one JSON object: statements, points, and those that went wrong.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
import threading
from pathlib import Path

from core.clock import SystemClock
from ingest.event_store import EventStore
from ingest.file_source import FileSource
from ingest.pump import Pump

TABLES = {
    "watches": "user_id, movie_id, minutes, seen, first_us, last_us, pauses",
    "ratings": "id, user_id, movie_id, stars, at_us",
    "accounts": "user_id, at_us",
    "requests": "at_us, user_id, host, status, movies, error, elapsed_ms",
    "rejected": "source, position, line, reason",
    "positions": "source, partition, position, guard",
}


def ingest(log: Path, store: EventStore, kill_at: int) -> int:
    """Ingest the log in many small batches; die at the statement `kill_at`. Returns how many there were."""
    statements = 0

    def count(_: str) -> None:
        nonlocal statements
        statements += 1
        if statements == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    store._db.conn.set_trace_callback(count)
    source = FileSource(log, store.position, follow=False, block_bytes=10_000)
    Pump(source, store, SystemClock(), stars_max=10, commit_lines=150).run(False, threading.Event(), lambda _: None)
    source.close()
    store._db.conn.set_trace_callback(None)
    return statements


def in_child(log: Path, database: Path, kill_at: int) -> bool:
    """Whether a process that ingests the log was killed."""
    child = os.fork()
    if child == 0:
        ingest(log, EventStore(database), kill_at)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def state(database: Path) -> dict[str, list[tuple]]:
    connection = sqlite3.connect(database)
    tables = {
        table: connection.execute(f"SELECT {columns} FROM {table} ORDER BY {columns}").fetchall()
        for table, columns in TABLES.items()
    }
    connection.close()
    return tables


def main(log: Path, folder: Path, points: int) -> None:
    statements_file = folder / "statements"
    if os.fork() == 0:
        statements_file.write_text(str(ingest(log, EventStore(folder / "clean.db"), kill_at=0)))
        os._exit(0)
    os.wait()
    statements, clean = int(statements_file.read_text()), state(folder / "clean.db")
    wrong = []
    kill_points = sorted({1 + number * (statements - 1) // (points - 1) for number in range(points)})
    for point in kill_points:
        database = folder / f"{point}.db"
        was_killed = in_child(log, database, point)
        finished = not in_child(log, database, kill_at=0)
        if not (was_killed and finished and state(database) == clean):
            wrong.append(point)
        for file in folder.glob(f"{point}.db*"):
            file.unlink()
    rows = {table: len(found) for table, found in clean.items()}
    print(json.dumps({"statements": statements, "points": len(kill_points), "wrong": wrong, "rows": rows}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
