import gzip
import json
import shutil
import sqlite3
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from click.testing import CliRunner

from core.ids import MovieId
from core.movie import AgeLimit, AgeSource, Movie
from core.settings import Settings
from ingest import Catalogue
from matinee import wiring
from matinee.cli import main


def run(home, *arguments):
    return CliRunner().invoke(main, arguments, env={"MATINEE_HOME": str(home)})


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with 40 films, and ratings of 60 users who like films of their own parity."""
    home = tmp_path_factory.mktemp("home")
    films = [
        Movie(MovieId(f"film+{m}+2000"), f"Film {m}", age_limit=AgeLimit(8, AgeSource.CERTIFICATE)) for m in range(40)
    ]
    Catalogue(home / "events.db").put(films, date(2026, 1, 1), 0)
    rng, lines, at = np.random.default_rng(2), [], datetime(2026, 1, 1, tzinfo=UTC)
    for user in rng.permutation(np.repeat(np.arange(60), 12)):
        at += timedelta(minutes=1)
        lines.append(f"{at:%Y-%m-%dT%H:%M:%S},{user},GET /rate/film+{rng.integers(20) * 2 + user % 2}+2000=8")
    log = home / "lines.log.gz"
    log.write_bytes(gzip.compress("\n".join([*lines, "2026-01-02T00:00:00,1,GET /rate/stray+1999=8", ""]).encode()))
    assert run(home, "ingest", "--events", f"file:{log}", "--once").exit_code == 0
    return home


@pytest.fixture(scope="module")
def card(home):
    result = run(home, "train", "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_trained_model_is_listed_shown_and_current(home, card):
    [listed] = json.loads(run(home, "models", "list", "--json").stdout)
    assert (listed["version"], listed["current"]) == (card["version"], True)
    assert json.loads(run(home, "models", "show", "--json").stdout) == card
    assert (card["verdict"]["passed"], card["verdict"]["parent"], card["size_bytes"] > 10_000) == (True, None, True)
    assert f"* {card['version']}" in run(home, "models", "list").stdout


def test_films_outside_the_catalogue_are_counted_and_said(home, card):
    assert card["unknown_movies"] == 1
    assert "took no part: 1" in run(home, "models", "show", card["version"]).stdout


def test_training_again_gives_the_same_version(home, card):
    assert f"model     {card['version']}" in run(home, "train").stdout


def test_an_evaluation_prints_its_table(home):
    page = run(home, "evaluate", "--split", "time", "--k", "5").stdout
    assert page.startswith("time split, ")
    models = ["popularity", "biases", "item_knn", "als", "linear", "blend"]
    assert [line.split()[0] for line in page.splitlines()[2:8]] == models


def test_the_wired_recommender_serves_the_published_model(home, card):
    served = wiring.recommender(Settings(home=home), pytest.fail)
    ranking = served.recommend(4, 5, 250)
    assert (served.version, ranking.model) == (card["version"], card["version"])
    assert all(int(movie.split("+")[1]) % 2 == 0 for movie in ranking.movies)


def test_a_service_that_is_told_too_few_stars_serves_all_the_same_and_counts_it(home, tmp_path):
    for path in home.glob("events.db*"):
        shutil.copy(path, tmp_path)
    failures = []
    served = wiring.recommender(Settings(home=tmp_path, stars_max=5), failures.append)
    assert failures == ["refresh"]
    assert len(served.recommend(4, 5, 250).movies) == 5


@pytest.mark.parametrize("command", [("models", "list"), ("models", "show"), ("models", "show", "none")])
def test_without_a_model_the_way_out_is_said(tmp_path, command):
    result = run(tmp_path, *command)
    assert result.exit_code == 1
    assert result.stderr.startswith("matinee: ")
    assert "matinee train" in result.stderr


def test_without_a_catalogue_training_says_what_to_do(tmp_path):
    result = run(tmp_path, "train")
    assert result.exit_code == 1
    assert "run matinee catalog import" in result.stderr


def test_with_the_catalogue_of_another_site_the_cause_is_named(home, tmp_path):
    for path in home.glob("events.db*"):
        shutil.copy(path, tmp_path)
    with sqlite3.connect(tmp_path / "events.db", isolation_level=None) as connection:
        connection.execute("UPDATE movies SET movie_id = 'other+' || movie_id")
    connection.close()
    results = [run(tmp_path, command) for command in ("train", "evaluate")]
    assert [result.exit_code for result in results] == [1, 1]
    assert results[0].stderr == results[1].stderr
    assert "is about a film of the catalogue (40 films)" in results[0].stderr


@pytest.mark.prove
def test_on_movielens_the_blend_reaches_what_it_must(shared_real, tmp_path):
    folder = shared_real / "ml-latest-small"
    assert run(tmp_path, "catalog", "import", str(folder)).exit_code == 0
    assert run(tmp_path, "ingest", "--events", f"file:{folder / 'rating_lines.log.gz'}", "--once").exit_code == 0
    models = json.loads(run(tmp_path, "evaluate", "--split", "per-user-last", "--json").stdout)["models"]
    assert models["popularity"]["ndcg"]["point"] == pytest.approx(0.0895, abs=0.001)
    assert models["blend"]["ndcg"]["point"] >= 0.147
    assert models["blend"]["ndcg"]["difference"]["low"] > 0
