import gzip
import json
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner

from cf.trainers import PopularityTrainer
from core.errors import TrainingError
from core.ids import MovieId
from core.movie import Movie
from ingest import Catalogue
from matinee import cost_process
from matinee.cli import main


def run(home, *arguments):
    return CliRunner().invoke(main, arguments, env={"MATINEE_HOME": str(home)})


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with 40 films, and ratings of 60 users who like films of their own parity."""
    home = tmp_path_factory.mktemp("home")
    Catalogue(home / "events.db").put(
        [Movie(MovieId(f"film+{m}+2000"), f"Film {m}") for m in range(40)], date(2026, 1, 1), 0
    )
    rng, lines, at = np.random.default_rng(2), [], datetime(2026, 1, 1, tzinfo=UTC)
    for user in rng.permutation(np.repeat(np.arange(60), 12)):
        at += timedelta(minutes=1)
        lines.append(f"{at:%Y-%m-%dT%H:%M:%S},{user},GET /rate/film+{rng.integers(20) * 2 + user % 2}+2000=8")
    log = home / "lines.log.gz"
    log.write_bytes(gzip.compress("\n".join([*lines, ""]).encode()))
    assert run(home, "ingest", "--events", f"file:{log}", "--once").exit_code == 0
    return home


@pytest.fixture(scope="module", autouse=True)
def a_short_search():
    """Two settings of ALS in place of 18: what is chosen from is no matter here."""
    from cf import selection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cf.selection._ALS", [selection._ALS[0], selection._ALS[6]])
        yield


def test_every_model_is_measured_and_one_is_to_serve(home, tmp_path):
    result = run(home, "compare", "--json", "--plot", str(tmp_path / "plot.svg"))
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert sorted(row["model"] for row in found["rows"]) == [
        "als", "biases", "blend", "item_knn", "linear", "popularity"
    ]  # fmt: skip
    for row in found["rows"]:
        assert all(value >= 0 for value in row["cost"].values())
        assert row["cost"]["disk_mb"] >= row["cost"]["memory_mb"] > 0
    points = [row["ndcg"]["point"] for row in found["rows"]]
    assert points == sorted(points, reverse=True)
    assert found["serve"] == "blend"  # two tastes, which popularity does not see
    drawn = ElementTree.parse(tmp_path / "plot.svg").getroot()
    texts = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {row["model"] for row in found["rows"]} <= set(texts)


def test_a_process_that_dies_is_named(monkeypatch):
    with pytest.raises(TrainingError, match="measured PopularityTrainer ended with"):
        cost_process.measured(PopularityTrainer(None), None, np.arange(1), 20, 1)


def test_tuning_stops_at_its_budget_goes_on_and_is_tried_by_the_next_training(home):
    first = json.loads(run(home, "tune", "--trials", "3", "--seconds", "0", "--json").stdout)
    assert (first["chosen"], first["fitted"], first["planned"]) == (None, 0, 5)
    assert "run it again to go on" in run(home, "tune", "--trials", "3", "--seconds", "0").stdout
    found = json.loads(run(home, "tune", "--trials", "3", "--json").stdout)
    assert found["fitted"] + found["known"] == found["planned"] == 5
    assert found["chosen"]["ndcg"] > found["popularity_ndcg"]  # two tastes
    again = run(home, "tune", "--trials", "3")
    assert "0 made, 5 known from earlier runs" in again.stdout
    kept = json.loads((home / "models" / "trials" / "winner.json").read_text())
    assert kept == found["chosen"]["als"]
    assert run(home, "train").exit_code == 0
    assert run(home, "models", "list").exit_code == 0  # the trials are no model
