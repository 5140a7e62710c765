"""The long-running parts of `matinee up`: service and training as processes of their own, ingest in a thread."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType

from api import NO_MODEL, probe
from core.clock import Clock
from core.errors import ServiceError, TrainingError
from core.settings import Settings
from matinee import leash
from matinee.event_intake import take_events
from matinee.record_import import import_movies, import_users
from matinee.training_commands import REFUSED

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
        self._process = leash.start("serve")
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

    @property
    def model(self) -> str:
        """The version of the model that serves now, or what keeps the service from telling."""
        health = probe(self._settings.host, self._settings.port)
        return health.error or health.model or NO_MODEL

    def wait_for(self, model: str) -> bool:
        """Return when this version serves, or False when the service has ended or did not take it in time."""
        begin = self._clock.monotonic()
        while self._process.poll() is None and self._clock.monotonic() - begin < READY_S:
            if self.model == model:
                return True
            self._clock.sleep(POLL_S)
        return False

    def check(self) -> None:
        """Raise ServiceError when the service has ended."""
        code = self._process.poll()
        if code is not None:
            raise ServiceError(f"`matinee serve` ended with code {code}: what it printed above says why")

    def _stop(self) -> None:
        """SIGTERM: what is in flight is answered, and what was decided is recorded."""
        _end(self._process)


class WorkerProcess:
    """`matinee worker`, which understands what the users who sign up write."""

    def __init__(self, completer: str) -> None:
        """`completer` : as the setting of that name."""
        self._completer = completer

    @staticmethod
    def work_off(completer: str) -> None:
        """Return when all who signed up so far are understood. Raises ServiceError when the worker fails."""
        code = leash.start("worker", "--once", completer=completer).wait()
        if code:
            raise ServiceError(f"`matinee worker --once` ended with code {code}: what it printed above says why")

    def __enter__(self) -> WorkerProcess:
        self._process = leash.start("worker", completer=self._completer)
        return self

    def __exit__(self, *_: object) -> None:
        """SIGTERM: what is in hand is done, and what was billed is written."""
        _end(self._process)

    def check(self) -> None:
        """Raise ServiceError when the worker has ended."""
        code = self._process.poll()
        if code is not None:
            raise ServiceError(f"`matinee worker` ended with code {code}: what it printed above says why")


class LiveIngest:
    """Ingest that follows a log in a thread. What stops the thread is raised by `check` and on leaving."""

    def __init__(self, settings: Settings, url: str, clock: Clock) -> None:
        self._stop = threading.Event()
        self._thread = _Job("ingest", partial(self._run, settings, url, clock))

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
        self._thread.check()

    def _run(self, settings: Settings, url: str, clock: Clock) -> None:
        take_events(settings, url, clock, self._stop, follow=True, from_start=False, progress=lambda *_: None)


class Retraining:
    """Reads the records of new users and films and runs `matinee retrain`, whenever it is told to; one at a time.

    The service finds the new model by itself. What fails is raised by `check`, `start` and `wait`.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._job: _Job | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._is_over = False
        self._begun_s = clock.monotonic()

    def __enter__(self) -> Retraining:
        return self

    def __exit__(self, *_: object) -> None:
        """A training that runs is given up: the service has a model."""
        self._is_over = True
        if self._process is not None:
            self._process.terminate()
        if self._job is not None:
            self._job.join()

    @property
    def age_s(self) -> float:
        """Seconds since the last training began, or since the first model if there was none."""
        return self._clock.monotonic() - self._begun_s

    def start(self) -> None:
        """Begin a training, unless one is running."""
        self.check()
        if self._job is None or not self._job.is_alive():
            self._begun_s = self._clock.monotonic()
            self._job = _Job("retraining", self._run)
            self._job.start()

    def wait(self) -> None:
        """Return when the training that runs has ended."""
        if self._job is not None:
            self._job.join()
        self.check()

    def check(self) -> None:
        """Raise what the last training failed with, if anything."""
        if self._job is not None:
            self._job.check()

    def _run(self) -> None:
        import_movies(self._settings, self._settings.directory, False, self._clock)
        import_users(self._settings, self._settings.directory, False, self._clock)
        if self._is_over:
            return
        self._process = leash.start("retrain", "--new-users", "1", "--new-interactions", "1")
        code = self._process.wait()
        if code not in (0, REFUSED):
            raise TrainingError(f"`matinee retrain` ended with code {code}: what it printed above says why")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process by SIGTERM, so that it can finish what it has begun."""
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class _Job(threading.Thread):
    """Work in a thread; what ends it before its time is raised by `check`."""

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        super().__init__(name=name, daemon=True)
        self._work = work
        self._error: Exception | None = None

    def run(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001  the edge of a worker's job: `check` raises it again
            self._error = error

    def check(self) -> None:
        if self._error is not None:
            raise self._error
