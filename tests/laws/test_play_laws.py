"""Laws of plays: what is a play depends on the set of minutes alone, and is what looking at all of them would say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunk import MessageChunk
from ingest.digest import digest
from ingest.effects import Effects, microseconds
from ingest.event_reader import EventReader
from ingest.event_store import EventStore
from ingest.plays import PLAY_GAP_US, pack_pauses, unite_pauses, united, unpack_plays

NOW = datetime(2026, 11, 20, tzinfo=UTC)
MIDNIGHT = datetime(2026, 2, 14, tzinfo=UTC)
QUARTER_S = 15 * 60
times_us = st.lists(st.integers(0, 10).map(lambda hours: hours * PLAY_GAP_US // 3), min_size=1)
# Minutes a quarter of an hour apart, or a second before or after, of four pairs: six hours are met from both sides.
quarters = st.sampled_from([0, 1, 12, 23, 24, 25, 36, 48, 49, 200])
minutes = st.tuples(quarters, st.integers(-1, 1), st.integers(1, 2), st.sampled_from("ab"))
deliveries = st.lists(st.lists(minutes, min_size=1, max_size=12), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EventStore, EventReader]]:
    path = tmp_path_factory.mktemp("laws") / "events.db"
    store = EventStore(path)
    store._db.execute("PRAGMA synchronous=OFF")
    yield store, EventReader(path)
    store.close()


@settings(deadline=None)
@given(deliveries)
def test_plays_are_those_of_all_minutes_in_order_of_time_however_they_came(store, batches) -> None:
    events, reader = store
    events._db.execute("DELETE FROM watches")
    for number, batch in enumerate(batches):
        effects = Effects()
        lines = [line(*minute) for minute in batch]
        digest(MessageChunk("kafka:t", number, list(range(len(lines))), lines), effects, 10)
        events.commit(effects, [], {}, NOW)
    frame, _ = reader.plays()
    told = sorted(frame[["user_id", "movie_id", "start_us", "end_us"]].itertuples(index=False, name=None))
    assert told == by_looking_at_all([minute for batch in batches for minute in batch])


@given(times_us, st.lists(times_us, max_size=4))
def test_plays_of_pieces_are_the_plays_of_the_whole(first, rest) -> None:
    whole = united((time, time) for piece in (first, *rest) for time in piece)
    pieces = [united((time, time) for time in piece) for piece in (first, *rest)]
    assert united(play for piece in pieces for play in piece) == whole


@given(times_us, times_us)
def test_pauses_of_two_rows_are_those_of_their_plays(one, other) -> None:
    rows = []
    for times in (one, other):
        plays = united((time, time) for time in times)
        assert unpack_plays(min(times), max(times), pack_pauses(plays)) == plays
        rows += min(times), max(times), pack_pauses(plays)
    assert unite_pauses(*rows) == pack_pauses(united((time, time) for time in one + other))


def at(quarter: int, second: int) -> datetime:
    return MIDNIGHT + timedelta(seconds=quarter * QUARTER_S + second)


def line(quarter: int, second: int, user: int, movie: str) -> bytes:
    time = at(quarter, second).replace(tzinfo=None).isoformat()
    return f"{time},{user},GET /data/m/{movie}/{quarter % 70}.mpg".encode()


def by_looking_at_all(watched: list[tuple[int, int, int, str]]) -> list[tuple[int, str, int, int]]:
    """Every minute in order of time; a new play where the one before is six hours away."""
    plays: list[tuple[int, str, int, int]] = []
    for user, movie, time in sorted((user, movie, at(*moment)) for *moment, user, movie in watched):
        us = microseconds(time)
        if plays and plays[-1][:2] == (user, movie) and us - plays[-1][3] < PLAY_GAP_US:
            plays[-1] = (*plays[-1][:3], us)
        else:
            plays.append((user, movie, us, us))
    return plays
