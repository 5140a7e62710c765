"""The fast way through a block of lines says exactly what the parser says line by line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.events import Rejected
from ingest.chunk import FileChunk, MessageChunk, Position
from ingest.digest import digest
from ingest.effects import Effects, RejectedAt
from ingest.lines import parse_line

PLAIN = "{time},{user},GET /data/m/{movie}/{minute}.mpg"
times = st.sampled_from(
    [
        "2026-02-14T12:00",
        "2026-02-14T17:59:59",
        "2026-02-14T18:00:06",
        "2026-02-14T12:00:05",
        "2026-02-14T12:00:05.426",
        "2026-02-14T12:00:05.000001999",
    ]
    + ["2026-02-30T12:00:05", "2026-19-01T12:00:05", "2026-00-10T29:00", "2026-02-14T12:00:60", "1969-12-31T23:59"]
    + ["0000-01-01T00:00", "1000-01-01T00:00:00", "2900-02-29T00:00:00", "2026-02-14T12:00:05.1234567890"]
)
small = st.sampled_from(
    ["0", "1", "7", "63", "64", "65", "127", "128", "1439", "1440", "01", "2147483647", "2147483648", ""]
)
minutes = st.builds(
    PLAIN.format,
    time=times,
    user=small,
    movie=st.sampled_from(["a", "heat+1995", "1984+1956", "x" * 200, "x" * 201, "A", "a/b", "", "\xe9"]),
    minute=small,
).map(lambda text: text.encode("latin-1"))
others = st.sampled_from(
    [b"", b"\r", b"\xff", b"2026-02-14T12:00:05,7,GET /create_account", b"2026-02-14T12:00:05,7,GET /rate/a=9"]
    + [
        b"2026-02-14T12:00:06,7,GET /rate/a=8",
        b"2026-02-14T12:00:05,7,recommendation request h:1, status 200, result: a, 1 ms",
    ]
)
dirty = st.builds(
    lambda line, place, extra: line[: place % (len(line) + 1)] + extra + line[place % (len(line) + 1) :],
    minutes,
    st.integers(0, 100),
    st.sampled_from([b"\r", b"\0", b'"', b"\xc3\xa9", b"\xff", b"/", b",", b" ", b"5", b"\\"]),
)
rubbish = st.binary(max_size=40).map(lambda line: line.replace(b"\n", b""))
ended_by_return = minutes.map(lambda line: line + b"\r")
lines = st.lists(minutes | minutes | ended_by_return | others | dirty | rubbish, min_size=1, max_size=30)


@given(lines)
def test_a_block_of_a_file_is_digested_as_line_by_line(block: list[bytes]) -> None:
    text = b"".join(line + b"\n" for line in block)
    chunk = FileChunk("file:x", 100, Position(100 + len(text)), text)
    starts = [100 + sum(len(line) + 1 for line in block[:index]) for index in range(len(block))]
    assert _digested(chunk) == _one_by_one("file:x", 0, block, starts)


@given(st.lists(minutes | dirty | others | st.none() | st.just(b"a\nb"), min_size=1, max_size=20))
def test_messages_are_digested_as_one_by_one(values: list[bytes | None]) -> None:
    offsets = [3 * index for index in range(len(values))]
    assert _digested(MessageChunk("kafka:t", 2, offsets, values)) == _one_by_one("kafka:t", 2, values, offsets)


def _digested(chunk: FileChunk | MessageChunk) -> Effects:
    effects = Effects()
    digest(chunk, effects, 10)
    return effects


def _one_by_one(source: str, partition: int, values: list, positions: list[int]) -> Effects:
    effects = Effects()
    for value, position in zip(values, positions, strict=True):
        event = parse_line(value)
        if isinstance(event, Rejected):
            effects.reject(RejectedAt(source, partition, position, value, event.reason))
        else:
            effects.add(event)
    return effects
