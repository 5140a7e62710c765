"""`matinee worker`: sign-ups become tastes, a backfill says first what it costs, and SIGTERM loses nothing."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from click.testing import CliRunner

from core.ids import MovieId, UserId
from core.movie import Movie
from core.taste import Polarity
from core.user import User
from ingest import Catalogue, EventStore, UserTable, microseconds
from ingest.effects import Effects
from ingest.lines import parse_line
from llm import Jobs, Patience, Tastes, Wanted, WorkStore
from llm.tastes import write_taste
from matinee.cli import main

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FILMS = [
    Movie(MovieId("heat+1995"), "Heat", year=1995),
    Movie(MovieId("the+terminator+1984"), "The Terminator", year=1984),
    Movie(MovieId("the+godfather+1972"), "The Godfather", year=1972),
]
NOBODY = "http://127.0.0.1:9?rate=1000"  # the discard port: no user API answers there


@pytest.fixture
def home(tmp_path):
    """Films, and two users who wrote something."""
    database = tmp_path / "events.db"
    with closing(Catalogue(database)) as catalogue, closing(UserTable(database)) as users:
        catalogue.put(FILMS, date(2026, 1, 1), 0)
        users.put(
            [User(UserId(1), likes="I love The Godfather"), User(UserId(2), dislikes="I hated The Terminator")], 0
        )
    return tmp_path


def sign_up(home, *users):
    effects = Effects()
    for user in users:
        effects.add(parse_line(f"2026-11-20T12:00:00,{user},GET /create_account".encode(), 10))
    with closing(EventStore(home / "events.db")) as store:
        store.commit(effects, [], {}, NOON)


def matinee(home, *arguments, **settings):
    environment = {"MATINEE_HOME": str(home), "MATINEE_DIRECTORY": NOBODY} | settings
    return CliRunner().invoke(main, ["worker", *arguments], env=environment)


def liked(home, user):
    with closing(Tastes(home / "work.db")) as tastes:
        taste = tastes.get(UserId(user))
        return None if taste is None else (taste.movies(Polarity.LIKED), taste.movies(Polarity.DISLIKED))


def test_once_understands_who_signed_up_and_ends(home):
    sign_up(home, 1)
    done = matinee(home, "--once")
    assert done.exit_code == 0, done.output
    assert "titles alone, MATINEE_COMPLETER names no language model" in done.stderr
    assert liked(home, 1) == (("the+godfather+1972",), ())
    assert liked(home, 2) is None, "who was there before waits for a backfill"


def test_a_backfill_understands_everybody_and_says_what_that_costs(home):
    done = matinee(home, "backfill")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "2 users wrote something; titles alone will read them, at no cost",
        "2 done, 0 given up, 0 still open",
    ]
    assert (liked(home, 1), liked(home, 2)) == ((("the+godfather+1972",), ()), ((), ("the+terminator+1984",)))
    assert matinee(home, "backfill").stdout == "2 done, 0 given up, 0 still open\n", "nobody is put twice"


def test_a_backfill_that_may_cost_money_asks_first(home):
    model = {"MATINEE_COMPLETER": "openai://127.0.0.1:9/v1?model=m&priced_as=gpt-4o-mini"}
    done = matinee(home, "backfill", **model)
    assert done.exit_code == 1
    assert "2 users wrote something; by a sample of 2, about 0 need m: 0 tokens, $0" in done.stdout
    assert "give --yes to go on" in done.output
    assert not liked(home, 1)
    assert matinee(home, "backfill", "--yes", **model).exit_code == 0
    assert liked(home, 1)


def test_what_was_left_open_without_a_model_is_asked_by_a_backfill_with_one(home):
    with closing(UserTable(home / "events.db")) as users:
        users.put([User(UserId(3), likes="I love Teh Terminatro")], 0)
    assert matinee(home, "backfill").exit_code == 0
    with closing(WorkStore(home / "work.db")) as store, store.writing() as connection:
        read = Tastes(home / "work.db").get(UserId(3))
        write_taste(connection, replace(read, films=(), open=1))
    model = {"MATINEE_COMPLETER": "openai://127.0.0.1:9/v1?model=m&priced_as=gpt-4o-mini"}
    assert "1 users wrote something; by a sample of 1" in matinee(home, "backfill", **model).stdout
    assert matinee(home, "backfill").stdout == "3 done, 0 given up, 0 still open\n"


def test_who_was_read_before_the_films_came_is_read_again_by_a_backfill(home):
    with closing(UserTable(home / "events.db")) as users:
        users.put([User(UserId(3), likes="I love Casino")], 0)
    assert matinee(home, "backfill").exit_code == 0
    assert liked(home, 3) == ((), ())
    casino = Movie(MovieId("casino+1995"), "Casino", year=1995)
    with closing(Catalogue(home / "events.db")) as catalogue:
        catalogue.put([casino], date(2026, 1, 1), microseconds(datetime.now(UTC)))
    done = matinee(home, "backfill")
    assert done.stdout.startswith("1 users wrote something; titles alone will read them, at no cost")
    assert liked(home, 3) == (("casino+1995",), ())


def test_without_films_a_backfill_says_so_and_a_worker_leaves_all_for_later(tmp_path):
    with closing(UserTable(tmp_path / "events.db")) as users:
        users.put([User(UserId(1), likes="I love Heat")], 0)
    done = matinee(tmp_path, "backfill")
    assert (done.exit_code, "run matinee catalog import" in done.output) == (1, True)
    sign_up(tmp_path, 1)
    assert matinee(tmp_path, "--once").exit_code == 0
    assert json.loads(matinee(tmp_path, "status", "--json").stdout)["waiting"] == 1


def test_a_completer_that_can_not_be_is_refused_in_one_line(home):
    done = matinee(home, "--once", MATINEE_COMPLETER="openai:")
    assert done.exit_code == 1
    assert done.output.count("\n") == 1
    assert "names no model" in done.output


def test_the_status_shows_queue_tastes_and_budget(home):
    matinee(home, "backfill")
    report = json.loads(matinee(home, "status", "--json").stdout)
    assert report == report | {"waiting": 0, "running": 0, "done": 2, "dead": 0, "oldest_waiting_s": {}}
    assert report == report | {"tastes": 2, "tastes_with_films": 2, "undelivered_usages": 0, "in_flight": 0}
    assert report == report | {"spent_today_usd": "0.00", "reserved_usd": "0.00", "budget_day_usd": "1.00"}
    assert "done: 2\n" in matinee(home, "status").stdout


@pytest.mark.parametrize("command", ["status", "dead"])
def test_before_the_first_worker_there_is_nothing_to_show(home, command):
    done = matinee(home, command)
    assert done.exit_code == 1
    assert "no worker has run yet" in done.output


def test_dead_jobs_are_shown_with_their_errors_and_revived(home):
    with closing(WorkStore(home / "work.db")) as store:
        jobs = Jobs(store, Patience(tries=1), random.Random(1))
        jobs.put([Wanted(UserId(1))], NOON)
        (job,) = jobs.claim("w", 1, NOON, 60)
        jobs.retry(job, "no record: the API is down", NOON)
    assert matinee(home, "dead").stdout == "user 1: 1 tries, last: no record: the API is down\n"
    assert matinee(home, "dead", "--revive").stdout.endswith("1 jobs will be tried again\n")
    matinee(home, "--once")
    assert liked(home, 1)


class Busy(BaseHTTPRequestHandler):
    """A user API that asks everybody to come back in 100 seconds."""

    def do_GET(self):
        self.server.asked.set()
        self.send_response(429)
        self.send_header("Retry-After", "100")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def busy():
    with HTTPServer(("127.0.0.1", 0), Busy) as server:
        server.asked = threading.Event()
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@contextmanager
def a_worker(home, directory=NOBODY):
    """A worker in a process of its own, which works."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MATINEE_")}
    environment |= {"MATINEE_HOME": str(home), "MATINEE_DIRECTORY": directory, "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "matinee", "worker"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr.readline().startswith("working; titles alone")
            yield process
        finally:
            process.kill()


@pytest.fixture
def running(home):
    with a_worker(home) as process:
        yield process


def test_a_worker_ends_on_sigterm_while_the_user_api_asks_for_100_seconds(home, busy):
    sign_up(home, 4711)
    with a_worker(home, f"http://127.0.0.1:{busy.server_port}?rate=5") as process:
        assert busy.asked.wait(30)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (0, "")
    assert json.loads(matinee(home, "status", "--json").stdout)["waiting"] == 1


def test_a_running_worker_takes_sign_ups_as_they_come_and_ends_on_sigterm(home, running):
    sign_up(home, 1)
    for _ in range(300):
        if liked(home, 1):
            break
        time.sleep(0.1)
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=30)
    assert (running.returncode, said) == (0, "")
    assert liked(home, 1) == (("the+godfather+1972",), ())


def test_a_worker_whose_store_is_replaced_ends_with_the_reason(home, running):
    shutil.copy(home / "events.db", home / "restored.db")
    os.replace(home / "restored.db", home / "events.db")
    _, said = running.communicate(timeout=30)
    assert (running.returncode, said.count("\n")) == (1, 1)
    assert "events.db was replaced or taken away while it was in use" in said
