"""The service as processes: what it answers, what it records, how it stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from core.ids import parse_request_id
from telemetry import Ledger


def test_every_answer_is_in_the_ledger_after_a_clean_stop(service):
    service.wait_until_ready()
    answers = [service.get(f"/recommend/{user}") for user in range(100, 150)]
    assert {status for status, _, _ in answers} == {200}
    late = []
    slow = threading.Thread(target=lambda: late.append(service.get("/recommend/7")))
    slow.start()
    time.sleep(0.3)
    code, printed = service.stop()
    slow.join()
    assert (code, printed) == (0, "")
    assert late[0][0] == 200, "a request in flight is answered"
    ledger = Ledger(service.home / "ledger.db")
    assert ledger.counts().decisions == 51
    for _, headers, body in [*answers, *late]:
        entry = ledger.entry(parse_request_id(headers["x-request-id"]))
        assert ",".join(entry.decision.ranking.movies) == body
        assert entry.decision.ranking.model == headers["x-model-version"]
        assert (entry.expected_licence.nano, entry.unknown_fees) == (7_102_000, 19)


def test_the_ops_pages_add_up_both_workers(service):
    service.wait_until_ready()
    for user in range(30):
        service.get(f"/recommend/{user + 100}")
    service.get("/recommend/abc")
    time.sleep(0.3)
    metrics = service.get("/metrics", ops=True)[2].splitlines()
    assert 'matinee_requests_total{status="400"} 1.0' in metrics
    assert 'matinee_attempts_total{outcome="served",ranker="blend"} 30.0' in metrics
    assert 'matinee_decisions_total{fate="recorded"} 30.0' in metrics
    assert 'matinee_workers{model="fake-1"} 2.0' in metrics
    assert "matinee_request_seconds_count 30.0" in metrics
    version = json.loads(service.get("/version", ops=True)[2])
    assert version["model"] == "fake-1"
    assert service.get("/healthz", ops=True)[0] == 200
    assert service.get("/metrics")[0] == 404, "the public port has no ops pages"


def test_the_dashboard_is_on_the_ops_port_and_says_what_is_not_there(service):
    service.wait_until_ready()
    service.get("/recommend/42")
    status, headers, body = service.get("/dashboard", ops=True)
    assert status == 200
    assert "no costs can be told yet" in body, "plays were never booked"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert service.get("/dashboard")[0] == 404, "the public port has no dashboard"


def test_a_second_service_on_the_same_ports_says_so_in_one_line(service):
    service.wait_until_ready()
    second = service.start_another()
    printed, _ = second.communicate(timeout=30)
    assert second.returncode == 1
    assert f"can not listen on http://127.0.0.1:{service.port}: Address already in use" in printed.splitlines()[-1]
    assert service.get("/recommend/100")[0] == 200


def test_a_worker_that_can_not_start_ends_the_service_with_its_reason(service_of, tmp_path):
    command = [sys.executable, "-m", "matinee", "serve"]
    (tmp_path / "events.db").write_text("no database at all")
    process = service_of(command).start()
    printed, _ = process.communicate(timeout=40)
    assert process.returncode == 1
    announced, reason = printed.splitlines()
    assert announced.startswith("serving http://127.0.0.1:")
    assert reason.startswith("matinee: can not open the store")


NASTY = {
    "no request": b"rubbish\r\n\r\n",
    "bytes in the path": b"GET /recommend/\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
    "a NUL": b"GET /recommend/\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
    "an encoded NUL": b"GET /recommend/%00 HTTP/1.1\r\nHost: a\r\n\r\n",
    "half an escape": b"GET /recommend/%zz%f HTTP/1.1\r\nHost: a\r\n\r\n",
    "dots": b"GET /recommend/../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
    "a whole URL": b"GET http://elsewhere/recommend/abc HTTP/1.1\r\nHost: a\r\n\r\n",
    "a tunnel": b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
    "a star": b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "an endless path": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "endless headers": b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    "a bad host": b"GET /recommend/abc HTTP/1.1\r\nHost: [\r\n\r\n",
    "two lengths": b"POST /recommend/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 9\r\n\r\nx",
    "a short body": b"POST /recommend/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
}


def test_nasty_requests_are_refused_and_the_service_lives_on(service):
    service.wait_until_ready()
    for name, sent in NASTY.items():
        with socket.create_connection(("127.0.0.1", service.port), timeout=10) as caller:
            caller.sendall(sent)
            answer = caller.recv(10_000).decode()
        assert answer.startswith("HTTP/1.1 4"), (name, answer)
        assert "Traceback" not in answer
    assert service.get("/recommend/100")[0] == 200
    assert service.stop() == (0, "")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to find the process of the ops pages")
def test_ops_pages_that_died_come_back_while_the_service_answers(service):
    service.wait_until_ready()
    first = ops_process(service.process.pid)
    os.kill(first, signal.SIGKILL)
    assert service.get("/recommend/1")[0] == 200
    service.wait_until_answering()
    assert ops_process(service.process.pid) != first
    _, printed = service.stop()
    assert "the process of the ops pages ended with code -9; another one starts" in printed


def ops_process(parent: int) -> int:
    """The one child that was not forked: its command line is Python's own for a spawned process."""
    children = [
        int(child)
        for thread in Path(f"/proc/{parent}/task").iterdir()
        for child in (thread / "children").read_text().split()
    ]
    (found,) = (child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes())
    return found


def test_nothing_is_orphaned_when_the_parent_is_killed(service):
    service.wait_until_ready()
    service.get("/recommend/100")
    service.stop(signal.SIGKILL)
    for _ in range(100):
        recorded = Ledger(service.home / "ledger.db").counts().decisions
        if recorded and not answers(service.port) and not answers(service.ops_port):
            return
        time.sleep(0.1)
    raise AssertionError("processes of the service outlived their parent by 10 seconds")


def answers(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def test_ctrl_c_stops_as_cleanly_as_a_termination(service):
    service.wait_until_ready()
    service.get("/recommend/100")
    os.killpg(service.process.pid, signal.SIGINT)
    printed, _ = service.process.communicate(timeout=40)
    assert (service.process.returncode, printed) == (0, "")
    assert Ledger(service.home / "ledger.db").counts().decisions == 1
