import json
from dataclasses import replace

import numpy as np
import pytest

from cf import Interactions, evaluate, selection
from cf.evaluation import STEPS
from cf.leaks import Leak
from core.errors import TrainingError
from core.user import User

MODELS = ["popularity", "biases", "item_knn", "als", "linear", "blend"]
METRICS = [
    "recall", "ndcg", "hit", "mrr", "coverage", "novelty", "popularity_lift", "diversity", "miscalibration"
]  # fmt: skip


@pytest.fixture(scope="module")
def world(trained):
    return Interactions.from_frame(trained.frame, (movie.id for movie in trained.catalogue), 10)[0]


@pytest.fixture(scope="module", autouse=True)
def a_short_search():
    """Two settings of ALS in place of 18: what is chosen from is no matter here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cf.selection._ALS", [selection._ALS[0], selection._ALS[6]])
        yield


@pytest.fixture(scope="module")
def report(world, trained):
    steps = []
    catalogue = [replace(movie, genres=(("Even", "Odd")[m % 2],)) for m, movie in enumerate(trained.catalogue)]
    users = {user: User(user, 30, "F" if user < 70 else "M") for user in range(80)}
    report = evaluate(world, "per-user-last", 5, 1, lambda: steps.append(1), catalogue, users)
    assert 0 < len(steps) <= STEPS
    return report


def test_every_model_has_every_metric_with_its_interval(report):
    found = json.loads(json.dumps(report.as_json(), allow_nan=False))
    assert (found["split"], found["k"], found["users"]) == ("per-user-last", 5, 80)
    assert list(found["models"]) == MODELS
    for model, by_metric in found["models"].items():
        assert list(by_metric) == METRICS + (["rmse"] if model == "biases" else [])
        assert all(figure["low"] <= figure["point"] <= figure["high"] for figure in by_metric.values())


def test_all_but_popularity_are_compared_with_it(report):
    found = report.as_json()["models"]
    assert "difference" not in found["popularity"]["ndcg"]
    difference = found["blend"]["ndcg"]["difference"]
    assert difference["point"] == pytest.approx(
        found["blend"]["ndcg"]["point"] - found["popularity"]["ndcg"]["point"]
    )
    assert difference["low"] > 0  # two tastes: who models them beats popularity


def test_subgroups_come_with_their_counts_and_small_ones_without_figures(report):
    found = {group["name"]: group for group in report.as_json()["groups"]}
    assert (found["gender: F"]["users"], found["gender: M"]["users"]) == (70, 10)
    assert list(found["gender: F"]["models"]["blend"]) == ["recall", "ndcg"]
    assert found["gender: M"]["models"] == {}


def test_nothing_leaks_and_a_planted_leak_is_told(world, report, monkeypatch):
    assert report.as_json()["leaks"] == {}
    monkeypatch.setattr("cf.evaluation.leaks_of_split", lambda parts, by_time: [Leak("planted", "on purpose")])
    assert evaluate(world, "holdout", 5, 1).as_json()["leaks"] == {
        "split": [{"name": "planted", "detail": "on purpose"}]
    }


def test_the_hold_out_judges_users_whom_no_model_was_trained_on(world):
    report = evaluate(world, "holdout", 5, 1)
    assert 0 < report.users < 20
    assert "als" not in report.figures
    assert report.groups == []


def test_the_same_seed_gives_the_same_report(world):
    first, second = (evaluate(world, "time", 5, 1) for _ in range(2))
    assert first.as_json() == second.as_json()
    assert first.users > 60  # who was there before and after


def test_nobody_to_judge_is_refused(world):
    with pytest.raises(TrainingError, match="both parts of the split"):
        evaluate(world.only(np.zeros(len(world), bool)), "time", 5, 1)
