from dataclasses import asdict

import numpy as np
import pytest

from cf import Interactions
from cf.als import AlsParameters
from cf.blend import BlendParameters
from cf.selection import STEPS, Chosen, Search, best
from cf.splits import per_user_last, time_split
from core.errors import TrainingError


@pytest.fixture(scope="module")
def world(trained):
    return Interactions.from_frame(trained.frame, (movie.id for movie in trained.catalogue), 10)[0]


def test_the_same_seed_chooses_the_same_and_beats_popularity(world):
    steps = []
    first = Search(world, per_user_last, 3, lambda: steps.append(1))
    chosen = first.blend()
    assert len(steps) == STEPS
    assert asdict(chosen) == asdict(Search(world, per_user_last, 3).blend())
    assert chosen.ndcg > first.popularity_ndcg


def test_a_large_site_is_searched_on_a_sample(world, monkeypatch):
    monkeypatch.setattr("cf.selection.SEARCH_USERS", 50)
    monkeypatch.setattr("cf.selection.JUDGED_USERS", 30)
    assert Search(world, per_user_last, 3).judged_users == 30


def test_too_little_data_is_refused_with_the_way_out(world):
    nothing = world.only(np.zeros(len(world), bool))
    with pytest.raises(TrainingError, match="ingest more events"):
        Search(nothing, per_user_last, 3)


def test_a_blend_that_is_no_better_than_popularity_is_popularity(world, monkeypatch):
    monkeypatch.setattr("cf.selection.Judge.__call__", lambda judge, scorer: np.full(30, 0.1))
    assert Search(world, per_user_last, 3).blend().blend.als_weight == 0.0


def test_recency_is_not_chosen_at_a_weight_where_it_does_not_count(world, monkeypatch):
    tried = []

    def judged(search, axes, parameters):
        tried.append(parameters)
        return np.full(30, 1.0 if parameters.als_weight == 0 else 0.5)

    monkeypatch.setattr(Search, "_blended", judged)
    chosen = Search(world, per_user_last, 3).blend().blend
    assert chosen.als_weight == 0.0
    assert all(parameters.als_weight > 0 for parameters in tried if parameters.recency_places == 20.0)


def test_of_equals_the_first_is_best():
    assert best(["long", "x", "y"], lambda text: -len(text)) == ("x", -1)


def test_the_linear_model_is_chosen_by_the_same_users(world):
    first, second = (Search(world, per_user_last, 3).linear() for _ in range(2))
    assert first == second
    assert first.weight > 0  # two tastes: popularity alone is not as good


def test_few_users_after_one_point_in_time_are_judged_at_more_points(world, monkeypatch):
    monkeypatch.setattr("cf.selection.LEAST_JUDGED", 0)
    once = Search(world, time_split, 3).judged_users
    monkeypatch.setattr("cf.selection.LEAST_JUDGED", 2 * once)
    assert Search(world, time_split, 3).judged_users >= 2 * once


def test_what_a_wider_search_found_is_tried_beside_the_own_settings(world, monkeypatch):
    monkeypatch.setattr("cf.selection._ALS", [AlsParameters(8, 3.0, 1.5, 3)])
    tuned = AlsParameters(16, 100.0, 0.5, 15)
    monkeypatch.setattr(
        Search, "tuned", lambda search, als: Chosen(als, BlendParameters(), 1.0 if als == tuned else 0.5)
    )
    search = Search(world, per_user_last, 3)
    assert search.blend().als.factors == 8
    assert search.blend([tuned]).als == tuned
