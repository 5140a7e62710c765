"""What every event source promises."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.chunk import Position
from ingest.sources import EventSource, open_source

LINES = [b"first", b"second", b"", b"fourth \xff", b"fifth"]


class Reader:
    """Reads a source and keeps positions as a store does."""

    def __init__(self, url: str, follow: bool, stored: dict[tuple[str, int], Position] | None = None) -> None:
        self.stored = {} if stored is None else stored
        self.source: EventSource = open_source(url, lambda *partition: self.stored.get(partition), follow)

    def drain(self) -> list[bytes | None]:
        lines: list[bytes | None] = []
        for chunk in self.source.read():
            assert chunk.start == chunk.position(0)
            count = chunk.block.count(b"\n")
            assert chunk.last == chunk.position(count - 1)
            lines += map(chunk.line, range(count))
            self.stored[chunk.source, chunk.partition] = chunk.next
        return lines


class FileLog:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.url = f"file:{path}"

    def append(self, lines: list[bytes]) -> None:
        with self._path.open("ab") as file:
            file.write(b"".join(line + b"\n" for line in lines))


class GzipLog(FileLog):
    def append(self, lines: list[bytes]) -> None:
        with gzip.open(self._path, "ab") as file:
            file.write(b"".join(line + b"\n" for line in lines))


class TopicLog:
    def __init__(self, topic: Any) -> None:
        self._topic = topic
        self.url = f"kafka://{topic.address}/{topic.name}?api_version=2.3"

    def append(self, lines: list[bytes]) -> None:
        self._topic.send(lines)


@pytest.fixture(params=["plain file", "gzip file", "broker"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> FileLog | TopicLog:
    if request.param == "plain file":
        return FileLog(tmp_path / "movie.log")
    if request.param == "gzip file":
        return GzipLog(tmp_path / "movie.log")
    new_topic: Callable[[], Any] = request.getfixturevalue("new_topic")
    return TopicLog(new_topic())


@pytest.fixture
def read_log(log) -> Any:
    """Opens readers of the log and closes them in the end."""
    readers: list[Reader] = []

    def opened(follow: bool, stored: dict | None = None) -> Reader:
        readers.append(Reader(log.url, follow, stored))
        return readers[-1]

    yield opened
    for reader in readers:
        reader.source.close()


def test_lines_come_back_in_order(log, read_log) -> None:
    log.append(LINES)
    assert read_log(follow=False).drain() == LINES


def test_what_was_read_is_not_read_again(log, read_log) -> None:
    log.append(LINES)
    reader = read_log(follow=True)
    assert reader.drain() == LINES
    assert reader.drain() == []


def test_what_came_since_is_read_next(log, read_log) -> None:
    log.append(LINES)
    reader = read_log(follow=True)
    reader.drain()
    log.append([b"later"])
    assert reader.drain() == [b"later"]


def test_another_reader_goes_on_at_the_stored_position(log, read_log) -> None:
    log.append(LINES)
    first = read_log(follow=False)
    first.drain()
    log.append([b"later", b"latest"])
    assert read_log(follow=False, stored=first.stored).drain() == [b"later", b"latest"]


def test_progress_ends_where_everything_is_read(log, read_log) -> None:
    log.append(LINES)
    reader = read_log(follow=False)
    reader.drain()
    read, there = reader.source.progress()
    assert read == there > 0


def test_a_log_without_a_line_yields_its_first_line_when_it_comes(log, read_log) -> None:
    log.append([])
    reader = read_log(follow=True)
    assert reader.drain() == []
    log.append([b"first"])
    assert reader.drain() == [b"first"]
