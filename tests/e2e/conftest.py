"""A service of real processes on free ports, with a recommender that needs no model."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SCRIPT = """
import logging, time
from core.decision import Attempt, Outcome, Ranking
from core.ids import MovieId
from core.money import Usd
from core.settings import Settings
from matinee.serving import serve_all

MOVIES = tuple(MovieId(f"film+{number}+1995") for number in range(20))

class Recommender:
    version = "fake-1"
    def recommend(self, user, k, budget_ms):
        if user == 7:
            time.sleep(1)
        return Ranking(MOVIES[:k], self.version, (Attempt("blend", Outcome.SERVED, k, 5),), (("seen", 3),))

def recommender(settings, failed):
    return Recommender()

def fees(path):
    return {MOVIES[0]: Usd.parse("0.10")}

if __name__ == "__main__":
    serve_all(Settings.from_environment(), recommender, fees, lambda: None)
"""


class ServiceProcess:
    """The service as an operator has it: a process to send signals to, and two ports."""

    def __init__(self, command: list[str], home: Path) -> None:
        self.home = home
        self.process: subprocess.Popen[str]
        self.port, self.ops_port = free_port(), free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MATINEE_")},
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",  # coverage warns in every process of its own; tests read what is printed
            "MATINEE_HOME": str(home),
            "MATINEE_HOST": "127.0.0.1",
            "MATINEE_PORT": str(self.port),
            "MATINEE_OPS_PORT": str(self.ops_port),
        }
        self._command = command

    def start(self) -> subprocess.Popen[str]:
        self.process = self.start_another()
        return self.process

    def start_another(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self._command,
            env=self.environment,
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def get(self, path: str, ops: bool = False) -> tuple[int, dict[str, str], str]:
        url = f"http://127.0.0.1:{self.ops_port if ops else self.port}{path}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status, dict(answer.headers), answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, dict(answer.headers), answer.read().decode()

    def wait_until_ready(self) -> None:
        self._wait_for("/readyz", ops=True)

    def wait_until_answering(self) -> None:
        self._wait_for("/healthz", ops=False)
        self._wait_for("/healthz", ops=True)

    def _wait_for(self, path: str, ops: bool) -> None:
        for _ in range(300):
            assert self.process.poll() is None, self.process.communicate()[0]
            try:
                if self.get(path, ops)[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError("the service did not answer within 30 seconds")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Exit code, and what it printed."""
        self.process.send_signal(how)
        printed, _ = self.process.communicate(timeout=40)
        return self.process.returncode, printed


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def service_of(tmp_path):
    """Makes a service of a command; it is not started yet."""
    made = []

    def make(command: list[str]) -> ServiceProcess:
        made.append(ServiceProcess(command, tmp_path))
        return made[-1]

    yield make
    for service in made:
        if service.process.poll() is None:
            service.process.kill()
            service.process.communicate()


@pytest.fixture
def service(service_of, tmp_path):
    """A started service with a recommender that needs no model."""
    script = tmp_path / "service.py"
    script.write_text(SCRIPT)
    running = service_of([sys.executable, str(script)])
    running.start()
    return running
