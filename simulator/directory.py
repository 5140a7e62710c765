"""The directory server: the site's two read-only APIs on one port, answering from a world's files."""

from __future__ import annotations

import json
import threading
from collections import deque
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote

from core.clock import Clock, SystemClock
from core.errors import WorldError
from simulator.api_faults import SLOW_S, ApiFault, spoiled
from simulator.fault_plan import FaultPlan
from simulator.film_schema import ChangedAnswers
from simulator.local_server import Handler, LocalServer
from simulator.record_file import RecordFile
from simulator.world import MOVIES, USERS, World

IDS_AT_ONCE = 200
WINDOW_S = 1.0


class DirectoryServer(LocalServer):
    """`GET /user/<ids>` and `GET /movie/<ids>`: one id gives an object, several an array of those that are known.

    Up to 200 ids a call; 404 when none is known; 429 with Retry-After beyond `rate` calls a second.
    `faults` says which call goes wrong.
    """

    def __init__(
        self,
        world: Path,
        port: int = 8080,
        *,
        host: str = "127.0.0.1",
        rate: float | None = None,
        faults: FaultPlan[ApiFault] | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Port 0 takes any free one. Raises WorldError when `world` holds none, the port is taken or `rate` wrong."""
        if rate is not None and not rate >= 1:  # NaN is not
            raise WorldError(f"{rate:g} calls a second can not be: give a number from 1 up, or none for no limit")
        if not World.stands_in(world):
            raise WorldError(f"there is no world in {world}: `matinee simulate world` makes one")
        self._records = {"user": RecordFile(world / USERS), "movie": RecordFile(world / MOVIES)}
        self._changed = ChangedAnswers(world)
        self._rate = rate
        self._faults = faults or FaultPlan()
        self._clock = clock or SystemClock()
        self._calls: deque[float] = deque()
        self._lock = threading.Lock()
        server = self

        class DirectoryHandler(_Handler):
            directory = server

        super().__init__(DirectoryHandler, host, port)

    def answer(self, path: str) -> tuple[HTTPStatus, str]:
        """Status and JSON body for a path, as `/user/1,2`."""
        fault = self._faults.next()
        if fault is ApiFault.RATE_LIMIT or self._is_beyond_rate():
            return HTTPStatus.TOO_MANY_REQUESTS, _message("too many calls a second")
        if fault is ApiFault.SLOW:
            self._clock.sleep(SLOW_S)
        kind, _, names = unquote(path.partition("?")[0]).removeprefix("/").partition("/")
        if kind not in self._records or not names:
            return HTTPStatus.NOT_FOUND, _message("paths are /user/<ids> and /movie/<ids>")
        ids = names.split(",")
        if len(ids) > IDS_AT_ONCE:
            return HTTPStatus.BAD_REQUEST, _message(f"{len(ids)} ids are too many: up to {IDS_AT_ONCE} a call")
        found = map(self._records[kind].get, ids)
        known = [record for record in found if record is not None]
        if not known or fault is ApiFault.NOT_FOUND:
            return HTTPStatus.NOT_FOUND, _message(f"{kind} not found")
        if kind == "movie":
            self._changed.add(known)
        told = spoiled(known, fault)
        return HTTPStatus.OK, told[0] if len(ids) == 1 else f"[{','.join(told)}]"

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


class _Handler(Handler):
    """One connection."""

    directory: DirectoryServer

    def do_GET(self) -> None:  # noqa: N802  http.server calls it so
        status, text = self.directory.answer(self.path)
        headers = {"Retry-After": "1"} if status is HTTPStatus.TOO_MANY_REQUESTS else {}
        self.send(status, text.encode(), headers)


def _message(text: str) -> str:
    return json.dumps({"message": text})
