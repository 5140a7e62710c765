import numpy as np
import pytest

from cf.holdout import SHARE, first_held_out, is_held_out, position

USERS = np.arange(1, 50_001)


def test_positions_are_evenly_spread():
    # 20 bins of 2,500 users: the count of a bin has a standard deviation of 49, and five of them are never left
    counts = np.histogram(position(USERS), bins=20, range=(0, 1))[0]
    assert np.abs(counts - 2500).max() < 5 * 49
    assert is_held_out(USERS).mean() == pytest.approx(SHARE, abs=0.007)


def test_who_is_held_out_depends_on_nobody_else():
    everybody, few = is_held_out(USERS), is_held_out(USERS[100:200])
    assert (everybody[100:200] == few).all()


def test_a_smaller_hold_out_is_part_of_a_larger_one():
    assert is_held_out(USERS, 0.2)[is_held_out(USERS, 0.1)].all()


def test_neighbouring_ids_have_nothing_in_common():
    at = position(USERS)
    assert abs(np.corrcoef(at[:-1], at[1:])[0, 1]) < 0.02  # the standard error is 1 / sqrt(50,000) = .0045


def test_the_first_of_the_hold_out_are_the_same_among_more_users():
    few = first_held_out(USERS[:1000].tolist(), 10_000, 0.2)
    many = first_held_out(USERS[:2000].tolist(), 10_000, 0.2)
    assert few == {user for user in many if user <= 1000}
    assert len(first_held_out(USERS.tolist(), 7, 0.2)) == 7
