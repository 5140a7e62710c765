"""Each model in the tiny world: user 0 has all even films but film 4, and must get exactly that one first."""

import math

import numpy as np
import pytest

from cf.als import Als, AlsParameters
from cf.blend import Axes, Blend, BlendParameters
from cf.lists import best_unseen
from cf.neighbours import ItemNeighbours, NeighbourParameters
from cf.popularity import Popularity

FIT = AlsParameters(4, 1.0, 3.0, 10)


def als_of(world):
    return Als.fit(world.history(), len(world.movies), FIT, seed=1)


def blend_of(world, **changes):
    return Blend.of(Axes.of(als_of(world).movies), Popularity.of(world, None).score, BlendParameters(**changes))


def knn_of(world, **changes):
    parameters = {"neighbours": 30, "shrinkage": 10.0} | changes
    return ItemNeighbours.of(world.history(), len(world.movies), NeighbourParameters(**parameters))


def first_for_user_0(scorer, world):
    return best_unseen(scorer, world.history(), np.array([0]), 1)[0, 0]


@pytest.mark.parametrize("make", [als_of, knn_of, blend_of], ids=["als", "item_knn", "blend"])
def test_a_model_that_works_brings_the_missing_film_first(make, even_world):
    assert first_for_user_0(make(even_world), even_world) == 4


def test_popularity_does_not_know_the_answer(even_world):
    assert first_for_user_0(Popularity.of(even_world, None), even_world) % 2 == 1


def test_a_blend_without_als_is_popularity(even_world):
    blend = blend_of(even_world, als_weight=0.0)
    rows = np.arange(len(even_world.users))
    lists = [
        best_unseen(scorer, even_world.history(), rows, 5) for scorer in (blend, Popularity.of(even_world, None))
    ]
    assert (lists[0] == lists[1]).all()


def test_als_scores_and_popularity_are_of_equal_size(even_world):
    scores = blend_of(even_world).scores(even_world.history(), np.arange(31))
    assert np.sqrt((scores**2).mean(axis=1)) == pytest.approx(np.ones(31), rel=1e-4)
    assert np.sqrt((Popularity.of(even_world, 3.0).score ** 2).mean()) == pytest.approx(1)


def test_the_blend_is_the_ridge_projection_on_the_factors_of_als(even_world):
    als, ridge = als_of(even_world), 7.0
    y = als.movies.astype(float)
    own = even_world.history().rows(np.array([0]))
    r = own.matrix(len(y)).toarray()[0]
    expected = y @ np.linalg.solve(y.T @ y + ridge * np.eye(4), y.T @ r)
    found = blend_of(even_world, ridge=ridge).scores(own, np.array([0]))[0]
    assert found == pytest.approx(expected / np.sqrt((expected**2).mean()), abs=1e-4)


def test_one_vector_and_many_agree(even_world):
    blend, history = blend_of(even_world, recency_places=3.0, als_weight=0.7), even_world.history()
    many = blend.vectors(history)
    start, end = history.start[5:7]
    assert blend.vector(history.movies[start:end], history.weights[start:end]) == pytest.approx(many[5], abs=1e-5)


def test_the_last_film_counts_most():
    blend = Blend(np.zeros((1, 1), "f4"), np.zeros(0, "f4"), BlendParameters(recency_places=2.0, recency_floor=0.5))
    assert blend.recency(np.array([1, 3])) == pytest.approx([1.5, math.exp(-1) + 0.5, math.exp(-0.5) + 0.5, 1.5])


def test_who_has_no_films_has_no_vector(even_world):
    assert blend_of(even_world).vector(np.array([], np.int32), np.array([], np.float32)) is None


def test_films_that_als_never_saw_give_no_vector():
    blend = Blend(np.zeros((2, 3), "f4"), np.ones(2, "f4"), BlendParameters())
    assert blend.vector(np.array([1], np.int32), np.ones(1, np.float32)) is None


def test_popularity_halves_with_every_half_life(words):
    from cf import Interactions

    frame = words.events([(1, "a", 9), (2, "b", 9)])
    frame["first_us"] = [0, 10 * words.day_us]
    score = Popularity.of(Interactions.from_frame(frame, "ab", 10)[0], 10.0).score
    assert score[0] / score[1] == pytest.approx(0.5)


def test_popularity_of_nothing_is_nothing(even_world):
    assert Popularity.of(even_world.only(np.zeros(len(even_world), bool)), 5.0).score.tolist() == [0] * 12


def test_als_is_the_same_bit_by_bit_with_one_thread_and_with_two(even_world):
    one, two = (Als.fit(even_world.history(), 12, FIT, seed=1, threads=n) for n in (1, 2))
    assert (one.movies == two.movies).all()
    assert (one.users == two.users).all()


def test_neighbours_keep_only_the_nearest(even_world):
    similarity = knn_of(even_world, neighbours=3).similarity
    assert similarity.diagonal().tolist() == [0] * 12
    assert np.diff(similarity.indptr).min() >= 3
    assert knn_of(even_world, shrinkage=0.0).similarity[1, 3] == pytest.approx(1)  # the same users have both
