"""Models are made, judged, published or refused by command; what served serves on until one is better."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import cf
from cf import Registry, broken
from cf.retraining import Retrainings
from core.ids import MovieId
from core.movie import AgeLimit, AgeSource, Movie
from ingest import Catalogue
from matinee.cli import main

ROOT = Path(__file__).parents[2]
START = datetime(2026, 1, 1, tzinfo=UTC)


def run(home, *arguments):
    return CliRunner().invoke(main, arguments, env={"MATINEE_HOME": str(home)})


def ingested(home, name, lines):
    log = home / f"{name}.log.gz"
    log.write_bytes(gzip.compress("\n".join([*lines, ""]).encode()))
    assert run(home, "ingest", "--events", f"file:{log}", "--once").exit_code == 0


def ratings(users, hours, seed):
    """Ratings of users who like films of their own parity, most of all the low numbers."""
    rng, at = np.random.default_rng(seed), START + timedelta(hours=hours)
    appeal = 1 / (1 + np.arange(60))
    for user in rng.permutation(np.repeat(users, 9)):
        at += timedelta(minutes=1)
        film = rng.choice(60, p=appeal / appeal.sum()) * 2 + user % 2
        yield f"{at:%Y-%m-%dT%H:%M:%S},{user},GET /rate/film+{film:03d}+2000=8"


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A home with a first model, made by `matinee retrain`, and what that printed."""
    home = tmp_path_factory.mktemp("home")
    films = [
        Movie(MovieId(f"film+{m:03d}+2000"), f"Film {m}", age_limit=AgeLimit(8, AgeSource.CERTIFICATE))
        for m in range(120)
    ]
    Catalogue(home / "events.db").put(films, date(2026, 1, 1), 0)
    ingested(home, "first", ratings(np.arange(100), 0, 1))
    done = run(home, "retrain", "--json")
    assert done.exit_code == 0, done.output
    return home, json.loads(done.stdout)


@pytest.fixture
def home(first, tmp_path):
    """A copy of it that a test may change."""
    return shutil.copytree(first[0], tmp_path / "home")


@pytest.fixture
def trains(monkeypatch):
    """Lets a training give a variant of the model that serves, at once."""

    def give(home, variant):
        registry = Registry(home / "models")
        model = variant(registry.load(registry.current()))
        monkeypatch.setattr(cf, "train", lambda *_, **__: model)

    return give


def test_a_first_model_is_judged_against_popularity_and_published(first):
    home, report = first
    assert report["outcome"] == "published"
    assert report["refresh"]["new_users"] == report["refresh"]["users"] == 100
    (entry,) = json.loads(run(home, "models", "history", "--json").stdout)
    assert (entry["version"], entry["reason"]) == (report["version"], "passed the gate")
    assert entry["by"].endswith(", matinee retrain")
    shown = json.loads(run(home, "models", "show", "--json").stdout)
    assert shown["verdict"]["parent"] is None
    assert shown["verdict"]["figures"]["recipe"]["ndcg"]["low"] > 0
    assert {"gender: unknown", "activity: 5 to 19 films"} <= set(shown["verdict"]["groups"])
    assert "gate      passed; 100 users" in run(home, "models", "show").stdout


def test_when_little_is_new_nothing_is_trained_and_that_is_noted(home):
    done = run(home, "retrain")
    assert (done.exit_code, "too little is new" in done.stdout) == (0, True)
    outcomes = [entry["outcome"] for entry in json.loads(run(home, "retrain", "--log", "--json").stdout)]
    assert outcomes == ["published", "too little is new"]
    assert "too little is new" in run(home, "retrain", "--log").stdout


