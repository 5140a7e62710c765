"""A small world for the simulator's tests, and a service that answers as a test says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from simulator.world import World, WorldSize

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
