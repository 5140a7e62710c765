import numpy as np
import pytest

from cf.genre_metrics import diversity, genre_shares, miscalibration
from cf.interactions import History
from cf.metrics import NO_MOVIE, mrr, popularity_lift, rmse

SHARES = genre_shares(("a", "b", "ab", "none"), {"a": ("A",), "b": ("B",), "ab": ("A", "B"), "elsewhere": ()})


def history_of(*films):
    start = np.cumsum([0, *map(len, films)])
    movies = np.array([movie for own in films for movie in own], np.int32)
    return History(start, movies, np.ones(len(movies), np.float32))


def test_the_genres_of_a_film_share_it():
    assert SHARES.tolist() == [[1, 0], [0, 1], [0.5, 0.5], [0, 0]]


def test_diversity_is_one_less_the_mean_cosine_of_pairs():
    # a-b: 0, a-ab and b-ab: cos 45 degrees each
    found = diversity(np.array([[0, 1, 2], [0, 1, NO_MOVIE], [0, 3, NO_MOVIE]]), SHARES)
    assert found == pytest.approx([1 - 2 * np.sqrt(0.5) / 3, 1, 0])


def test_a_list_with_the_users_own_genres_is_calibrated():
    found = miscalibration(np.array([[2, 2], [0, 1]]), history_of([0, 1], [2]), SHARES)
    assert found == pytest.approx([0, 0], abs=1e-12)


def test_a_genre_that_the_list_lacks_counts_in_bits():
    # own: half A, half B; list: all A. q = .99 * (1, 0) + .01 * (.5, .5)
    expected = 0.5 * np.log2(0.5 / 0.995) + 0.5 * np.log2(0.5 / 0.005)
    assert miscalibration(np.array([[0, 0]]), history_of([0, 1]), SHARES) == pytest.approx([expected])


def test_without_known_genres_nothing_is_said():
    found = miscalibration(np.array([[3, NO_MOVIE], [0, 1]]), history_of([0], [3]), SHARES)
    assert found.tolist() == [0, 0]


def test_reciprocal_rank_counts_the_first_hit_only():
    assert mrr(np.array([[False, True, True], [True, False, False]])).tolist() == [0.5, 1]


def test_films_as_popular_as_the_users_own_lift_nothing():
    lists = np.array([[0, 1], [1, NO_MOVIE], [NO_MOVIE, NO_MOVIE]])
    assert popularity_lift(lists, np.array([10, 30]), np.array([20.0, 15.0, 9.0])).tolist() == [0, 1, 0]


def test_rmse_is_by_user():
    found = rmse(np.array([0.5, 0.9, 0.4]), np.array([0.5, 0.5, 0.0]), np.array([2, 1]))
    assert found == pytest.approx([np.sqrt(0.08), 0.4])
