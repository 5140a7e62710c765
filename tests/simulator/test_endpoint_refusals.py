"""What is no call is refused with its reason, and billed to nobody; the endpoint does not mind."""

from __future__ import annotations

import json
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests

from simulator.endpoint import LlmEndpoint
from simulator.invoice import INVOICE
from simulator.mentions import FILE, FILMS_OF

QUESTION = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hello"}]}


@pytest.fixture
def endpoint(world_folder, tmp_path):
    """An endpoint of the small world with an invoice of its own."""
    (tmp_path / "world").mkdir()
    for name in (FILE, FILMS_OF):
        (tmp_path / "world" / name).symlink_to(world_folder / name)
    with LlmEndpoint(tmp_path / "world") as running:
        yield running


def send(endpoint, body, **headers):
    """Status and error of a call whose body and headers are just these."""
    address = urlsplit(endpoint.url)
    with closing(HTTPConnection(address.hostname, address.port, timeout=10)) as connection:
        connection.request("POST", "/v1/chat/completions", body, {"Content-Length": str(len(body)), **headers})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())["error"]["message"]


@pytest.mark.parametrize("length", ["abc", "-1", "1e3", "\u00b2", "", "99999999999", "9" * 5000])
def test_a_call_that_does_not_say_how_long_it_is_is_refused(endpoint, capfd, length):
    status, reason = send(endpoint, b"{}", **{"Content-Length": length})
    assert status == 400
    assert "Content-Length" in reason
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"model": "gpt-4o", "messages": [{"role": "user", "content": "\\ud800"}]}',
    ],
)
def test_a_body_that_no_text_can_be_is_refused(endpoint, capfd, body):
    status, reason = send(endpoint, body)
    assert status == 400
    assert reason.startswith("not a chat request: ")
    assert endpoint.invoice.lines() == []
    assert capfd.readouterr().err == ""


def test_a_call_that_can_not_be_billed_is_not_answered(endpoint, tmp_path):
    (tmp_path / "world" / INVOICE).rename(tmp_path / "elsewhere")
    (tmp_path / "world" / INVOICE).mkdir()
    answer = requests.post(f"{endpoint.url}/v1/chat/completions", json=QUESTION, timeout=10)
    assert answer.status_code == 500
    assert answer.json()["error"]["message"].startswith("can not bill to ")
