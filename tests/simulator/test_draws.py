"""Drawing without replacement follows the weights."""

from __future__ import annotations

import numpy as np

from simulator.draws import race


def test_a_column_is_drawn_as_often_as_its_weight_says():
    n = 20_000
    weights = np.tile(np.float32([1, 2, 5]), (n, 1))
    _, columns = race(weights, np.ones(n, dtype=int), np.random.default_rng(1))
    # One draw a row: standard error of a share is at most sqrt(.25 / 20,000) = 0.0035; four of them are allowed.
    assert np.abs(np.bincount(columns) / n - np.array([1, 2, 5]) / 8).max() < 4 * 0.0035


def test_a_row_gets_as_many_distinct_columns_as_it_asks_for():
    rows, columns = race(np.ones((3, 10), dtype=np.float32), np.array([0, 4, 10]), np.random.default_rng(2))
    assert np.bincount(rows, minlength=3).tolist() == [0, 4, 10]
    assert len(set(zip(rows.tolist(), columns.tolist(), strict=True))) == 14


def test_a_column_without_weight_is_never_drawn():
    weights = np.float32([[0, 1, 0, 1], [1, 0, 0, 0]])
    rows, columns = race(weights, np.array([4, 4]), np.random.default_rng(3))
    assert rows.tolist() == [0, 0, 1]
    assert sorted(columns.tolist()[:2]) == [1, 3]
    assert columns.tolist()[2] == 0


def test_nobody_asking_for_anything_gets_nothing():
    rows, columns = race(np.ones((2, 3), dtype=np.float32), np.array([0, 0]), np.random.default_rng(4))
    assert len(rows) == len(columns) == 0


def test_the_first_drawn_is_most_often_the_heaviest():
    n = 5_000
    weights = np.tile(np.float32([1, 9]), (n, 1))
    rows, columns = race(weights, np.full(n, 2), np.random.default_rng(5))
    firsts = columns[np.unique(rows, return_index=True)[1]]
    # Nine of ten in the mean; standard error sqrt(.09 / 5,000) = 0.0042; four of them are allowed.
    assert abs((firsts == 1).mean() - 0.9) < 4 * 0.0042
