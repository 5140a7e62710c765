"""The store is a function of the set of lines, not of how they were delivered."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunk import MessageChunk
from ingest.digest import digest
from ingest.effects import Effects
from ingest.event_store import EventStore

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TABLES = {
    "watches": "user_id, movie_id, minutes, seen, first_us, last_us, pauses",
    "ratings": "user_id, movie_id, stars, at_us",
    "accounts": "user_id, at_us",
    "requests": "at_us, user_id, host, status, movies, error, elapsed_ms",
    "rejected": "source, partition, position, line, reason",
}
bodies = st.one_of(
    st.builds("GET /data/m/{}/{}.mpg".format, st.sampled_from("ab"), st.integers(0, 140)),
    st.builds("GET /rate/{}={}".format, st.sampled_from("ab"), st.integers(0, 10)),
    st.just("GET /create_account"),
    st.builds("recommendation request h:1, status 200, result: a, {} ms".format, st.integers(1, 2)),
)
hours = st.sampled_from(["12:00", "12:00", "12:00", "12:01", "17:59", "18:00", "06:00", "23:59"])  # a play or several
lines = st.lists(
    st.builds("2026-02-14T{}:{:02},{},{}".format, hours, st.integers(0, 59), st.integers(1, 2), bodies),
    min_size=1,
    max_size=30,
)
cuts = st.sets(st.integers(1, 29), max_size=4)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventStore]:
    store = EventStore(tmp_path_factory.mktemp("laws") / "events.db")
    store._db.execute("PRAGMA synchronous=OFF")
    yield store
    store.close()


@settings(deadline=None)
@given(lines, cuts)
def test_any_split_into_batches_gives_the_same_state(store: EventStore, log: list[str], at: set[int]) -> None:
    numbered = _numbered(log)
    assert _state(store, [numbered]) == _state(store, _split(numbered, at))


@settings(deadline=None)
@given(lines, cuts)
def test_lines_that_come_twice_change_nothing(store: EventStore, log: list[str], at: set[int]) -> None:
    numbered = _numbered(log)
    assert _state(store, [numbered]) == _state(store, [numbered, *_split(numbered, at)])


@settings(deadline=None)
@given(lines, st.randoms(use_true_random=False), cuts)
def test_the_order_changes_nothing_where_no_film_is_rated_twice_at_one_time(store: EventStore, log, rng, at) -> None:
    numbered = _numbered({line.split("=")[0]: line for line in log}.values())
    shuffled = rng.sample(numbered, len(numbered))
    assert _state(store, [numbered]) == _state(store, _split(shuffled, at))


def _numbered(log) -> list[tuple[int, bytes]]:
    return [(number, line.encode()) for number, line in enumerate(log)]


def _split(numbered: list[tuple[int, bytes]], at: set[int]) -> list[list[tuple[int, bytes]]]:
    bounds = [0, *sorted(cut for cut in at if cut < len(numbered)), len(numbered)]
    return [numbered[start:end] for start, end in itertools.pairwise(bounds)]


def _state(store: EventStore, batches: list[list[tuple[int, bytes]]]) -> dict[str, list[tuple]]:
    """All rows that a new store would have after these batches."""
    for table in TABLES:
        store._db.execute(f"DELETE FROM {table}")
    for batch in batches:
        effects = Effects()
        digest(MessageChunk("kafka:t", 0, *map(list, zip(*batch, strict=True))), effects, 10)
        store.commit(effects, [], {}, NOW)
    return {t: store._db.execute(f"SELECT {c} FROM {t} ORDER BY {c}").fetchall() for t, c in TABLES.items()}
