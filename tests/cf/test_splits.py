import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf import SPLITS, Interactions
from cf.splits import per_user_last, time_split


def whole_of(users):
    """Interactions of these users, in order, each with another film."""
    ids, user = np.unique(np.array(users, np.int64), return_inverse=True)
    n = len(users)
    films = tuple(f"{m:04d}" for m in range(n))
    return Interactions(ids, films, user.astype("i4"), np.arange(n, dtype="i4"), np.ones(n, "f4"), np.arange(n) // 3)


histories = st.lists(st.integers(0, 6), max_size=60).map(whole_of)


@given(histories)
def test_parts_are_disjoint_and_make_up_the_whole(whole):
    for split in SPLITS.values():
        parts = split(whole)
        assert sorted([*parts.train.movie, *parts.test.movie]) == whole.movie.tolist()
        assert parts.train.users is whole.users


@given(histories)
def test_no_training_row_of_the_time_split_is_later_than_a_test_row(whole):
    parts = time_split(whole)
    assert len(parts.test) == int(len(whole) * 0.2)
    if len(parts.test) and len(parts.train):
        assert parts.train.at_us.max() <= parts.test.at_us.min()
        assert parts.train.movie.max() < parts.test.movie.min()  # ties: the order of arrival


@given(histories)
def test_each_user_is_tested_by_the_last_fifth_and_at_least_one(whole):
    parts = per_user_last(whole)
    for row in range(len(whole.users)):
        own = whole.movie[whole.user == row].tolist()
        n = max(1, int(len(own) * 0.2))
        assert parts.test.movie[parts.test.user == row].tolist() == own[-n:]
        assert parts.train.movie[parts.train.user == row].tolist() == own[:-n]


@pytest.mark.parametrize("split", SPLITS)
def test_a_film_that_is_touched_again_later_stays_in_training(split, words):
    frame = words.events([(1, f"film+{m:02d}", 9) for m in range(10)])
    frame.loc[0, "last_us"] = frame["last_us"].max() + words.day_us
    frame = frame.sort_values("last_us").assign(order=range(10))
    whole, _ = Interactions.from_frame(frame, frame["movie_id"], 10)
    parts = SPLITS[split](whole)
    assert parts.train.movie.tolist() == list(range(8))
    assert parts.test.movie.tolist() == [8, 9]
    assert parts.train.at_us.max() < parts.test.at_us.min()


def test_only_users_with_both_parts_are_judged():
    parts = per_user_last(whole_of([1, 2, 2, 3, 3, 3]))
    assert parts.judged().tolist() == [1, 2]
