"""A server of the site answers many callers at once, and does not mind those who hang up."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from urllib.parse import urlsplit

import pytest
import requests

from simulator.local_server import SERVER_NAME, Handler, LocalServer


class Echo(Handler):
    """Answers with the path; on /late only when told, on /broken never."""

    told, asked = Event(), Event()

    def do_GET(self):  # noqa: N802  http.server calls it so
        if self.path == "/late":
            self.asked.set()
            self.told.wait(5)
        if self.path == "/broken":
            raise ZeroDivisionError
        self.send(200, self.path.encode() * 100_000, {"Content-Type": "text/plain"})


@pytest.fixture
def server():
    Echo.told.clear()
    Echo.asked.clear()
    with LocalServer(Echo, "127.0.0.1", 0) as running:
        yield running


def hang_up(server, path):
    """Ask, and be gone before the answer."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())


def test_the_headers_name_the_stand_in_and_the_type(server):
    headers = requests.get(f"{server.url}/x", timeout=5).headers
    assert (headers["Server"], headers["Content-Type"]) == (SERVER_NAME, "text/plain")


def test_a_caller_who_hangs_up_is_no_error(server, capfd):
    hang_up(server, "/late")
    Echo.told.set()
    assert requests.get(f"{server.url}/x", timeout=5).status_code == 200
    assert capfd.readouterr().err == ""


def test_our_own_errors_are_shown(server, capfd):
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{server.url}/broken", timeout=5)
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_64_callers_at_once_are_answered(server):
    with ThreadPoolExecutor(64) as threads:
        answers = list(threads.map(lambda n: requests.get(f"{server.url}/{n % 10}", timeout=5).text[:2], range(64)))
    assert answers == [f"/{n % 10}" for n in range(64)]


def test_a_call_that_runs_is_finished_before_the_server_has_stopped(server):
    with ThreadPoolExecutor(2) as threads:
        answer = threads.submit(requests.get, f"{server.url}/late", timeout=10)
        assert Echo.asked.wait(10)
        stopped = threads.submit(server.stop)
        with pytest.raises(TimeoutError):
            stopped.result(0.5)
        Echo.told.set()
        assert answer.result(10).text == "/late" * 100_000
        stopped.result(10)


def test_a_kept_connection_gets_no_answer_after_the_server_has_stopped(server):
    with requests.Session() as session:
        assert session.get(f"{server.url}/x", timeout=5).status_code == 200
        server.stop()
        with pytest.raises(requests.ConnectionError):
            session.get(f"{server.url}/x", timeout=5)
