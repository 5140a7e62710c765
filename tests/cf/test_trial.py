"""A trial chooses the recipe: ALS must be shown to be better than popularity, a change better than what serves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cf import Interactions
from cf.als import AlsParameters
from cf.blend import BlendParameters
from cf.trial import Recipe, Trial
from core.errors import TrainingError

RECIPE = Recipe(AlsParameters(8, 3.0, 4.0, 7), BlendParameters(None, 0.0, 10.0, None, 0.9))


@pytest.fixture(scope="module")
def trial(trained):
    whole, _ = Interactions.from_frame(trained.frame, (movie.id for movie in trained.catalogue), 10)
    return Trial(whole, "per-user-last", 3)


def without_signal(words, users=300, films=40):
    """Users who choose by popularity and by nothing else."""
    rng = np.random.default_rng(3)
    appeal = 1 / (1 + np.arange(films))
    rows = [
        (user, f"film+{movie:02d}", 8)
        for user in range(users)
        for movie in rng.choice(films, 8, replace=False, p=appeal / appeal.sum())
    ]
    frame = words.events([rows[at] for at in rng.permutation(len(rows))])
    return Interactions.from_frame(frame, [f"film+{movie:02d}" for movie in range(films)], 10)[0]


def test_where_tastes_differ_als_keeps_its_weight(trial):
    assert trial.settled(RECIPE, None) == RECIPE


def test_on_a_world_without_a_collaborative_signal_popularity_serves(words):
    settled = Trial(without_signal(words), "per-user-last", 3).settled(RECIPE, None)
    assert settled == replace(RECIPE, blend=replace(RECIPE.blend, als_weight=0.0))


def test_of_the_recipe_that_serves_and_one_that_is_no_better_the_first_stays(trial):
    found = replace(RECIPE, blend=replace(RECIPE.blend, als_weight=0.89))
    assert trial.settled(found, RECIPE) == RECIPE


def test_a_recipe_that_is_better_replaces_the_one_that_serves(trial):
    bad = replace(RECIPE, blend=replace(RECIPE.blend, als_weight=0.0))
    assert trial.settled(RECIPE, bad) == RECIPE


def test_a_recipe_that_serves_and_is_not_better_than_popularity_any_more_loses_its_weight(words):
    trial = Trial(without_signal(words), "per-user-last", 3)
    assert trial.settled(RECIPE, RECIPE).blend.als_weight == 0


def test_a_recipe_is_fitted_once(trial):
    assert trial.recipe(RECIPE) is trial.recipe(replace(RECIPE))


def test_the_judged_users_are_the_same_whoever_joins_later(trained, words, monkeypatch):
    monkeypatch.setattr("cf.trial.TRIAL_USERS", 40)
    monkeypatch.setattr("cf.trial.JUDGED_USERS", 20)
    films = [movie.id for movie in trained.catalogue]

    def judged(frame):
        return set(Trial(Interactions.from_frame(frame, films, 10)[0], "per-user-last", 3).users.tolist())

    fewer = trained.frame[trained.frame["user_id"] < 70]
    before, after = judged(fewer), judged(trained.frame)
    assert len(before) == len(after) == 20
    assert {user for user in after if user < 70} <= before


def test_a_model_is_told_of_the_users_by_the_ids_of_its_own_films(trained, trial):
    tried = trial.model(trained.model)
    assert tried.ndcg >= trial.recipe(Recipe(trained.card.als, trained.card.blend)).ndcg - 0.02
    assert 0 < tried.coverage <= 1
    assert tried.distinct > 0.5


def test_nobody_to_judge_is_said(words):
    whole, _ = Interactions.from_frame(
        words.events([(1, "film+01", 8), (2, "film+02", 8)]), ["film+01", "film+02"], 10
    )
    with pytest.raises(TrainingError, match="ingest more events"):
        Trial(whole, "time", 3)
