"""/recommend for known users, every decision recorded, against a bare Flask hello under gunicorn's sync workers.

Both servers have two workers, both are loaded by wrk in turns, in one run on one machine. Ours is the command
`matinee serve` with everything that production has: model, filters, freshness, metrics, ledger. Afterwards every
answered request must be in the ledger once.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

import bench
from cf import Registry, Why, train
from core.ids import MovieId, UserId
from core.money import Usd
from core.movie import AgeLimit, AgeSource, Movie
from core.settings import Settings
from core.user import User
from ingest import Catalogue, EventStore, UserTable
from telemetry import Ledger

USERS, MOVIES, FILMS_PER_USER = 5_000, 2_000, 20
WORKERS, CONNECTIONS, ROUNDS, ROUND_S = 2, 16, 3, 5
GOAL = 1.0

HELLO = """
from flask import Flask
app = Flask(__name__)

@app.get("/")
def hello():
    return "hello"
"""

RANDOM_USER = f"""
request = function() return wrk.format("GET", "/recommend/" .. math.random(0, {USERS - 1})) end
"""


@dataclass(frozen=True)
class Load:
    """What wrk saw of one round."""

    requests_per_s: float
    requests: int
    p99_ms: float


def measure() -> list[bench.Measurement]:
    name = f"/recommend, recorded, against Flask hello on gunicorn sync, {WORKERS} workers each"
    if shutil.which("wrk") is None:
        return [bench.Measurement(name, "not measured: wrk is missing (apt-get install wrk)", "", None, "", False)]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _make_model(home)
        (home / "hello.py").write_text(HELLO)
        (home / "users.lua").write_text(RANDOM_USER)
        ours, base, answered = [], [], 0
        with _gunicorn(home) as base_url, _matinee(home) as (our_url, ops_url):
            for _ in range(ROUNDS):
                base.append(_wrk(base_url))
                ours.append(_wrk(our_url, "-s", str(home / "users.lua")))
            answered = _answered(ops_url)
        recorded = Ledger(home / "ledger.db").counts()
    ratio = _median(ours) / _median(base)
    whole = recorded.decisions == answered >= sum(load.requests for load in ours) and not recorded.dropped
    p99_ms = max(load.p99_ms for load in ours)
    return [
        bench.Measurement(
            name, f"{_median(ours):,.0f}/s", f"{_median(base):,.0f}/s", ratio, f">= {GOAL}", ratio >= GOAL
        ),
        bench.Measurement("slowest 1 % under full load", f"{p99_ms:.1f} ms", "", None, "< 600 ms", p99_ms < 600),
        bench.Measurement(
            "decisions in the ledger", f"{recorded.decisions:,}", f"{answered:,} answered", None, "equal", whole
        ),
    ]


def _make_model(home: Path) -> None:
    """A published model of random tastes, with the catalogue and the grown-up users that belong to it."""
    rng = np.random.default_rng(1)
    settings = Settings(home=home)
    limit = AgeLimit(0, AgeSource.CERTIFICATE)
    movies = [
        Movie(MovieId(f"the+film+of+number+{number}+1994"), "", age_limit=limit, licence_fee=Usd(number * 10_000))
        for number in range(MOVIES)
    ]
    now = datetime(2026, 11, 20, tzinfo=UTC)
    now_us = int(now.timestamp()) * 1_000_000
    EventStore(settings.events_db).close()
    Catalogue(settings.events_db).put(movies, now.date(), now_us)
    ages_years: dict[UserId, int | None] = {UserId(user): 30 for user in range(USERS)}
    UserTable(settings.events_db).put([User(user, age) for user, age in ages_years.items()], now_us)
    popularity = 1 / np.arange(10, MOVIES + 10)
    films = [rng.choice(MOVIES, FILMS_PER_USER, False, popularity / popularity.sum()) for _ in range(USERS)]
    frame = pd.DataFrame(
        {
            "user_id": np.repeat(np.arange(USERS), FILMS_PER_USER),
            "movie_id": [movies[film].id for film in np.concatenate(films)],
            "minutes": 90,
            "stars": np.nan,
            "first_us": now_us,
            "last_us": now_us + np.arange(USERS * FILMS_PER_USER),
            "order": np.arange(USERS * FILMS_PER_USER),
        }
    )
    model = train(frame, movies, ages_years, store="", batch=0, stars_max=10, seed=1, revision="")
    registry = Registry(settings.models)
    registry.publish(registry.add(model).version, Why(datetime.now(UTC), "bench", "measured"))


@contextmanager
def _gunicorn(home: Path) -> Iterator[str]:
    port = _free_port()
    command = ["-m", "gunicorn", "-w", str(WORKERS), "-k", "sync", "-b", f"127.0.0.1:{port}", "hello:app"]
    with _running([sys.executable, *command, "--log-level", "error"], home, {}):
        _wait_for(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def _matinee(home: Path) -> Iterator[tuple[str, str]]:
    port, ops_port = _free_port(), _free_port()
    settings = {"HOME": home, "HOST": "127.0.0.1", "PORT": port, "OPS_PORT": ops_port, "WORKERS": WORKERS}
    environment = {f"MATINEE_{name}": str(value) for name, value in settings.items()}
    with _running([sys.executable, "-m", "matinee", "serve"], Path(__file__).parents[1], environment):
        _wait_for(f"http://127.0.0.1:{ops_port}/readyz")
        yield f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{ops_port}"


@contextmanager
def _running(command: list[str], folder: Path, environment: dict[str, str]) -> Iterator[None]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MATINEE_")}
    process = subprocess.Popen(command, cwd=folder, env=inherited | environment, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait_for(url: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"{url} did not answer within a minute")


def _wrk(url: str, *options: str) -> Load:
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{ROUND_S}s", "--latency", *options, url]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in printed or "Socket errors" in printed:
        raise RuntimeError(f"not every request was answered:\n{printed}")
    found = re.search(r"99% +([\d.]+)(us|ms|s)\n *(\d+) requests in.*Requests/sec: +([\d.]+)", printed, re.DOTALL)
    assert found, printed
    p99_ms = float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]]
    return Load(float(found[4]), int(found[3]), p99_ms)


def _answered(ops_url: str) -> int:
    """Lists that the service says it made, asked until the last in flight is counted."""
    count, before = -1, -2
    while count != before:
        before = count
        time.sleep(0.5)
        with urllib.request.urlopen(f"{ops_url}/metrics") as page:
            found = re.search(r"^matinee_request_seconds_count ([\d.e+]+)$", page.read().decode(), re.MULTILINE)
        assert found
        count = int(float(found[1]))
    return count


def _median(loads: list[Load]) -> float:
    return sorted(load.requests_per_s for load in loads)[len(loads) // 2]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
