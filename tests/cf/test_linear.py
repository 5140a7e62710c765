import numpy as np
import pytest

from cf.biases import Biases
from cf.linear import Linear, LinearParameters
from cf.lists import best_unseen
from cf.popularity import Popularity
from cf.trainers import (
    AlsTrainer,
    BiasTrainer,
    BlendTrainer,
    LinearTrainer,
    NeighbourTrainer,
    PopularityTrainer,
)
from core.errors import TrainingError


def linear_of(world, most_films=8000, **changes):
    popularity = Popularity.of(world, None).score
    return Linear.of(world.history(), popularity, LinearParameters(**({"regularization": 0.5} | changes)), most_films)


def test_the_linear_model_brings_the_missing_film_first(even_world):
    assert best_unseen(linear_of(even_world), even_world.history(), np.array([0]), 1)[0, 0] == 4


def test_its_weights_are_those_of_the_closed_form(even_world):
    x = even_world.history().matrix(12).toarray().astype(float)
    gram = x.T @ x
    support = np.diag(gram)
    inverse = np.linalg.inv(gram + 0.5 * (support**2).sum() / support.sum() * np.eye(12))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    model = linear_of(even_world)
    found = np.zeros((12, 12))
    found[np.ix_(model.kept, model.kept)] = model.weights
    assert found == pytest.approx(expected, abs=1e-5)


def test_no_film_speaks_for_itself(even_world):
    assert np.diag(linear_of(even_world).weights).tolist() == [0] * 12


def test_films_that_are_left_out_have_popularity_alone(even_world):
    model = linear_of(even_world, most_films=5, weight=0.7)
    left_out = np.setdiff1d(np.arange(12), model.kept)
    scores = model.scores(even_world.history(), np.arange(31))
    assert scores[:, left_out] == pytest.approx(np.tile(0.3 * model.popularity[left_out], (31, 1)))


def test_a_weight_of_0_is_popularity_and_the_linear_part_is_of_its_size(even_world):
    history, rows = even_world.history(), np.arange(31)
    alone = linear_of(even_world, weight=0.0)
    assert alone.scores(history, rows) == pytest.approx(np.tile(alone.popularity, (31, 1)))
    scores = linear_of(even_world, recency_places=3.0).scores(history, rows)
    assert np.sqrt((scores**2).mean(axis=1)) == pytest.approx(np.ones(31), rel=1e-4)


def test_what_can_not_be_inverted_is_refused(even_world):
    with pytest.raises(TrainingError, match="regularize more"):
        linear_of(even_world, regularization=-5.0)


def test_more_films_than_a_block_are_inverted_alike():
    from cf.linear import _inverted

    rows = np.random.default_rng(1).random((40, 520)).astype(np.float32)
    gram = np.asfortranarray(rows.T @ rows + 20 * np.eye(520, dtype=np.float32))
    expected = np.linalg.inv(gram.astype(float))
    assert np.abs(_inverted(gram) - expected).max() < 1e-4 * np.abs(expected).max()


def test_biases_predict_what_a_generous_user_gives_to_a_good_film(words):
    from cf import Interactions

    rows = [(user, film, stars) for user in range(40) for film, stars in (("good", 9), ("bad", 3))]
    rows += [(99, "good", 10), *((user, "new", 5 + user % 2) for user in range(20))]
    world = Interactions.from_frame(words.events(rows), ["bad", "good", "new"], 10)[0]
    biases, history = Biases.of(world), world.history()
    generous, usual = biases.scores(history, np.array([40, 0]))
    assert generous[1] > usual[1] > usual[0]
    assert usual[1] == pytest.approx(0.85, abs=0.07)


def test_every_trainer_gives_an_equal_model_for_equal_data(even_world):
    from cf.als import AlsParameters
    from cf.blend import BlendParameters
    from cf.neighbours import NeighbourParameters

    als = AlsParameters(4, 1.0, 3.0, 5)
    for trainer in (
        PopularityTrainer(30.0),
        NeighbourTrainer(NeighbourParameters(5, 1.0)),
        AlsTrainer(als),
        BlendTrainer(als, BlendParameters()),
        LinearTrainer(LinearParameters(1.0)),
        BiasTrainer(),
    ):
        first, second = (trainer.fit(even_world, 1).scores(even_world.history(), np.arange(31)) for _ in range(2))
        assert (first == second).all()
        assert first.shape == (31, 12)
