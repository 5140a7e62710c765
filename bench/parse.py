"""Log lines, parsed and added up, against a bare regular expression a line; one thread, one core, one process."""

from __future__ import annotations

import json
import os
import random
import re
import string
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bench import Measurement
from ingest.chunk import FileChunk, Position
from ingest.digest import digest
from ingest.effects import Effects

LINES = 500_000
ROUNDS = 3
GOAL_LINES_PER_SECOND = 500_000
_ROUND_LINES = 60_000  # viewers at once, each fetching one minute a minute: 1,000 lines a second
_MINUTE = re.compile(
    rb"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?,(\d+),GET /data/m/([^/]+)/(\d+)\.mpg"
)


def mixed_lines(count: int, seed: int = 1) -> Iterator[str]:
    """Lines as the service mixes them: 98 % minutes of viewings at once, 1 % ratings, 1 % requests, .04 % dirt."""
    rng = random.Random(seed)
    movies = [f"{''.join(rng.choices(string.ascii_lowercase, k=9))}+the+movie+{1930 + n % 90}" for n in range(20_000)]
    viewings = [_viewing(rng, movies) for _ in range(_ROUND_LINES)]
    start = datetime(2026, 2, 14, tzinfo=UTC)
    for number in range(count):
        place = number % _ROUND_LINES
        user, movie, minute, length = viewings[place]
        time_text = (start + timedelta(seconds=number // 1000)).replace(tzinfo=None).isoformat().removesuffix(":00")
        if number % 10 == 0 and len(time_text) == 19:
            time_text += f".{rng.randrange(1000):03}"
        chance = rng.random()
        if chance < 0.98:
            body = f"GET /data/m/{movie}/{minute}.mpg"
            viewings[place] = (user, movie, minute + 1, length) if minute < length else _viewing(rng, movies)
        elif chance < 0.99:
            body = f"GET /rate/{movie}={rng.randint(1, 10)}"
        elif chance < 0.9999:
            answer = ", ".join(rng.choices(movies, k=20))
            body = f"recommendation request host:8082, status 200, result: {answer}, {rng.randrange(400)} ms"
        else:
            body = "GET /create_account"
        line = f"{time_text},{user},{body}"
        if rng.random() < 0.0004:
            slip = rng.randrange(len(line))
            line = line[:slip] + rng.choice(string.printable[:94]) + line[slip:]
        yield line


def _viewing(rng: random.Random, movies: list[str]) -> tuple[int, str, int, int]:
    return rng.randrange(1_000_000), movies[int(len(movies) * rng.random() ** 3)], rng.randrange(90), 109


def measure() -> list[Measurement]:
    """Both ways over the same lines in a process that has one thread and one core."""
    environment = os.environ | {"POLARS_MAX_THREADS": "1"}
    command = [sys.executable, "-m", "bench.parse"]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    ours, base = json.loads(done.stdout)
    return [
        Measurement(
            name="parse and add up, one core",
            ours=f"{ours:,.0f} lines/s",
            base=f"{base:,.0f} lines/s by a regex a line",
            ratio=ours / base,
            goal=f"{GOAL_LINES_PER_SECOND:,} lines/s",
            holds=ours >= GOAL_LINES_PER_SECOND,
        )
    ]


def main() -> None:
    """Print the lines a second of processor time of ours and of the base, each the best of its rounds, as JSON."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    block = "".join(line + "\n" for line in mixed_lines(LINES)).encode()
    ours, base = [], []
    for _ in range(ROUNDS):
        began = time.process_time()
        digest(FileChunk("file:bench", 0, Position(len(block)), block), Effects(), 10)
        ours.append(LINES / (time.process_time() - began))
        began = time.process_time()
        for line in block.split(b"\n"):
            if match := _MINUTE.match(line):
                match.groups()
        base.append(LINES / (time.process_time() - began))
    print(json.dumps([max(ours), max(base)]))


if __name__ == "__main__":
    main()
