"""A model is switched while requests come in: none fails, none waits, and no list is of two models."""

from __future__ import annotations

import gzip
import http.client
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain

import numpy as np
import pytest
from click.testing import CliRunner

from cf import Registry, Why
from cf.broken import with_factors
from core.ids import MovieId
from core.movie import AgeLimit, AgeSource, Movie
from ingest import Catalogue
from matinee.cli import main

FILMS = 120
CALLERS = 6
LIMIT_MS = 600  # what the site waits
NOTICED_S = 2.0


def preferring(model, first):
    """A model that lists 40 films of its own before all others, for everybody."""
    scores = np.full(FILMS, 0.1, np.float32)
    scores[first : first + 40] = 1 + np.arange(40) / 100
    factors = np.column_stack([model.blend.factors[:, :-1], scores])
    return with_factors(model, factors, 0.0, f"prefers {first}")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with three models whose top lists are disjoint, so that the next one is never the one in hand.

    Returns it with the films of each version.
    """
    home = tmp_path_factory.mktemp("home")
    films = [
        Movie(MovieId(f"film+{m:03d}+2000"), f"Film {m}", age_limit=AgeLimit(8, AgeSource.CERTIFICATE))
        for m in range(FILMS)
    ]
    Catalogue(home / "events.db").put(films, date(2026, 1, 1), 0)
    rng, at, lines = np.random.default_rng(1), datetime(2026, 1, 1, tzinfo=UTC), []
    for user in rng.permutation(np.repeat(np.arange(60), 6)):
        at += timedelta(minutes=1)
        lines.append(f"{at:%Y-%m-%dT%H:%M:%S},{user},GET /rate/film+{rng.integers(FILMS):03d}+2000=8\n")
    (home / "lines.log.gz").write_bytes(gzip.compress("".join(lines).encode()))
    environment = {"MATINEE_HOME": str(home)}
    for command in (
        ["ingest", "--events", f"file:{home / 'lines.log.gz'}", "--once"],
        ["train", "--force", "a test"],
    ):
        done = CliRunner().invoke(main, command, env=environment)
        assert done.exit_code == 0, done.output
    registry = Registry(home / "models")
    model = registry.load(registry.current())
    ids = [movie.id for movie in films]
    return home, {
        registry.add(preferring(model, first)).version: set(ids[first : first + 40]) for first in (0, 40, 80)
    }


@dataclass
class Seen:
    """What callers got."""

    answers: int = 0
    failed: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    slow_ms: list[float] = field(default_factory=list)
    slowest_ms: float = 0.0


def call(port, rate, stop, films, number, seen):
    """Ask for one user after the other, so many times a second; a connection is kept, as the site does."""
    due = time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        while not stop.is_set():
            due += 1 / rate
            time.sleep(max(0.0, due - time.monotonic()))
            began = time.monotonic()
            try:
                connection.request("GET", f"/recommend/{(seen.answers * 7 + number) % 80}")
                answer = connection.getresponse()
                movies, version = answer.read().decode().split(","), answer.headers["X-Model-Version"]
                if answer.status != 200 or len(movies) != 20:
                    seen.failed.append(f"{answer.status}: {movies}")
                elif not set(movies) <= films[version]:
                    seen.mixed.append(f"{version}: {movies}")
            except (OSError, http.client.HTTPException) as error:
                seen.failed.append(repr(error))
                connection.close()
            took_ms = (time.monotonic() - began) * 1000
            seen.answers += 1
            seen.slowest_ms = max(seen.slowest_ms, took_ms)
            if took_ms > LIMIT_MS:
                seen.slow_ms.append(took_ms)


def switched(service_of, home, films, switches, rate, pause_s):
    """What callers saw while models were switched, and how long it took until the service had each."""
    registry = Registry(home / "models")
    versions = sorted(films)
    registry.publish(versions[0], Why(datetime.now(UTC), "a test", "begin"))
    service = service_of([sys.executable, "-m", "matinee", "serve"])
    service.environment |= {"MATINEE_HOME": str(home)}
    service.start()
    service.wait_until_ready()
    stop, seen = threading.Event(), [Seen() for _ in range(CALLERS)]
    callers = [
        threading.Thread(target=call, args=(service.port, rate / CALLERS, stop, films, number, each))
        for number, each in enumerate(seen)
    ]
    for caller in callers:
        caller.start()
    waits = []
    for number in range(1, switches + 1):
        registry.publish(versions[number % 3], Why(datetime.now(UTC), "a test", f"switch {number}"))
        began = time.monotonic()
        while service.get("/healthz")[1]["x-model-version"] != versions[number % 3]:
            assert time.monotonic() - began < 30
            time.sleep(0.02)
        waits.append(time.monotonic() - began)
        time.sleep(pause_s)
    stop.set()
    for caller in callers:
        caller.join()
    assert service.stop()[0] == 0
    total = Seen(
        answers=sum(each.answers for each in seen),
        failed=[*chain.from_iterable(each.failed for each in seen)],
        mixed=[*chain.from_iterable(each.mixed for each in seen)],
        slow_ms=[*chain.from_iterable(each.slow_ms for each in seen)],
        slowest_ms=max(each.slowest_ms for each in seen),
    )
    return total, waits


def test_in_ten_switches_no_request_fails_and_no_list_is_of_two_models(service_of, home):
    seen, _ = switched(service_of, *home, switches=10, rate=60, pause_s=0.1)
    assert seen.answers > 50
    assert (seen.failed, seen.mixed) == ([], [])


@pytest.mark.prove
def test_200_switches_under_300_requests_a_second(service_of, home):
    seen, waits = switched(service_of, *home, switches=200, rate=300, pause_s=0.7)
    print(
        f"{seen.answers:,} answers, {len(seen.failed)} failed, {len(seen.slow_ms)} above {LIMIT_MS} ms, "
        f"{len(seen.mixed)} mixed; slowest {seen.slowest_ms:.0f} ms; a switch is noticed after "
        f"{np.median(waits):.2f} s, {max(waits):.2f} s at most"
    )
    assert (seen.failed, seen.mixed, seen.slow_ms) == ([], [], [])
    assert max(waits) < NOTICED_S
