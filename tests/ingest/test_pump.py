"""Lines go from a source into the store, and what stops them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.errors import SourceError
from core.events import Reason
from ingest.chunk import MessageChunk
from ingest.event_reader import EventReader
from ingest.event_store import EventStore
from ingest.pump import Pump, Pumped

ACCOUNT = b"2026-02-14T12:00:05,%d,GET /create_account"
REQUEST = b"2026-02-14T12:00:05,1,recommendation request h:1, status 0, result: %s, 8 ms"


class ListedSource:
    """Hands out one list of chunks a reading; a chunk that is an error is raised."""

    def __init__(self, *readings: list[bytes | Exception]) -> None:
        self._readings = list(readings)
        self._offset = 0

    def read(self) -> Iterator[MessageChunk]:
        for value in self._readings.pop(0) if self._readings else []:
            if isinstance(value, Exception):
                raise value
            self._offset += 1
            yield MessageChunk("list:", 0, [self._offset - 1], [value])

    def progress(self) -> tuple[int, int]:
        return self._offset, self._offset

    def close(self) -> None:
        self._readings = []


class StoppingClock(ManualClock):
    """Sets an event when it was asked to sleep a number of times."""

    def __init__(self, stop: threading.Event, sleeps: int) -> None:
        super().__init__(datetime(2026, 11, 20, tzinfo=UTC))
        self._stop = stop
        self._sleeps = sleeps

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._sleeps -= 1
        if not self._sleeps:
            self._stop.set()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


def pump(
    path: Path,
    source: ListedSource,
    follow: bool = False,
    sleeps: int = 1,
    commit_lines: int = 100,
    commit_bytes: int = 1_000_000,
) -> list[int]:
    """Run a pump; returns how many lines each progress report told."""
    stop, told = threading.Event(), list[int]()
    clock, store = StoppingClock(stop, sleeps), EventStore(path)
    try:
        pump = Pump(source, store, clock, 10, commit_lines, commit_bytes)
        pump.run(follow, stop, lambda pumped: told.append(pumped.lines))
    finally:
        store.close()
    return told


def test_all_that_is_there_is_stored_in_one_batch(path: Path) -> None:
    assert pump(path, ListedSource([ACCOUNT % 1, ACCOUNT % 2, b"rubbish"])) == [3]
    assert EventReader(path).counts()["accounts"] == 2
    assert EventReader(path).last_batch() == 1


def test_a_batch_ends_when_it_is_full(path: Path) -> None:
    assert pump(path, ListedSource([ACCOUNT % user for user in range(5)]), commit_lines=2) == [2, 4, 5]


@pytest.mark.parametrize("line", [b"x" * 500, ACCOUNT % 1 + b"x" * 500, REQUEST % (b"x" * 450)])
def test_a_batch_ends_when_it_holds_much_text(path: Path, line: bytes) -> None:
    assert pump(path, ListedSource([line] * 3), commit_bytes=1200) == [2, 3]


def test_rejected_lines_without_text_fill_a_batch_too(path: Path) -> None:
    assert max(pump(path, ListedSource([b"", None] * 50), commit_bytes=1000)) == 100
    assert EventReader(path).last_batch() >= 10


def test_a_rejected_line_is_held_up_to_the_cap(path: Path) -> None:
    assert pump(path, ListedSource([b"x" * 10_000_000] * 4), commit_bytes=250_000) == [4]


def test_nothing_new_is_no_batch(path: Path) -> None:
    assert pump(path, ListedSource([])) == []
    assert EventReader(path).last_batch() == 0


def test_a_followed_source_is_stored_before_each_wait(path: Path) -> None:
    assert pump(path, ListedSource([ACCOUNT % 1], [], [ACCOUNT % 2]), follow=True, sleeps=4) == [1, 2]


def test_a_stop_in_the_middle_stores_what_came_and_leaves_the_rest(path: Path) -> None:
    stop, store = threading.Event(), EventStore(path)
    source = ListedSource([ACCOUNT % user for user in range(9)])
    Pump(source, store, ManualClock(datetime(2026, 11, 20, tzinfo=UTC)), 10, commit_lines=2).run(
        True, stop, lambda _: stop.set()
    )
    assert store.position("list:", 0).offset == EventReader(path).counts()["accounts"] == 3
    store.close()


def test_what_came_before_a_failure_is_stored(path: Path) -> None:
    with pytest.raises(SourceError, match="broken"):
        pump(path, ListedSource([ACCOUNT % 1, SourceError("broken")]))
    assert EventReader(path).counts()["accounts"] == 1


def test_the_report_tells_lines_by_kind_and_by_reason(path: Path) -> None:
    store, clock = EventStore(path), ManualClock(datetime(2026, 11, 20, tzinfo=UTC))
    pump = Pump(ListedSource([ACCOUNT % 1, b"rubbish", b"", b""]), store, clock, 10)
    clock.sleep(2)
    pumped = pump.run(False, threading.Event(), lambda _: None)
    store.close()
    assert pumped.kinds == {"accounts": 1}
    assert pumped.rejected == {Reason.FIELDS: 1, Reason.EMPTY: 2}
    assert (pumped.lines, pumped.lines_per_second) == (4, 2)


def test_no_time_is_no_speed() -> None:
    assert Pumped().lines_per_second == 0
