"""What lines do to the store, and that doing it again does nothing."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import StoreError
from core.events import Reason
from ingest.chunk import FileChunk, Position
from ingest.digest import digest
from ingest.effects import Effects
from ingest.event_store import EventStore
from ingest.lines import KEPT_BYTES_MAX
from ingest.rejected import RejectedLines

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> EventStore:
    return EventStore(tmp_path / "events.db")


def take(store: EventStore, *lines: str, start: int = 0, stars_max: int = 10) -> int:
    """Store lines that begin at `start` of one log. Returns the batch."""
    text = "".join(line + "\n" for line in lines).encode()
    chunk = FileChunk("file:log", start, Position(start + len(text), text[-64:]), text)
    effects = Effects()
    digest(chunk, effects, stars_max)
    return store.commit(effects, [("file:log", 0, start, chunk.last)], {("file:log", 0): chunk.next}, NOW)


def rows(store: EventStore, table: str, columns: str = "*") -> list[tuple]:
    return list(store._db.execute(f"SELECT {columns} FROM {table}"))


def test_minutes_of_a_viewing_are_one_row(store: EventStore) -> None:
    lines = [f"2026-02-14T12:{minute:02}:30,42,GET /data/m/heat+1995/{minute}.mpg" for minute in (0, 1, 2, 9)]
    take(store, *lines)
    assert rows(store, "watches", "user_id, movie_id, minutes, seen, last_us - first_us") == [
        (42, "heat+1995", 4, b"\x07\x02", 9 * 60_000_000)
    ]


def test_a_minute_that_comes_twice_counts_once(store: EventStore) -> None:
    line = "2026-02-14T12:00:30,42,GET /data/m/heat+1995/130.mpg"
    take(store, line, line)
    before = rows(store, "watches")
    take(store, line, start=200)
    assert rows(store, "watches") == before
    assert before[0][2] == 1


def test_minutes_that_come_later_are_united(store: EventStore) -> None:
    take(store, "2026-02-14T12:00:30,42,GET /data/m/heat+1995/0.mpg")
    batch = take(store, "2026-02-14T11:00:30,42,GET /data/m/heat+1995/1439.mpg", start=100)
    ((minutes, span, last_batch),) = rows(store, "watches", "minutes, last_us - first_us, batch")
    assert (minutes, span, last_batch) == (2, 3600_000_000, batch)


def test_the_last_rating_by_time_counts_whatever_the_order(store: EventStore) -> None:
    take(store, "2026-02-14T12:00:05,42,GET /rate/heat+1995=9", "2026-02-14T12:00:01,42,GET /rate/heat+1995=3")
    take(store, "2026-02-14T12:00:02,42,GET /rate/heat+1995=4", start=200)
    assert rows(store, "ratings", "stars") == [(9,)]
    take(store, "2026-02-14T12:00:06,42,GET /rate/heat+1995=5", start=300)
    assert rows(store, "ratings", "id, stars") == [(1, 5)]


def test_of_two_ratings_at_the_same_time_the_later_line_counts(store: EventStore) -> None:
    line = "2026-02-14T12:00:05,42,GET /rate/heat+1995={}"
    take(store, line.format(9), line.format(8))
    assert rows(store, "ratings", "stars") == [(8,)]
    take(store, line.format(7), start=200)
    assert rows(store, "ratings", "stars") == [(7,)]


def test_the_earliest_account_line_counts(store: EventStore) -> None:
    take(store, "2026-02-14T12:00:05,42,GET /create_account", "2026-02-14T12:00:03,42,GET /create_account")
    take(store, "2026-02-14T12:00:04,42,GET /create_account", start=200)
    assert rows(store, "accounts", "user_id, at_us % 60000000") == [(42, 3_000_000)]


def test_each_different_request_is_one_row(store: EventStore) -> None:
    line = "2026-02-14T12:00:05,42,recommendation request h:1, status 200, result: heat+1995, avatar+2009, {} ms"
    error = "2026-02-14T12:00:05,42,recommendation request h:1, status 0, result: Timeout, 832 ms"
    take(store, line.format(3), line.format(4), line.format(3), error)
    take(store, line.format(3), start=900)
    assert rows(store, "requests", "user_id, host, status, movies, error, elapsed_ms") == [
        (42, "h:1", 200, "heat+1995,avatar+2009", "", 3),
        (42, "h:1", 200, "heat+1995,avatar+2009", "", 4),
        (42, "h:1", 0, "", "Timeout", 832),
    ]


def test_a_batch_says_what_it_held(store: EventStore) -> None:
    take(store, "2026-02-14T12:00:05,42,GET /create_account", "rubbish", "1970-01-01T00:00:01,1,GET /create_account")
    assert rows(store, "batches", "batch, source, lines, rejected, first_us, last_us - first_us, committed_us") == [
        (1, "file:log", 3, 1, 1_000_000, 1771070404_000_000, 1795132800_000_000)
    ]


def test_positions_are_stored_with_the_effects(store: EventStore) -> None:
    assert store.position("file:log", 0) is None
    take(store, "rubbish")
    assert store.position("file:log", 0) == Position(8, b"rubbish\n")


def test_a_commit_that_fails_leaves_nothing(store: EventStore) -> None:
    effects = Effects()
    effects.accounts = {1: 2, 3: None}  # the second row can not be stored
    with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
        store.commit(effects, [], {("file:log", 0): Position(5)}, NOW)
    assert store.position("file:log", 0) is None
    assert rows(store, "accounts") == rows(store, "batches") == []


def test_rejected_lines_are_kept_with_place_and_reason(store: EventStore, tmp_path: Path) -> None:
    take(store, "2026-02-14T12:00:05,42,GET /create_account", "rubbish", "", start=1000)
    lines = RejectedLines(tmp_path / "events.db")
    assert lines.counts() == {Reason.EMPTY: 1, Reason.FIELDS: 1}
    assert [(line.position, line.line) for line in lines.newest(None, 10)] == [(1051, b""), (1043, b"rubbish")]
    assert [line.position for line in lines.newest(Reason.FIELDS, 10)] == [1043]
    assert len(list(lines.newest(None, 1))) == 1


def test_an_overlong_line_is_kept_up_to_the_cap(store: EventStore) -> None:
    take(store, "x" * (KEPT_BYTES_MAX + 1), "y")
    assert rows(store, "rejected", "length(line), reason, position") == [
        (KEPT_BYTES_MAX, "line too long", 0),
        (1, "fewer than three fields", KEPT_BYTES_MAX + 2),
    ]


def test_lines_that_are_read_again_are_judged_again(store: EventStore) -> None:
    take(store, "rubbish", "2026-02-14T12:00:05,42,GET /rate/heat+1995=9", stars_max=5)
    take(store, "rubbish", "2026-02-14T12:00:05,42,GET /rate/heat+1995=9", stars_max=10)
    assert rows(store, "rejected", "line") == [(b"rubbish",)]
    assert rows(store, "ratings", "stars") == [(9,)]


def test_a_reader_that_is_behind_takes_nothing_back(store: EventStore) -> None:
    take(store, "ahead", "rubbish", "2026-02-14T12:00:05,42,GET /create_account")
    position = store.position("file:log", 0)
    take(store, "ahead")
    assert store.position("file:log", 0) == position
    assert rows(store, "rejected", "line, position") == [(b"rubbish", 6), (b"ahead", 0)]


def test_what_another_read_between_two_stretches_of_ours_stays_rejected(store: EventStore) -> None:
    take(store, "theirs", start=6)
    store.commit(Effects(), [("file:log", 0, 0, 0), ("file:log", 0, 13, 20)], {("file:log", 0): Position(27)}, NOW)
    assert rows(store, "rejected", "line") == [(b"theirs",)]


def test_a_rewound_partition_is_read_from_its_start_and_keeps_what_was_rejected(store: EventStore) -> None:
    take(store, "a", "rubbish")
    store.rewind("file:log", 0)
    assert store.position("file:log", 0) is None
    take(store, "b")
    assert store.position("file:log", 0) == Position(2, b"b\n")
    assert rows(store, "rejected", "line, position") == [(b"rubbish", 2), (b"b", 0)]


def test_replay_gives_accepted_lines_their_effects_once(store: EventStore) -> None:
    take(store, "rubbish", "2026-02-14T12:00:05,42,GET /rate/heat+1995=9", stars_max=5)
    replayed = store.replay(10, NOW)
    assert (replayed.accepted, replayed.rejected) == ({"ratings": 1}, {Reason.FIELDS: 1})
    assert rows(store, "ratings", "stars, batch") == [(9, 2)]
    assert rows(store, "rejected", "line, batch") == [(b"rubbish", 1)]
    again = store.replay(10, NOW)
    assert (again.accepted, again.rejected) == ({}, {Reason.FIELDS: 1})
    assert len(rows(store, "batches")) == 2


def test_replay_writes_the_reason_that_holds_now(store: EventStore) -> None:
    take(store, "2026-02-14T12:00:05,42,GET /rate/heat+1995=99")
    store._db.execute("UPDATE rejected SET reason = 'unknown kind of event'")
    assert store.replay(10, NOW).rejected == {Reason.STARS_RANGE: 1}
    assert rows(store, "rejected", "reason") == [("stars out of range",)]


def test_a_missing_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no store at .*events\.db"):
        RejectedLines(tmp_path / "events.db")
