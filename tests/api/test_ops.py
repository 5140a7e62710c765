from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from api import NO_MODEL, Address, Health, ops_app, probe
from core.errors import ServiceError


class NoBoards:
    """For tests that are not about the dashboard."""

    board = panel = None


def a_client(health: Health):
    counts = b"matinee_requests_total 3\n"
    return ops_app(lambda: health, lambda: counts, {"matinee": "0.1.0"}, NoBoards()).test_client()


def test_ready_is_a_public_port_that_answers_with_a_model():
    answer = a_client(Health("", "2026-11-20-a")).get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "missing": []})


@pytest.mark.parametrize(
    ("health", "reason"),
    [
        (
            Health("ConnectionRefusedError: refused"),
            "the public port does not answer: ConnectionRefusedError: refused",
        ),
        (Health("", NO_MODEL), "no model is loaded: `matinee train` makes one; until then lists are not personal"),
    ],
)
def test_not_ready_says_what_is_missing(health, reason):
    answer = a_client(health).get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "missing": [reason]})


def test_the_other_pages_answer():
    client = a_client(Health("", "2026-11-20-a"))
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/metrics").text == "matinee_requests_total 3\n"
    assert client.get("/metrics").content_type.startswith("text/plain; version=")
    assert client.get("/version").json == {"matinee": "0.1.0", "model": "2026-11-20-a"}


@contextmanager
def a_server(reply: bytes):
    """A server on a free port that answers whatever comes with `reply`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.wfile.write(reply)

        def log_message(self, *arguments):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_a_probe_reads_the_model_of_whoever_listens_on_any_address():
    with a_server(b"HTTP/1.0 200 OK\r\nX-Model-Version: 2026-11-20-a\r\n\r\nok\n") as port:
        assert probe("0.0.0.0", port) == Health("", "2026-11-20-a")


def test_a_probe_tells_an_unhealthy_answer():
    with a_server(b"HTTP/1.0 500 Oh\r\n\r\n") as port:
        assert probe("127.0.0.1", port) == Health("GET /healthz is answered with 500")


def test_a_probe_tells_an_answer_that_is_no_http():
    with a_server(b"SSH-2.0\r\n") as port:
        assert probe("127.0.0.1", port).error.startswith("BadStatusLine")


def test_a_probe_of_a_closed_port_tells_so():
    with a_server(b"") as port:
        pass
    assert probe("127.0.0.1", port).error.startswith("ConnectionRefusedError")


def test_a_taken_port_is_said_with_the_way_out():
    with (
        a_server(b"") as port,
        pytest.raises(ServiceError, match="Address already in use; stop what"),
    ):
        Address("127.0.0.1", port).check_free()
    Address("127.0.0.1", port).check_free()


def test_an_address_of_ipv6_is_written_as_a_url_wants_it():
    assert str(Address("::1", 8083)) == "http://[::1]:8083"
