import numpy as np
import pytest

from cf.bootstrap import mean_intervals


def test_the_interval_covers_the_true_mean_as_often_as_it_says(monkeypatch):
    # 400 runs at 95 %: the standard error of the share is sqrt(.95 * .05 / 400) = .011. A percentile interval
    # of 100 users covers slightly less than it says (about .94), hence .945 - 3.5 standard errors as the bound.
    monkeypatch.setattr("cf.bootstrap.DRAWS", 300)
    rng = np.random.default_rng(11)
    found = [mean_intervals(rng.exponential(1.0, (100, 1)), rng)[0] for _ in range(400)]
    covered = np.mean([interval.low <= 1.0 <= interval.high for interval in found])
    assert 0.905 <= covered <= 0.985


def test_it_agrees_with_the_normal_interval_on_many_users():
    values = np.random.default_rng(1).normal(5, 2, (4000, 1))
    [found] = mean_intervals(values, np.random.default_rng(2))
    half = 1.96 * values.std() / np.sqrt(4000)
    assert found.point == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=half * 0.15)


def test_a_paired_difference_is_narrower_than_its_parts():
    rng = np.random.default_rng(3)
    a = rng.normal(0, 1, 500)
    b = a + 0.1
    first, _, difference = mean_intervals(np.column_stack([a, b, b - a]), rng)
    assert (difference.low, difference.high) == pytest.approx((0.1, 0.1))
    assert first.high - first.low > 0.1


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(1).random((50, 2))
    assert mean_intervals(values, np.random.default_rng(9)) == mean_intervals(values, np.random.default_rng(9))
