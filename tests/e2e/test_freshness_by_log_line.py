"""A line of the log changes that user's next list within seconds, by fold-in: nothing is trained."""

from __future__ import annotations

import gzip
import shutil
import sys
import time
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from click.testing import CliRunner

from core.ids import MovieId
from core.movie import AgeLimit, AgeSource, Movie
from ingest import Catalogue
from matinee.cli import main

FILMS = 120
FRESH_S = 5.0


@pytest.fixture(scope="module")
def trained_home(tmp_path_factory):
    """A home with a model of users who like films of their own parity."""
    home = tmp_path_factory.mktemp("home")
    films = [
        Movie(MovieId(f"film+{m:03d}+2000"), f"Film {m}", age_limit=AgeLimit(8, AgeSource.CERTIFICATE))
        for m in range(FILMS)
    ]
    Catalogue(home / "events.db").put(films, date(2026, 1, 1), 0)
    rng, at, lines = np.random.default_rng(1), datetime(2026, 1, 1, tzinfo=UTC), []
    appeal = 1 / (1 + np.arange(FILMS // 2))
    for user in rng.permutation(np.repeat(np.arange(100), 9)):
        at += timedelta(minutes=1)
        film = rng.choice(FILMS // 2, p=appeal / appeal.sum()) * 2 + user % 2
        lines.append(f"{at:%Y-%m-%dT%H:%M:%S},{user},GET /rate/film+{film:03d}+2000=8\n")
    (home / "old.log.gz").write_bytes(gzip.compress("".join(lines).encode()))
    (home / "new.log").write_text("")
    for command in (["ingest", "--events", f"file:{home / 'old.log.gz'}", "--once"], ["train"]):
        done = CliRunner().invoke(main, command, env={"MATINEE_HOME": str(home)})
        assert done.exit_code == 0, done.output
    return home


@pytest.fixture
def site(trained_home, service_of, tmp_path):
    """The service and ingest of a home as processes; returns the service and the log that is followed."""
    home = shutil.copytree(trained_home, tmp_path / "site")
    processes = []
    for command in (["serve"], ["ingest", "--events", f"file:{home / 'new.log'}"]):
        process = service_of([sys.executable, "-m", "matinee", *command])
        process.environment |= {"MATINEE_HOME": str(home)}
        process.start()
        processes.append(process)
    processes[0].wait_until_ready()
    return processes[0], home / "new.log"


def films_of(service, user):
    return service.get(f"/recommend/{user}")[2].split(",")


def seconds_until_gone(service, log, line, user, film):
    """How long a film that the line is about stays on the user's list."""
    assert film in films_of(service, user)
    with log.open("a") as file:
        file.write(line)
    began = time.monotonic()
    while film in films_of(service, user):
        assert time.monotonic() - began < 60, "it is still there after a minute"
        time.sleep(0.05)
    return time.monotonic() - began


def lines_about(user, film, at):
    """A rating line, and a line of a minute watched."""
    yield f"{at:%Y-%m-%dT%H:%M:%S},{user},GET /rate/{film}=9\n"
    yield f"{at:%Y-%m-%dT%H:%M:%S},{user},GET /data/m/{film}/3.mpg\n"


def waits(site, users):
    """The waits for a rating or a minute of the first film of each of these users."""
    service, log = site
    at, found = datetime(2026, 1, 3, tzinfo=UTC), []
    for number, user in enumerate(users):
        film = films_of(service, user)[0]
        line = list(lines_about(user, film, at + timedelta(minutes=number)))[number % 2]
        found.append(seconds_until_gone(service, log, line, user, film))
    return found


def test_a_rating_and_a_minute_change_the_next_lists(site):
    waits(site, [4, 7])


def test_a_user_whom_no_model_knows_is_folded_in_by_the_first_ratings(site):
    service, log = site
    stranger, at = 777, datetime(2026, 1, 3, tzinfo=UTC)
    odd = [film for film in films_of(service, 1) if int(film[5:8]) % 2][:4]
    shares = [sum(int(film[5:8]) % 2 for film in films_of(service, stranger))]
    film = next(film for film in odd if film in films_of(service, stranger))
    others = [line for film in odd for line in list(lines_about(stranger, film, at))[:1]]
    seconds_until_gone(service, log, "".join(others), stranger, film)
    shares.append(sum(int(film[5:8]) % 2 for film in films_of(service, stranger)))
    assert shares[1] > shares[0]


@pytest.mark.prove
def test_the_next_list_is_new_within_five_seconds_of_the_log_line(site):
    found = waits(site, range(60))
    print(f"60 lines: new list after {np.median(found):.2f} s in the middle, {max(found):.2f} s at most")
    assert max(found) < FRESH_S
