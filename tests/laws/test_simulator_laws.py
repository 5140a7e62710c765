"""Laws of the simulated world: what holds for every seed, weight, title and time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ids import is_movie_id
from simulator.draws import race
from simulator.lines import java_time
from simulator.titles import movie_id
from simulator.world import World, WorldSize

UNITS_US = st.sampled_from([1, 1_000, 1_000_000, 60_000_000])  # round times are the interesting ones


def times_us(unit):
    return st.integers(-(10**15) // unit, 10**16 // unit).map(lambda count: count * unit)


TIMES_US = UNITS_US.flatmap(times_us)


@given(TIMES_US)
def test_a_java_time_says_the_time_to_the_microsecond(time_us):
    read = datetime.fromisoformat(java_time(time_us)).replace(tzinfo=UTC)
    assert read - datetime(1970, 1, 1, tzinfo=UTC) == timedelta(microseconds=time_us)


@given(TIMES_US)
def test_a_java_time_has_no_zeros_to_spare(time_us):
    digits = {60_000_000: 16, 1_000_000: 19, 1_000: 23, 1: 26}
    assert len(java_time(time_us)) == next(length for unit, length in digits.items() if time_us % unit == 0)


@given(st.text("abcXYZ0189éüñ ,.:'\"!?&/()#$;@-*_千", min_size=1, max_size=60), st.integers(1900, 2030))
def test_every_title_gives_an_id_of_the_sites_form(title, year):
    assert is_movie_id(movie_id(title, year))


@given(
    st.lists(st.lists(st.sampled_from([0.0, 0.5, 1.0, 40.0]), min_size=5, max_size=5), min_size=1, max_size=6),
    st.integers(0, 7),
    st.integers(0, 2**32),
)
def test_a_draw_takes_as_many_distinct_columns_as_it_can_and_none_without_weight(weights, count, seed):
    matrix = np.array(weights, dtype=np.float32)
    rows, columns = race(matrix, np.full(len(matrix), count), np.random.default_rng(seed))
    pairs = list(zip(rows.tolist(), columns.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    assert (matrix[rows, columns] > 0).all()
    expected = np.minimum((matrix > 0).sum(axis=1), count)
    assert np.bincount(rows, minlength=len(matrix)).tolist() == expected.tolist()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**63),
    st.integers(1, 20),
    st.integers(4, 30),
    st.integers(1, 3),
    st.sampled_from([0.2, 1, 1.5]),
)
def test_every_world_writes_exactly_the_lines_that_it_foretells(seed, users, movies, days, films_per_user):
    world = World.build(seed, WorldSize(users, movies, days, films_per_user), date(2026, 2, 28))
    lines = [line for lines in world.log.slices() for line in lines]
    assert len(lines) == len(world.log)
    assert lines == [line for lines in world.log.slices() for line in lines]
