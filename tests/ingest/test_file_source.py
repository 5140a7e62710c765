"""What the file source does where a log is odd, broken, moved or changed."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import PositionLost, SettingError, SourceError
from ingest.chunk import Position
from ingest.file_source import FileSource
from ingest.lines import KEPT_BYTES_MAX, LINE_BYTES_MAX
from ingest.sources import open_source

FIRST = b"2026-02-14T12:00:05,42,GET /create_account\n"


class Stored:
    """Positions as a store keeps them, and a reader that keeps them up to date."""

    def __init__(self) -> None:
        self.positions: dict[tuple[str, int], Position] = {}
        self.sources: list[FileSource] = []

    def open(self, path: Path, follow: bool = False, block_bytes: int = 1000) -> FileSource:
        self.sources.append(FileSource(path, lambda *partition: self.positions.get(partition), follow, block_bytes))
        return self.sources[-1]

    def drain(self, source: FileSource) -> bytes:
        """The bytes of all chunks together."""
        blocks = []
        for chunk in source.read():
            blocks.append(chunk.block)
            self.positions[chunk.source, chunk.partition] = chunk.next
        return b"".join(blocks)


@pytest.fixture
def stored() -> Iterator[Stored]:
    stored = Stored()
    yield stored
    for source in stored.sources:
        source.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "movie.log"
    path.write_bytes(FIRST + b"second\nthird\n")
    return path


@pytest.mark.parametrize("block_bytes", [1, 7, 64, 100_000])
def test_the_size_of_the_blocks_changes_nothing(stored: Stored, path: Path, block_bytes: int) -> None:
    assert stored.drain(stored.open(path, block_bytes=block_bytes)) == path.read_bytes()
    assert stored.positions.popitem()[1].offset == path.stat().st_size


@pytest.mark.parametrize(
    "text", [b"\n" * 5000, b"\n" * 500 + b"x" * 5000 + b"\n", b"x" * 5000 + b"\n" * 500, b"ab\n" * 999 + b"\n"]
)
def test_a_chunk_of_short_lines_is_cut_and_says_the_same(stored: Stored, path: Path, text: bytes) -> None:
    path.write_bytes(FIRST + text)
    source = FileSource(path, lambda *_: None, False, block_bytes=100_000, chunk_lines=7)
    stored.sources.append(source)
    chunks = list(source.read())
    assert max(chunk.block.count(b"\n") for chunk in chunks) <= 7
    assert b"".join(chunk.block for chunk in chunks) == FIRST + text
    assert [chunk.start for chunk in chunks[1:]] == [chunk.next.offset for chunk in chunks[:-1]]


def test_positions_of_lines_are_byte_offsets(stored: Stored, path: Path) -> None:
    (chunk,) = stored.open(path).read()
    assert [(chunk.position(index), chunk.line(index)) for index in range(3)] == [
        (0, FIRST[:-1]),
        (len(FIRST), b"second"),
        (len(FIRST) + 7, b"third"),
    ]


def test_a_log_that_was_renamed_and_packed_goes_on_where_it_was(stored: Stored, path: Path) -> None:
    stored.drain(stored.open(path))
    packed = path.with_name("archive")
    packed.write_bytes(gzip.compress(path.read_bytes() + b"fourth\n"))
    assert stored.drain(stored.open(packed)) == b"fourth\n"


def test_another_log_begins_at_its_beginning(stored: Stored, path: Path) -> None:
    stored.drain(stored.open(path))
    path.write_bytes(b"another first line\nsecond\n")
    assert stored.drain(stored.open(path)) == b"another first line\nsecond\n"


@pytest.mark.parametrize("text", [FIRST + b"sec0nd\nthird\n", FIRST + b"second\n", FIRST])
def test_a_log_that_changed_before_our_position_is_refused(stored: Stored, path: Path, text: bytes) -> None:
    stored.drain(stored.open(path))
    path.write_bytes(text)
    with pytest.raises(PositionLost, match="--from-start"):
        stored.drain(stored.open(path))


def test_an_unfinished_last_line_waits_when_the_log_is_followed(stored: Stored, path: Path) -> None:
    path.write_bytes(FIRST + b"unfin")
    source = stored.open(path, follow=True)
    assert stored.drain(source) == FIRST
    with path.open("ab") as file:
        file.write(b"ished\n")
    assert stored.drain(source) == b"unfinished\n"


def test_an_unfinished_first_line_waits_too(stored: Stored, path: Path) -> None:
    path.write_bytes(FIRST[:10])
    source = stored.open(path, follow=True)
    assert stored.drain(source) == b""
    assert source.progress() == (0, 0)
    path.write_bytes(FIRST)
    assert stored.drain(source) == FIRST


def test_once_a_log_without_a_whole_line_is_refused_and_read_when_it_has_one(stored: Stored, path: Path) -> None:
    path.write_bytes(FIRST[:10])
    with pytest.raises(SourceError, match=r"no whole line yet.*10 bytes.*--once"):
        stored.drain(stored.open(path))
    path.write_bytes(FIRST)
    assert stored.drain(stored.open(path)) == FIRST


def test_once_an_unfinished_last_line_is_taken_and_taken_again_when_it_has_grown(stored: Stored, path: Path) -> None:
    path.write_bytes(FIRST + b"unfin")
    assert stored.drain(stored.open(path)) == FIRST + b"unfin\n"
    path.write_bytes(FIRST + b"unfinished\n")
    assert stored.drain(stored.open(path)) == b"unfinished\n"
    assert stored.drain(stored.open(path)) == b""


def test_a_rotated_log_is_read_to_its_end_and_then_the_new_one(stored: Stored, path: Path) -> None:
    source = stored.open(path, follow=True)
    stored.drain(source)
    with path.open("ab") as file:
        file.write(b"last words")
    path.rename(path.with_suffix(".1"))
    path.write_bytes(b"a new log\n")
    assert stored.drain(source) == b"last words\na new log\n"


def test_a_log_that_is_moved_away_is_waited_for(stored: Stored, path: Path) -> None:
    source = stored.open(path, follow=True)
    stored.drain(source)
    path.unlink()
    assert stored.drain(source) == b""


def test_a_log_that_is_emptied_and_written_anew_is_read_from_its_beginning(stored: Stored, path: Path) -> None:
    source = stored.open(path, follow=True)
    stored.drain(source)
    path.write_bytes(b"short\n")
    assert stored.drain(source) == b"short\n"


@pytest.mark.parametrize("size", [LINE_BYTES_MAX + 1, 1_500_000, 5_000_000])
@pytest.mark.parametrize("end", [b"", b"\nafter\nlast\n"])
def test_an_endless_line_takes_no_endless_memory_and_loses_no_place(
    stored: Stored, path: Path, size: int, end: bytes
) -> None:
    path.write_bytes(FIRST + b"x" * size + end)
    chunks = list(stored.open(path, block_bytes=100_000).read())
    assert max(len(chunk.block) for chunk in chunks) < 1_200_000
    lines = [
        (chunk.position(n), chunk.line(n)[:KEPT_BYTES_MAX])
        for chunk in chunks
        for n in range(chunk.block.count(b"\n"))
    ]
    behind = len(FIRST) + size + 1
    after = [(behind, b"after"), (behind + 6, b"last")] if end else []
    assert lines == [(0, FIRST[:-1]), (len(FIRST), b"x" * min(size, KEPT_BYTES_MAX)), *after]
    assert chunks[-1].next.offset == (path.stat().st_size if end else len(FIRST))


def test_a_position_behind_an_endless_line_is_found_again(stored: Stored, path: Path) -> None:
    path.write_bytes(FIRST + b"x" * 3_000_000 + b"\nafter\n")
    stored.drain(stored.open(path))
    with path.open("ab") as file:
        file.write(b"later\n")
    assert stored.drain(stored.open(path)) == b"later\n"


def test_a_first_line_without_end_is_known_by_its_beginning(stored: Stored, path: Path) -> None:
    path.write_bytes(b"y" * 100_000 + b"\nsecond\n")
    stored.drain(stored.open(path, follow=True))
    assert stored.drain(stored.open(path)) == b""


def test_a_gzip_member_that_is_still_written_is_read_as_far_as_it_goes(stored: Stored, path: Path) -> None:
    text = FIRST + b"".join(b"line %d\n" % number for number in range(20_000))
    packed = gzip.compress(text)
    path.write_bytes(packed[: len(packed) // 2])
    source = stored.open(path, follow=True, block_bytes=100_000)
    half = stored.drain(source)
    path.write_bytes(packed)
    assert 0 < len(half) < len(text)
    assert half + stored.drain(source) == text


def test_once_a_torn_gzip_log_is_refused_after_its_whole_lines(stored: Stored, path: Path) -> None:
    packed = gzip.compress(FIRST + b"".join(b"line %d\n" % number for number in range(20_000)))
    path.write_bytes(packed[:-100])
    blocks = stored.open(path).read()
    assert next(blocks).block.startswith(FIRST)
    with pytest.raises(SourceError, match="ends inside a member"):
        list(blocks)


@pytest.mark.parametrize("size", [2, 5, 25])
def test_once_a_gzip_log_that_is_torn_before_its_first_line_ends_is_refused(
    stored: Stored, path: Path, size: int
) -> None:
    path.write_bytes(gzip.compress(FIRST)[:size])
    with pytest.raises(SourceError, match="ends inside a member"):
        stored.drain(stored.open(path))
    assert stored.drain(stored.open(path, follow=True)) == b""


@pytest.mark.parametrize("padding", [1, 1_000_000])
def test_zeros_behind_a_gzip_member_are_padding(stored: Stored, path: Path, padding: int) -> None:
    path.write_bytes(gzip.compress(FIRST) + bytes(padding))
    source = stored.open(path, block_bytes=100)
    assert stored.drain(source) == FIRST
    with path.open("ab") as file:
        file.write(gzip.compress(b"second\n") + bytes(padding))
    assert stored.drain(source) == b"second\n"


def test_a_damaged_gzip_log_is_refused_with_the_place(stored: Stored, path: Path) -> None:
    packed = bytearray(gzip.compress(FIRST * 1000))
    packed[-8] ^= 0xFF
    path.write_bytes(packed)
    with pytest.raises(SourceError, match=r"damaged at .*before byte"):
        stored.drain(stored.open(path))


def test_a_log_that_is_not_there_is_refused_with_the_way_out(stored: Stored, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="give file:PATH"):
        stored.drain(stored.open(tmp_path / "nowhere.log"))


def test_an_empty_log_has_no_lines(stored: Stored, path: Path) -> None:
    path.write_bytes(b"")
    assert stored.drain(stored.open(path)) == b""


@pytest.mark.parametrize("url", ["file:", "file://host/path", "file:///path?follow=1"])
def test_a_file_url_that_says_something_else_is_refused(url: str) -> None:
    with pytest.raises(SettingError):
        open_source(url, lambda *_: None, follow=False)
