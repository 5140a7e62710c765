"""What models read of the events."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from core.errors import StoreError
from core.events import RatingGiven
from ingest.effects import Effects, microseconds
from ingest.event_reader import EventReader
from ingest.event_store import EventStore
from ingest.lines import parse_line

NOW = datetime(2026, 11, 20, tzinfo=UTC)
COLUMNS = ["user_id", "movie_id", "minutes", "stars", "first_us", "last_us", "order"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


def take(path: Path, *lines: str) -> None:
    effects = Effects()
    for line in lines:
        effects.add(parse_line(f"2026-02-14T{line}".encode()))
    store = EventStore(path)
    store.commit(effects, [], {}, NOW)
    store.close()


def second(minute: int, number: int) -> int:
    return microseconds(datetime(2026, 2, 14, 12, minute, number, tzinfo=UTC))


def test_a_pair_that_was_watched_and_rated_is_one_row(path: Path) -> None:
    take(path, "12:00:01,42,GET /data/m/heat+1995/0.mpg", "12:01:01,42,GET /data/m/heat+1995/1.mpg")
    take(path, "12:01:09,42,GET /rate/heat+1995=9")
    (row,) = EventReader(path).interactions().itertuples(index=False)
    assert row == (42, "heat+1995", 2, 9.0, second(0, 1), second(1, 9), 0)


def test_what_is_only_watched_has_no_stars_and_what_is_only_rated_no_minutes(path: Path) -> None:
    take(path, "12:00:01,1,GET /data/m/heat+1995/0.mpg", "12:00:02,2,GET /rate/heat+1995=9")
    frame = EventReader(path).interactions()
    assert frame["minutes"].tolist() == [1, 0]
    assert np.isnan(frame["stars"][0])
    assert frame["stars"][1] == 9


def test_rows_come_in_order_of_time_then_of_arrival(path: Path) -> None:
    take(path, "12:00:09,1,GET /rate/z+1995=9", "12:00:02,9,GET /rate/b+1995=9", "12:00:02,3,GET /rate/a+1995=9")
    take(path, "12:00:02,7,GET /data/m/c+1995/0.mpg", "12:00:01,8,GET /data/m/d+1995/0.mpg")
    frame = EventReader(path).interactions()
    assert frame["user_id"].tolist() == [8, 7, 9, 3, 1]
    assert frame["order"].tolist() == [0, 1, 2, 3, 4]


def test_only_pairs_that_changed_after_a_batch_are_read_when_asked(path: Path) -> None:
    take(path, "12:00:01,1,GET /data/m/heat+1995/0.mpg", "12:00:02,2,GET /data/m/heat+1995/0.mpg")
    take(path, "12:00:01,1,GET /data/m/heat+1995/0.mpg", "12:00:03,3,GET /rate/heat+1995=2")
    take(path, "12:00:05,2,GET /rate/heat+1995=9")
    reader = EventReader(path)
    assert reader.last_batch() == 3
    assert reader.interactions(after_batch=1)[["user_id", "minutes", "stars"]].values.tolist() == [
        [3, 0, 2],
        [2, 1, 9],
    ]
    assert reader.interactions(after_batch=3).empty


def test_an_empty_store_has_the_same_columns_and_types(path: Path) -> None:
    take(path, "12:00:01,1,GET /create_account")
    empty = EventReader(path).interactions()
    assert empty.empty
    take(path, "12:00:02,2,GET /rate/heat+1995=9")
    full = EventReader(path).interactions()
    assert list(empty.columns) == list(full.columns) == COLUMNS
    assert empty.dtypes.tolist() == full.dtypes.tolist()
    assert full["movie_id"].dtype == "str"


def test_users_films_and_rows_are_counted(path: Path) -> None:
    reader_of_none = EventStore(path)
    reader_of_none.close()
    assert EventReader(path).last_batch() == 0
    request = "12:00:03,4,recommendation request h:1, status 200, result: avatar+2009, 3 ms"
    take(path, "12:00:01,1,GET /create_account", "12:00:02,2,GET /rate/heat+1995=9", request)
    take(path, "12:00:02,3,GET /data/m/up+2009/0.mpg")
    reader = EventReader(path)
    assert reader.user_ids() == {1, 2, 3, 4}
    assert reader.movie_ids() == {"heat+1995", "up+2009"}
    assert reader.counts() == {"watches": 1, "ratings": 1, "accounts": 1, "requests": 1, "rejected": 0}


def test_a_reader_sees_what_was_committed_and_does_not_hold_up_the_writer(path: Path) -> None:
    take(path, "12:00:01,1,GET /rate/heat+1995=1")
    reader = EventReader(path)
    assert len(reader.interactions()) == 1
    take(path, "12:00:02,2,GET /rate/heat+1995=9")
    assert len(reader.interactions()) == 2
    reader.close()


def test_a_store_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(StoreError, match="no store"):
        EventReader(path)


def test_effects_count_events_by_kind() -> None:
    effects = Effects()
    effects.add(RatingGiven(NOW, 1, "heat+1995", 9))
    assert effects.lines == effects.kinds["ratings"] == 1
