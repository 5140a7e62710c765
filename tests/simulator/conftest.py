"""A small world for the simulator's tests, and a service that answers as a test says."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from core.clock import ManualClock
from simulator.behaviour import Behaviour
from simulator.caller import Caller
from simulator.live_truth import LIVE_TRUTH
from simulator.timetable import Timetable
from simulator.truth import Truth
from simulator.world import LOG, World, WorldSize

BEGIN = datetime(2026, 2, 1, tzinfo=UTC)
NOON = datetime(2026, 2, 1, 12, 0, 5, tzinfo=UTC)

SIZE = WorldSize(users=300, movies=120, days=6, films_per_user=5)


@pytest.fixture(scope="session")
def small_world():
    return World.build(7, SIZE, date(2026, 1, 1))


@pytest.fixture(scope="session")
def world_folder(small_world, tmp_path_factory):
    """The small world on disk: only to be read."""
    folder = tmp_path_factory.mktemp("world")
    small_world.write(folder)
    return folder


class FakeService:
    """Answers every path with what `answer` gives: (status, body) or (status, body, headers). Remembers the paths."""

    def __init__(self) -> None:
        self.answer: Callable[[str], tuple[Any, ...]] = lambda path: (200, "")
        self.paths: list[str] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.paths.append(self.path)
                status, body, *headers = service.answer(self.path)
                self.send_response(status)
                for name, value in (headers[0] if headers else {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def stop(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


@pytest.fixture
def service():
    fake = FakeService()
    yield fake
    fake.stop()


@pytest.fixture
def live(world_folder, tmp_path, service):
    """A day of the small world with a trouble: the lines that it wrote, and its truth."""
    truth = Truth.load(world_folder)
    famous = ",".join(truth.movie_ids[np.argsort(-truth.fame)[:20]])
    service.answer = lambda path: (200, famous)

    def lived(*troubles, visits_a_day=0.2):
        name = str(len(list(tmp_path.iterdir())))
        folder = shutil.copytree(world_folder, tmp_path / name, ignore=shutil.ignore_patterns(LOG))
        with Caller(
            folder,
            service.url,
            clock=ManualClock(BEGIN),
            stopwatch=ManualClock(BEGIN),
            rng=np.random.default_rng(3),
            behaviour=Behaviour(visits_a_day=visits_a_day),
            timetable=Timetable(troubles),
        ) as caller:
            caller.run_until(BEGIN + timedelta(days=1))
        lived.folder = folder
        return (folder / LOG).read_text().splitlines(), json.loads((folder / LIVE_TRUTH).read_text())["runs"][-1]

    return lived


@pytest.fixture
def live_folder(world_folder, tmp_path):
    """A copy of the small world whose log is still empty."""
    return shutil.copytree(world_folder, tmp_path / "world", ignore=shutil.ignore_patterns(LOG))


@pytest.fixture
def truth(world_folder):
    return Truth.load(world_folder)


@pytest.fixture
def log(live_folder):
    return lambda: (live_folder / LOG).read_text().splitlines()


@pytest.fixture
def clock():
    return ManualClock(NOON)


PATIENT = Behaviour(asks=1, sign_ups=0, alone=0, visits_a_day=10)


@pytest.fixture
def caller_with(live_folder, service, clock):
    """Makes a caller whose users always ask and find nothing alone, unless told otherwise."""

    def make(stopwatch=None, troubles=(), also=None, answered=lambda _: None, **changes):
        behaviour = replace(PATIENT, **changes)
        rng = np.random.default_rng(1)
        return Caller(
            live_folder,
            service.url,
            clock=clock,
            stopwatch=stopwatch or ManualClock(NOON),
            rng=rng,
            behaviour=behaviour,
            timetable=Timetable(troubles),
            also=also,
            answered=answered,
        )

    return make
