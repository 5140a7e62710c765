"""Plays of a user and a film as readers of the store are told of them, and again when a late line changes them."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.effects import Effects, microseconds
from ingest.event_reader import EventReader
from ingest.event_store import EventStore
from ingest.lines import parse_line

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


def watch(path: Path, *times: str, user: int = 42, movie: str = "heat+1995") -> None:
    """Store a minute at each of these times as one batch."""
    effects = Effects()
    for minute, time in enumerate(times):
        effects.add(parse_line(f"2026-02-{time},{user},GET /data/m/{movie}/{minute}.mpg".encode()))
    store = EventStore(path)
    store.commit(effects, [], {}, NOW)
    store.close()


def us(time: str) -> int:
    return microseconds(datetime.fromisoformat(f"2026-02-{time}").replace(tzinfo=UTC))


def plays(path: Path, after_batch: int = 0) -> list[tuple[int, int]]:
    frame, _ = EventReader(path).plays(after_batch)
    return list(frame[["start_us", "end_us"]].itertuples(index=False, name=None))


def test_minutes_of_one_evening_are_one_play(path: Path) -> None:
    watch(path, "14T20:00:00", "14T20:01:00", "14T23:00:00")
    assert plays(path) == [(us("14T20:00:00"), us("14T23:00:00"))]


def test_a_play_starts_anew_after_six_hours_and_not_a_second_before(path: Path) -> None:
    watch(path, "14T06:00:00", "14T11:59:59", user=1)
    watch(path, "14T06:00:00", "14T12:00:00", user=2)
    frame, _ = EventReader(path).plays()
    assert frame["user_id"].tolist() == [1, 2, 2]


def test_a_minute_of_the_next_day_in_a_later_batch_is_another_play(path: Path) -> None:
    watch(path, "14T20:00:00")
    watch(path, "15T20:00:00")
    assert plays(path) == [(us("14T20:00:00"),) * 2, (us("15T20:00:00"),) * 2]


def test_a_late_line_moves_a_start_and_the_pair_is_told_again(path: Path) -> None:
    watch(path, "14T20:00:00", "15T20:00:00")
    watch(path, "15T19:00:00")
    assert plays(path, after_batch=1) == [(us("14T20:00:00"),) * 2, (us("15T19:00:00"), us("15T20:00:00"))]


def test_a_late_line_that_joins_two_plays_is_told_though_its_minute_was_seen_before(path: Path) -> None:
    watch(path, "14T08:00:00", "14T16:00:00")
    assert len(plays(path)) == 2
    watch(path, "14T12:00:00")
    assert plays(path, after_batch=1) == [(us("14T08:00:00"), us("14T16:00:00"))]


def test_the_same_lines_again_tell_nothing_new(path: Path) -> None:
    watch(path, "14T08:00:00", "14T16:00:00")
    watch(path, "14T08:00:00", "14T16:00:00")
    assert plays(path, after_batch=1) == []


def test_a_page_ends_with_a_whole_batch_and_the_next_one_goes_on_there(path: Path) -> None:
    for day in (10, 11, 12):
        watch(path, f"{day}T20:00:00", user=day, movie="up+2009")
        watch(path, f"{day}T22:00:00", user=day, movie="heat+1995")
    watch(path, user=1)  # a batch without minutes
    reader = EventReader(path)
    pages, batch = [], 0
    for _ in range(3):
        frame, batch = reader.plays(batch, pairs=4)
        pages.append((frame["movie_id"].tolist(), batch))
    assert pages == [(["up+2009", "heat+1995"] * 2, 4), (["up+2009", "heat+1995"], 7), ([], 7)]


def test_a_mark_tells_batches_and_stores_apart(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    watch(path, "14T20:00:00")
    watch(other, "14T20:00:00")
    marks = [
        EventReader(path).mark(1),
        EventReader(other).mark(1),
        EventReader(path).mark(2),
        EventReader(path).mark(0),
    ]
    assert len(set(marks)) == 3
    assert marks[2:] == ["", ""]
    assert EventReader(path).mark(1) == marks[0]


def test_no_plays_have_the_same_columns_and_types(path: Path) -> None:
    watch(path)
    empty, batch = EventReader(path).plays()
    watch(path, "14T20:00:00")
    full, _ = EventReader(path).plays()
    assert batch == 1
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert list(full.columns) == ["user_id", "movie_id", "start_us", "end_us", "batch"]


def test_rows_of_a_store_of_before_are_one_play_each_and_later_minutes_are_told_apart(path: Path) -> None:
    watch(path, "10T20:00:00", "12T20:00:00")
    store = sqlite3.connect(path)
    store.execute("ALTER TABLE watches DROP COLUMN pauses")
    store.execute("DELETE FROM _sqlite_migrations WHERE name = 'pauses_between_plays'")
    store.commit()
    store.close()
    watch(path, "14T20:00:00")
    assert plays(path) == [(us("10T20:00:00"), us("12T20:00:00")), (us("14T20:00:00"),) * 2]
