"""The command `matinee ingest` from the outside."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from core.errors import StoreError
from ingest.event_reader import EventReader
from matinee.cli import main

ACCOUNT = "2026-02-14T12:00:05,{},GET /create_account\n"
RATING = "2026-02-14T12:00:05,42,GET /rate/heat+1995=9\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path / "home"))
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def invoked(*arguments: str) -> str:
        result = CliRunner().invoke(main, ["ingest", *arguments], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    yield invoked
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    log = tmp_path / "movie.log"
    log.write_text(ACCOUNT.format(1) + RATING + "rubbish\n")
    return log


def test_once_says_what_came(run: Any, log: Path) -> None:
    told = run("--events", f"file:{log}", "--once").splitlines()
    assert told[0].startswith("3 lines, 1 rejected, ")
    assert [line.split() for line in told[1:3]] == [["1", "accounts"], ["1", "ratings"]]
    assert told[3].split()[:2] == ["1", "FIELDS:"]


def test_json_has_stable_keys_and_the_same_log_again_has_nothing_new(run: Any, log: Path) -> None:
    report = json.loads(run("--events", f"file:{log}", "--once", "--json"))
    assert report["events"] == {"accounts": 1, "ratings": 1}
    assert report["rejected"] == {"FIELDS": 1}
    assert set(report) == {"lines", "events", "rejected", "seconds", "lines_per_second"}
    assert json.loads(run("--events", f"file:{log}", "--once", "--json"))["lines"] == 0


def test_from_start_reads_all_of_it_anew(run: Any, log: Path) -> None:
    run("--events", f"file:{log}", "--once")
    assert json.loads(run("--events", f"file:{log}", "--once", "--from-start", "--json"))["lines"] == 3


def test_rejected_lines_are_listed(run: Any, log: Path) -> None:
    log.write_text("rubbish\n2026-02-14T12:00:05,42,GET /rate/h\xe9at=9\n\n", encoding="latin-1")
    run("--events", f"file:{log}", "--once")
    told = run("rejected").splitlines()
    assert told[0] == "3 rejected"
    assert told[-1].endswith("@0 FIELDS: 'rubbish'")
    report = json.loads(run("rejected", "--json", "--reason", "encoding"))
    assert report["rejected"] == {"EMPTY": 1, "ENCODING": 1, "FIELDS": 1}
    assert [line["line"] for line in report["newest"]] == ["2026-02-14T12:00:05,42,GET /rate/h\\xe9at=9"]
    assert json.loads(run("rejected", "--json", "--limit", "0"))["newest"] == []


def test_replay_takes_what_is_accepted_now(run: Any, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATINEE_STARS_MAX", "5")
    run("--events", f"file:{log}", "--once")
    monkeypatch.setenv("MATINEE_STARS_MAX", "10")
    assert run("replay").splitlines()[0] == "1 accepted now, 1 rejected"
    assert json.loads(run("replay", "--json")) == {"accepted": {}, "rejected": {"FIELDS": 1}}


def test_a_log_that_is_not_there_is_one_line_and_exit_code_1(run: Any, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["ingest", "--events", f"file:{tmp_path}/nowhere", "--once"])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("matinee: can not read the log")
    assert result.stderr.count("\n") == 1


def test_what_a_torn_log_gave_is_told_before_the_error(run: Any, log: Path) -> None:
    log.write_bytes(gzip.compress(log.read_bytes() * 20_000)[:-20])
    result = CliRunner().invoke(main, ["ingest", "--events", f"file:{log}", "--once"])
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1].split()[1:] == ["accounts"]
    assert "ends inside a member" in result.stderr


@pytest.mark.parametrize("content", ["", "garbage" * 1000])
def test_a_store_that_is_none_is_one_line_and_exit_code_1(run: Any, tmp_path: Path, content: str) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "events.db").write_text(content)
    result = CliRunner().invoke(main, ["ingest", "rejected"])
    assert result.exit_code == 1
    assert result.stderr.startswith("matinee: ")
    assert result.stderr.count("\n") == 1


def test_following_takes_what_is_written_until_it_is_told_to_stop(log: Path, tmp_path: Path) -> None:
    follower = subprocess.Popen(
        [sys.executable, "-c", "from matinee.cli import main; main()", "ingest", "--events", f"file:{log}"],
        env=os.environ | {"MATINEE_HOME": str(tmp_path / "home")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert _until(lambda: _accounts(tmp_path) == 1)
    with log.open("a") as file:
        file.write(ACCOUNT.format(2))
    assert _until(lambda: _accounts(tmp_path) == 2)
    follower.send_signal(signal.SIGTERM)
    told, _ = follower.communicate(timeout=20)
    assert follower.returncode == 0
    assert told.startswith("4 lines, 1 rejected")


def _accounts(tmp_path: Path) -> int:
    database = tmp_path / "home" / "events.db"
    try:
        return EventReader(database).counts()["accounts"]
    except StoreError:  # not there, or not made yet
        return 0


def _until(holds: Callable[[], bool]) -> bool:
    """Whether it holds within 20 seconds."""
    end = time.monotonic() + 20
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def test_the_real_rating_log_is_taken_whole(run: Any, shared_real: Path) -> None:
    log = shared_real / "ml-latest-small" / "rating_lines.log.gz"
    report = json.loads(run("--events", f"file:{log}", "--once", "--json"))
    assert (report["lines"], report["events"], report["rejected"]) == (100_836, {"ratings": 100_836}, {})
