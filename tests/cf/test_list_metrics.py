import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf import metrics
from cf.interactions import History
from cf.lists import best_unseen, hits_of


def test_ndcg_of_a_worked_example():
    # hits at ranks 1 and 3 of 4, three relevant films: (1 + 1/log2(4)) / (1 + 1/log2(3) + 1/log2(4))
    found = metrics.ndcg(np.array([[True, False, True, False]]), np.array([3]))
    assert found == pytest.approx([1.5 / 2.13093], abs=1e-5)


def test_ndcg_is_one_when_the_list_begins_with_all_test_films():
    hits = np.array([[True, True, False], [True, True, True]])
    assert metrics.ndcg(hits, np.array([2, 40])) == pytest.approx([1, 1])


def test_recall_counts_against_all_test_films():
    assert metrics.recall(np.array([[True, True]]), np.array([8])).tolist() == [0.25]


def test_hit_asks_for_one_film_only():
    assert metrics.hit(np.array([[True, True], [False, True], [False, False]])).tolist() == [1, 1, 0]


def test_novelty_of_a_film_that_half_of_the_users_have_is_one_bit():
    assert metrics.novelty(np.array([[1], [0]]), np.array([1, 32]), 64).tolist() == [1, 6]


def test_novelty_leaves_out_places_without_a_film():
    assert metrics.novelty(np.array([[1, metrics.NO_MOVIE]]), np.array([1, 32]), 64).tolist() == [1]


def test_coverage_is_the_share_of_films_that_anybody_gets():
    lists = np.array([[0, 1], [0, metrics.NO_MOVIE], [2, 0]])
    assert metrics.coverage(lists, 10).mean() == pytest.approx(0.3)


def test_coverage_gives_weight_to_users_who_alone_get_a_film():
    low, high = metrics.coverage(np.array([[0, 1], [0, 2], [0, 1]]), 4)[:2]
    assert high > low


class Fixed:
    """A scorer with given scores."""

    def __init__(self, scores):
        self._scores = np.array(scores, np.float32)

    def scores(self, history, rows):
        return self._scores[rows]


def history_of(*films):
    start = np.cumsum([0, *map(len, films)])
    movies = np.array([movie for own in films for movie in own], np.int32)
    return History(start, movies, np.ones(len(movies), np.float32))


def test_a_list_has_the_best_films_that_the_user_does_not_have():
    scorer = Fixed([[5, 4, 3, 2], [1, 2, 3, 4]])
    lists = best_unseen(scorer, history_of([0], []), np.array([0, 1]), 2)
    assert lists.tolist() == [[1, 2], [3, 2]]


def test_a_list_that_runs_out_of_films_says_so():
    lists = best_unseen(Fixed([[5, 4, 3]]), history_of([0, 2]), np.array([0]), 5)
    assert lists.tolist() == [[1, -1, -1, -1, -1]]


def test_of_equal_scores_the_first_films_are_listed():
    lists = best_unseen(Fixed([[1, 2, 1, 1, 2], [0, 0, 0, 0, 0]]), history_of([], [1]), np.array([0, 1]), 3)
    assert lists.tolist() == [[1, 4, 0], [0, 2, 3]]


def test_what_is_not_a_number_is_listed_by_nobody():
    lists = best_unseen(Fixed([[np.nan, 2, 3], [np.nan] * 3]), history_of([], []), np.array([0, 1]), 2)
    assert lists.tolist() == [[2, 1], [metrics.NO_MOVIE] * 2]


@given(st.lists(st.lists(st.integers(0, 4), min_size=7, max_size=7), min_size=1, max_size=5), st.integers(1, 9))
def test_lists_are_those_of_a_full_sort(scores, k):
    lists = best_unseen(Fixed(scores), history_of(*([] for _ in scores)), np.arange(len(scores)), k)
    assert (lists[:, :7] == np.argsort(-np.array(scores), axis=1, kind="stable")[:, :k]).all()


def test_hits_are_the_listed_films_of_the_same_user():
    lists = np.array([[2, 0, -1], [2, 1, 0]])
    assert hits_of(lists, history_of([0, 3], [2])).tolist() == [[False, True, False], [True, False, False]]