def test_when_enough_is_new_the_next_model_is_compared_with_the_one_that_serves(home, first):
    ingested(home, "later", ratings(np.arange(100, 160), 24, 2))
    done = run(home, "retrain", "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["refresh"]["new_users"] == 60
    shown = json.loads(run(home, "models", "show", "--json").stdout)
    assert shown["version"] == report["version"] != first[1]["version"]
    assert shown["verdict"]["parent"] == first[1]["version"]
    assert "against the model that serves" in {check["name"] for check in shown["verdict"]["checks"]}


def test_a_model_that_the_gate_refuses_does_not_serve_and_says_why(home, first, trains):
    trains(home, broken.constant)
    done = run(home, "retrain", "--new-users", "0")
    assert done.exit_code == 3
    assert "may not serve" in done.stderr
    assert "against its own recipe: NDCG" in done.stderr
    assert Registry(home / "models").current() == first[1]["version"]
    last = Retrainings(home / "models").all()[-1]
    assert last["outcome"] == "refused by the gate"
    assert any(reason.startswith("against its own recipe") for reason in last["refusals"])
    assert "refused" in run(home, "models", "list").stdout


def test_a_reason_forces_a_model_past_the_gate_and_is_kept(home, trains):
    trains(home, broken.constant)
    assert run(home, "train", "--force", "a drill").exit_code == 0
    history = run(home, "models", "history").stdout
    assert "let serve against the gate: a drill" in history
    assert "let serve all the same: a drill" in run(home, "models", "show").stdout


def test_a_training_that_can_not_serve_at_all_is_recorded_as_failed(home, first, trains):
    def with_nan(model):
        return cf.Model(model.card, model.users, model.movies[::-1], model.blend, model.history, model.candidates)

    trains(home, with_nan)
    done = run(home, "retrain", "--new-users", "0")
    assert done.exit_code == 1
    assert "ids were permuted" in done.stderr
    assert "ids were permuted" in Retrainings(home / "models").all()[-1]["reason"]
    assert Registry(home / "models").current() == first[1]["version"]


def test_a_second_training_at_the_same_time_is_refused(home):
    with Retrainings(home / "models").alone():
        assert run(home, "retrain").exit_code == 4
        assert run(home, "train").exit_code == 1


def test_models_are_promoted_rolled_back_and_pruned_by_command(home, first, trains):
    before = first[1]["version"]
    trains(home, broken.constant)
    assert run(home, "train").exit_code == 3
    (other,) = {card.version for card in Registry(home / "models").cards()} - {before}
    assert run(home, "models", "promote", other).exit_code == 2, "without a reason nothing is promoted"
    assert "serves from now on" in run(home, "models", "promote", other, "--reason", "a drill").stdout
    assert Registry(home / "models").current() == other
    assert f"{before} serves again" in run(home, "models", "rollback", "--reason", "it was bad").stdout
    assert run(home, "models", "rollback", "--reason", "more").exit_code == 1
    assert run(home, "models", "prune", "--keep", "1").stdout == f"removed {other}\n"
    assert run(home, "models", "prune", "--keep", "1").stdout == "nothing to remove\n"


def test_a_damaged_card_is_listed_as_such(home, first):
    (home / "models" / first[1]["version"] / "card.json").write_text("{")
    assert f"! {first[1]['version']}: " in run(home, "models", "list").stdout


@pytest.mark.parametrize(
    "command", [("models", "history"), ("retrain", "--log"), ("models", "rollback", "--reason", "x")]
)
def test_with_nothing_there_a_report_says_so(tmp_path, command):
    done = run(tmp_path, *command)
    assert (done.exit_code, done.stderr[:9]) == (1, "matinee: ")


KILLED = """
import os, sys, pathlib
import numpy as np
import cf
from cf import Registry
left = int(sys.argv[1])
def counted(owner, name):
    real = getattr(owner, name)
    def call(*arguments, **named):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return real(*arguments, **named)
    setattr(owner, name, call)
home = pathlib.Path(os.environ["MATINEE_HOME"])
other = Registry(home / "other")
model = other.load(other.current())
cf.train = lambda *_, **__: model
for owner, name in ((np, "save"), (os, "fsync"), (pathlib.Path, "replace"), (pathlib.Path, "rename"),
                    (pathlib.Path, "write_text")):
    counted(owner, name)
from matinee.cli import main
main(["retrain", "--new-users", "0", "--force", "a drill"])
"""


def killed_at(home, point):
    """A retraining that is killed before the step of this number; its exit code."""
    environment = {**os.environ, "MATINEE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", KILLED, str(point)]
    return subprocess.run(command, env=environment, capture_output=True, check=False, timeout=100).returncode


@pytest.fixture
def twice(home, first):
    """A home whose next training gives, at once, a second model, which waits in another registry."""
    registry, other = Registry(home / "models"), Registry(home / "other")
    model = broken.constant(registry.load(first[1]["version"]))
    version = other.add(model).version
    (home / "other" / "CURRENT").write_text(version)
    return home, first[1]["version"], version


def check_killed(twice, tmp_path, point):
    """Killed at this point, the old or the new model serves, whole; the next retraining ends well."""
    home, before, after = twice
    copy = shutil.copytree(home, tmp_path / f"killed-{point}")
    code = killed_at(copy, point)
    registry = Registry(copy / "models")
    assert registry.load(registry.current()).card.version in (before, after)
    assert killed_at(copy, 1000) == 0
    assert registry.current() == after
    assert [entry["version"] for entry in registry.history()] in ([before, after], [before, after, after])
    outcomes = [entry["outcome"] for entry in Retrainings(copy / "models").all()]
    assert outcomes[0] == outcomes[-1] == "published"
    assert set(outcomes) <= {"published", "killed"}
    registry.prune(2)
    assert not list((copy / "models").glob(".new-*"))
    return code


@pytest.mark.parametrize("point", [5, 13, 15])
def test_killed_at_any_point_what_serves_is_whole_and_the_next_retraining_ends_well(twice, tmp_path, point):
    assert check_killed(twice, tmp_path, point) == 9


@pytest.mark.prove
def test_killed_at_every_point(twice, tmp_path):
    point = 0
    while check_killed(twice, tmp_path, point) == 9:
        point += 1
    print(f"killed at {point} points")
    assert point > 15
