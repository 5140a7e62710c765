"""The doctor looks at every port and disturbs none."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from click.testing import CliRunner

from core.settings import Settings
from matinee.cli import main
from simulator import LlmEndpoint, World, WorldSize


class RealSite(BaseHTTPRequestHandler):
    """A site that is not our simulator: it knows nobody."""

    def do_GET(self):
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def real_site():
    with HTTPServer(("127.0.0.1", 0), RealSite) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}?rate=5"
        server.shutdown()


def examine(monkeypatch, tmp_path, **settings):
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path))
    for name, value in settings.items():
        monkeypatch.setenv(f"MATINEE_{name.upper()}", value)
    result = CliRunner().invoke(main, ["doctor", "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, {finding["port"]: finding for finding in json.loads(result.output)}


def test_a_fresh_home_answers_nowhere_and_nothing_is_made_by_looking(monkeypatch, tmp_path):
    code, findings = examine(monkeypatch, tmp_path / "new", directory="http://127.0.0.1:9", port="9")
    assert code == 1
    assert {port for port, finding in findings.items() if finding["answers"]} == {"completer"}  # titles need nobody
    assert {findings[port]["nature"] for port in ("events", "store", "models")} == {"unknown"}
    assert not (tmp_path / "new").exists()


def test_a_directory_that_is_not_the_simulator_is_real(monkeypatch, tmp_path, real_site):
    _, findings = examine(monkeypatch, tmp_path, directory=real_site)
    assert (findings["directory"]["nature"], findings["directory"]["answers"]) == ("real", True)


def test_a_language_model_is_asked_for_its_models_only(monkeypatch, tmp_path):
    World.build(1, WorldSize(users=20, movies=20), date(2026, 1, 1)).write(tmp_path / "world")
    with LlmEndpoint(tmp_path / "world") as endpoint:
        url = f"openai://{endpoint.url.removeprefix('http://')}/v1?model=gpt-4o-mini&priced_as=gpt-4o-mini"
        _, findings = examine(monkeypatch, tmp_path, completer=url, llm_key="sk-secret")
        assert endpoint.invoice.lines() == []
    assert (findings["completer"]["nature"], findings["completer"]["answers"]) == ("stand-in", True)
    assert "MATINEE_LLM_KEY is set" in findings["completer"]["detail"]
    assert "sk-secret" not in json.dumps(findings)


@pytest.mark.parametrize(
    ("url", "said"), [("openai://127.0.0.1:9/v1?model=m&priced_as=free", "start it"), ("openai:", "names no model")]
)
def test_a_language_model_that_does_not_answer_is_silent_with_the_reason(monkeypatch, tmp_path, url, said):
    _, findings = examine(monkeypatch, tmp_path, completer=url)
    assert not findings["completer"]["answers"]
    assert said in findings["completer"]["detail"]


def test_a_log_of_ones_own_is_real(monkeypatch, tmp_path):
    (tmp_path / "own#1?.log").write_text("2026-11-20T10:00:00,42,GET /rate/heat+1995=9\n")
    _, findings = examine(monkeypatch, tmp_path, events=f"file:{tmp_path / 'own#1?.log'}")
    assert (findings["events"]["nature"], findings["events"]["detail"]) == ("real", "45 bytes are there")


def test_a_kafka_port_without_a_broker_is_silent_with_the_reason(monkeypatch, tmp_path):
    _, findings = examine(monkeypatch, tmp_path, events="kafka://127.0.0.1:9/movielog1?group=matinee")
    assert not findings["events"]["answers"]
    assert "can not reach the broker 127.0.0.1:9" in findings["events"]["detail"]


def test_files_that_are_no_stores_are_silent_with_the_reason(monkeypatch, tmp_path):
    for name in ("events.db", "ledger.db"):
        (tmp_path / name).write_text("garbage" * 1000)
    _, findings = examine(monkeypatch, tmp_path)
    for port in ("store", "ledger"):
        assert not findings[port]["answers"]
        assert "file is not a database" in findings[port]["detail"]


def test_the_page_says_the_same_in_words(monkeypatch, tmp_path):
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path))
    result = CliRunner().invoke(main, ["doctor"])
    assert "no model was published: run matinee train" in result.output
    assert str(Settings().port) in result.output


def test_a_key_in_an_address_is_shown_nowhere(monkeypatch, tmp_path):
    settings = {
        "directory": "http://me:sk-secret@127.0.0.1:9?rate=5",
        "completer": "openai://me:sk-secret@127.0.0.1:9/v1?model=m&priced_as=free",
        "events": "kafka://me:sk-secret@127.0.0.1:9/movielog1?group=matinee",
    }
    _, findings = examine(monkeypatch, tmp_path, **settings)
    assert findings["directory"]["setting"] == "http://***@127.0.0.1:9?rate=5"
    assert "sk-secret" not in json.dumps(findings)
    for name, url in (("events", "kafak://me:sk-secret@h/t"), ("completer", "opnai://me:sk-secret@h/v1")):
        monkeypatch.setenv(f"MATINEE_{name.upper()}", url)
        assert "sk-secret" not in CliRunner().invoke(main, ["doctor"]).output


def test_a_store_of_others_with_a_table_of_one_of_our_names_is_silent_with_the_reason(monkeypatch, tmp_path):
    with closing(sqlite3.connect(tmp_path / "work.db")) as connection:
        connection.execute("CREATE TABLE tastes(flavour TEXT)")
    _, findings = examine(monkeypatch, tmp_path)
    assert (findings["work"]["answers"], "no such column" in findings["work"]["detail"]) == (False, True)


def test_a_key_of_other_letters_is_refused_in_one_line(monkeypatch, tmp_path):
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path))
    monkeypatch.setenv("MATINEE_LLM_KEY", "sk-ключ")
    result = CliRunner().invoke(main, ["doctor"])
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "MATINEE_LLM_KEY is refused" in result.output
