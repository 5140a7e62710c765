import json

import numpy as np
import pytest

from cf import Interactions, evaluate
from cf.evaluation import STEPS
from core.errors import TrainingError


@pytest.fixture(scope="module")
def world(trained):
    return Interactions.from_frame(trained.frame, (movie.id for movie in trained.catalogue), 10)[0]


@pytest.fixture(scope="module")
def report(world):
    steps = []
    report = evaluate(world, "per-user-last", 5, 1, lambda: steps.append(1))
    assert len(steps) == STEPS
    return report


def test_every_model_has_every_metric_with_its_interval(report):
    found = json.loads(json.dumps(report.as_json(), allow_nan=False))
    assert (found["split"], found["k"], found["users"]) == ("per-user-last", 5, 80)
    assert list(found["models"]) == ["popularity", "item_knn", "als", "blend"]
    for by_metric in found["models"].values():
        assert list(by_metric) == ["recall", "ndcg", "hit", "coverage", "novelty"]
        assert all(figure["low"] <= figure["point"] <= figure["high"] for figure in by_metric.values())


def test_all_but_popularity_are_compared_with_it(report):
    found = report.as_json()["models"]
    assert "difference" not in found["popularity"]["ndcg"]
    difference = found["blend"]["ndcg"]["difference"]
    assert difference["point"] == pytest.approx(
        found["blend"]["ndcg"]["point"] - found["popularity"]["ndcg"]["point"]
    )
    assert difference["low"] > 0  # two tastes: who models them beats popularity


def test_the_same_seed_gives_the_same_report(world, report):
    assert evaluate(world, "per-user-last", 5, 1).as_json() == report.as_json()


def test_the_time_split_judges_who_was_there_before_and_after(world):
    assert evaluate(world, "time", 5, 1).users > 60


def test_nobody_to_judge_is_refused(world):
    with pytest.raises(TrainingError, match="both parts of the time split"):
        evaluate(world.only(np.zeros(len(world), bool)), "time", 5, 1)
