"""From a text to a list with its reasons, by the wired objects and the commands."""

import json
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from click.testing import CliRunner

from core.decision import Decision
from core.ids import MovieId, UserId, request_id_text
from core.movie import AgeLimit, AgeSource, Movie
from core.settings import Settings
from core.taste import Means, NamedFilm, Polarity, Taste
from core.user import User
from ingest import Catalogue, UserTable
from llm import WorkStore
from llm.tastes import write_taste
from matinee import wiring
from matinee.cli import main
from telemetry import SINKS, RequestIds

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NEW = UserId(9001)
TITLES = ("Quiet Harbour", "Glass Mountain", "Iron Orchard", "Paper Lantern")  # of the first even films


def run(home, *arguments):
    return CliRunner().invoke(main, arguments, env={"MATINEE_HOME": str(home)})


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with 40 films, ratings of 60 users who like films of their own parity and say so, and a model."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home)
    limit = AgeLimit(8, AgeSource.CERTIFICATE)
    films = [
        Movie(
            MovieId(f"film+{m:02d}+2000"), TITLES[m // 2] if m < 8 and m % 2 == 0 else f"Number {m} of Many", 2000,
            genres=(("Western", "Musical")[m % 2],), age_limit=limit,
        )
        for m in range(40)
    ]  # fmt: skip
    Catalogue(settings.events_db).put(films, date(2026, 1, 1), 0)
    said = {0: ("I love westerns.", "Musicals bore me."), 1: ("I love musicals.", "Westerns bore me.")}
    users = [User(UserId(user), 30, likes=said[user % 2][0], dislikes=said[user % 2][1]) for user in range(60)]
    UserTable(settings.events_db).put([*users, User(NEW, 30)], 0)
    rng, lines, at = np.random.default_rng(2), [], NOON - timedelta(days=30)
    for user in rng.permutation(np.repeat(np.arange(60), 12)):
        at += timedelta(minutes=1)
        lines.append(f"{at:%Y-%m-%dT%H:%M:%S},{user},GET /rate/film+{rng.integers(20) * 2 + user % 2:02d}+2000=8")
    log = home / "lines.log"
    log.write_text("\n".join([*lines, ""]))
    assert run(home, "ingest", "--events", f"file:{log}", "--once").exit_code == 0
    assert run(home, "train").exit_code == 0
    return home


def store(settings, *films, made=NOON - timedelta(hours=1)):
    """Keep the taste of the new user as the worker does."""
    with closing(WorkStore(settings.work_db)) as work, work.writing() as connection:
        write_taste(connection, Taste(NEW, made, films))


@pytest.fixture
def traced(home):
    """A request of the new user, recorded; its trace on paper and as JSON."""
    settings = Settings(home=home)

    def traced(made=NOON - timedelta(hours=1)):
        liked = NamedFilm(MovieId("film+00+2000"), Polarity.LIKED, Means.TITLE, "quiet harbor")
        store(settings, liked, made=made)
        ranking = wiring.recommender(settings, pytest.fail).recommend(NEW, 5, 250)
        with closing(SINKS.open("sqlite:", path=settings.ledger_db, fee_by_movie=dict)) as sink:
            request = RequestIds(sink.claim_writer(NOON)).next(NOON)
            sink.write([Decision(request, NOON, NEW, "main", ranking, 90)], None)
        return ranking, lambda *options: run(home, "trace", request_id_text(request), *options)

    return traced


def test_a_stored_taste_makes_the_list_of_the_next_refresh(home):
    settings = Settings(home=home)
    store(settings, NamedFilm(MovieId("film+00+2000"), Polarity.LIKED, Means.TITLE, "quiet harbor"))
    ranking = wiring.recommender(settings, pytest.fail).recommend(NEW, 5, 250)
    assert ranking.attempts[-1].ranker == "taste"
    assert all(int(movie.split("+")[1]) % 2 == 0 for movie in ranking.movies)
    assert "film+00+2000" not in ranking.movies


def test_a_trace_says_which_words_brought_each_film(traced):
    ranking, trace = traced()
    page = trace().stdout
    assert page.count("because you named Quiet Harbour") == len(ranking.movies)
    assert "worked out again from model" in page
    assert "newer than this list" not in page
    found = json.loads(trace("--json").stdout)
    assert set(found["because"]) == set(ranking.movies)


def test_a_taste_that_changed_since_is_said_to_be_newer(traced):
    _, trace = traced(made=NOON + timedelta(hours=1))
    assert "newer than this list" in trace().stdout


def test_reasons_that_can_not_be_known_any_more_are_said_to_be_unknown(traced, home):
    _, trace = traced()
    (home / "models").rename(home / "gone")
    assert "reasons   not known: there is no model" in trace().stdout
    (home / "gone").rename(home / "models")
    with closing(WorkStore(home / "work.db")) as work, work.writing() as connection:
        connection.execute("DELETE FROM tastes")
    assert "reasons   not known: the user's taste was erased" in trace().stdout
    for path in home.glob("work.db*"):
        path.unlink()
    assert json.loads(trace("--json").stdout)["because_from"] == "not known: there are no tastes any more"


def test_the_cold_start_is_judged_from_texts_alone(home, tmp_path):
    labelled = tmp_path / "labelled.jsonl"
    mention = {"polarity": "like", "kind": "title", "acceptable": ["film+02+2000"]}
    text = {"user_id": 1, "likes_text": "My favorite is Glass Mountain.", "dislikes_text": "", "mentions": [mention]}
    labelled.write_text(json.dumps(text))
    result = run(home, "evaluate", "coldstart", "--k", "5", "--labelled", str(labelled), "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["users"], found["nothing_understood"], found["unsuitable"]) == (12, 0, 0)
    assert found["figures"]["ndcg"]["ratio"]["low"] > 1
    assert found["resolution"]["liked"]["f1"] == 1.0


def test_the_page_of_the_cold_start_says_what_was_found(home):
    page = run(home, "evaluate", "coldstart", "--k", "5").stdout
    assert page.startswith("12 described users treated as new, k = 5")
    assert "lowest ratio of a decile" in page
    assert page.rstrip().endswith("films on lists that do not suit the user's age: 0")


def test_evaluate_alone_judges_the_models_as_before(home):
    assert run(home, "evaluate", "--k", "5").stdout.startswith("per-user-last split, ")


def test_without_described_users_the_way_out_is_said(tmp_path):
    Catalogue(tmp_path / "events.db").put([Movie(MovieId("film+2000"), "Film")], date(2026, 1, 1), 0)
    log = tmp_path / "lines.log"
    log.write_text("2026-01-01T00:00:00,1,GET /rate/film+2000=8\n")
    assert run(tmp_path, "ingest", "--events", f"file:{log}", "--once").exit_code == 0
    result = run(tmp_path, "evaluate", "coldstart")
    assert result.exit_code == 1
    assert "run matinee users import" in result.stderr
