"""The long-running parts of `matinee up`: the service as a process of its own, and ingest in a thread."""

from __future__ import annotations

import subprocess
import sys
import threading
from types import TracebackType

from api import NO_MODEL, probe
from core.clock import Clock
from core.errors import ServiceError
from core.settings import Settings
from matinee.event_intake import take_events

READY_S = 30.0  # a fresh machine loads and compiles the libraries for the first time
STOP_S = 30.0
POLL_S = 0.05


class ServiceProcess:
    """`matinee serve`, started and stopped as an operator would."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    def __enter__(self) -> ServiceProcess:
        """Return when the service answers with a model. Raises ServiceError when it does not."""
        self._process = subprocess.Popen([sys.executable, "-m", "matinee", "serve"], stdout=subprocess.DEVNULL)
        begin = self._clock.monotonic()
        while self._clock.monotonic() - begin < READY_S:
            self.check()
            health = probe(self._settings.host, self._settings.port)
            if not health.error and health.model != NO_MODEL:
                return self
            self._clock.sleep(POLL_S)
        self._stop()
        raise ServiceError(f"`matinee serve` was not ready within {READY_S:.0f} s: see what it printed above")

    def __exit__(self, *_: object) -> None:
        self._stop()

    def check(self) -> None:
        """Raise ServiceError when the service has ended."""
        code = self._process.poll()
        if code is not None:
            raise ServiceError(f"`matinee serve` ended with code {code}: what it printed above says why")

    def _stop(self) -> None:
        """SIGTERM: what is in flight is answered, and what was decided is recorded."""
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class LiveIngest:
    """Ingest that follows a log in a thread. What stops the thread is raised by `check` and on leaving."""

    def __init__(self, settings: Settings, url: str, clock: Clock) -> None:
        self._stop = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(settings, url, clock), name="ingest", daemon=True)

    def __enter__(self) -> LiveIngest:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        if value is None:
            self.check()

    def check(self) -> None:
        """Raise what stopped the thread, if anything has."""
        if self._error is not None:
            raise self._error

    def _run(self, settings: Settings, url: str, clock: Clock) -> None:
        try:
            take_events(settings, url, clock, self._stop, follow=True, from_start=False, progress=lambda *_: None)
        except Exception as error:  # noqa: BLE001  the edge of a worker's job: `check` raises it again
            self._error = error
