"""The directory server: the site's two read-only APIs on one port, answering from a world's files."""

from __future__ import annotations

import json
import threading
from collections import deque
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from core.clock import Clock, SystemClock
from core.errors import WorldError
from simulator.record_file import RecordFile
from simulator.world import MOVIES, USERS, World

IDS_AT_ONCE = 200
WINDOW_S = 1.0
SERVER_NAME = "matinee-simulator"  # said in every answer: nobody shall take this for the real site
IDLE_S = 30  # a kept connection is closed after this long


class DirectoryServer:
    """`GET /user/<ids>` and `GET /movie/<ids>`: one id gives an object, several an array of those that are known.

    Up to 200 ids a call; 404 when none is known; 429 with Retry-After beyond `rate` calls a second.
    A context manager: the port is bound on creation and answers between `start` and `stop`.
    """

    def __init__(
        self,
        world: Path,
        port: int = 8080,
        *,
        host: str = "127.0.0.1",
        rate: float | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Port 0 takes any free one. Raises WorldError when `world` holds none or the port is taken."""
        if not World.stands_in(world):
            raise WorldError(f"there is no world in {world}: `matinee simulate world` makes one")
        self._records = {"user": RecordFile(world / USERS), "movie": RecordFile(world / MOVIES)}
        self._rate = rate
        self._clock = clock or SystemClock()
        self._calls: deque[float] = deque()
        self._lock = threading.Lock()
        server = self

        class Handler(_Handler):
            directory = server

        try:
            self._http = ThreadingHTTPServer((host, port), Handler)
        except OSError as error:
            raise WorldError(f"can not answer on {host}:{port}: {error}; give another port") from error
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="directory", daemon=True)

    @property
    def url(self) -> str:
        host, port = self._http.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> DirectoryServer:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering and free the port. Calls that run are finished."""
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()

    def __enter__(self) -> DirectoryServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait(self) -> None:
        """Block while the server answers."""
        self._thread.join()

    def answer(self, path: str) -> tuple[HTTPStatus, str]:
        """Status and JSON body for a path, as `/user/1,2`."""
        if self._is_beyond_rate():
            return HTTPStatus.TOO_MANY_REQUESTS, _message(f"more than {self._rate:g} calls a second")
        kind, _, names = unquote(path.partition("?")[0]).removeprefix("/").partition("/")
        if kind not in self._records or not names:
            return HTTPStatus.NOT_FOUND, _message("paths are /user/<ids> and /movie/<ids>")
        ids = names.split(",")
        if len(ids) > IDS_AT_ONCE:
            return HTTPStatus.BAD_REQUEST, _message(f"{len(ids)} ids are too many: up to {IDS_AT_ONCE} a call")
        found = map(self._records[kind].get, ids)
        known = [record for record in found if record is not None]
        if not known:
            return HTTPStatus.NOT_FOUND, _message(f"{kind} not found")
        return HTTPStatus.OK, known[0] if len(ids) == 1 else f"[{','.join(known)}]"

    def _is_beyond_rate(self) -> bool:
        if self._rate is None:
            return False
        with self._lock:
            now = self._clock.monotonic()
            while self._calls and self._calls[0] <= now - WINDOW_S:
                self._calls.popleft()
            if len(self._calls) >= self._rate * WINDOW_S:
                return True
            self._calls.append(now)
            return False


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    directory: DirectoryServer
    protocol_version = "HTTP/1.1"
    server_version = SERVER_NAME
    disable_nagle_algorithm = True
    timeout = IDLE_S

    def do_GET(self) -> None:
        status, text = self.directory.answer(self.path)
        body = text.encode()
        self.send_response(status)
        if status is HTTPStatus.TOO_MANY_REQUESTS:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the caller of an API sees its answers."""


def _message(text: str) -> str:
    return json.dumps({"message": text})
