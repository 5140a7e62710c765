import json
import re
from contextlib import closing
from datetime import UTC, datetime

import pytest
import responses
from click.testing import CliRunner

from core.events import MinuteWatched
from ingest import EventStore
from ingest.chunk import Position
from ingest.effects import Effects
from matinee.cli import main

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MATINEE_DIRECTORY", "http://site:8080?rate=1000")
    return tmp_path / "home"


@pytest.fixture
def matinee(home):
    """Runs a command in an empty home and returns what it printed; a failure returns its error line."""

    def run(*arguments):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exit_code in (0, 1), result.output
        return result.stdout if result.exit_code == 0 else result.stderr

    return run


@pytest.fixture
def site():
    """The site's APIs, which know the users 1 and 2 and the film a; remembers the paths that were asked for."""
    asked = []

    def users(request):
        asked.append(request.path_url)
        ids = [int(one) for one in request.path_url.removeprefix("/user/").split(",")]
        return 200, {}, json.dumps([{"user_id": one, "age": 30 + one} for one in ids if one in (1, 2)])

    def movies(request):
        asked.append(request.path_url)
        return 200, {}, json.dumps([{"id": "a", "title": "A", "cost": 0.1}, {"id": "b"}])

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_callback(responses.GET, re.compile("http://site:8080/user/.*"), users)
        mock.add_callback(responses.GET, re.compile("http://site:8080/movie/.*"), movies)
        yield asked


@pytest.fixture
def events(home):
    """Users 1, 2 and 3 have watched the films a, b and c."""
    effects = Effects()
    for user, movie in ((1, "a"), (2, "b"), (3, "c")):
        effects.add(MinuteWatched(NOW, user, movie, 0))
    with closing(EventStore(home / "events.db")) as store:
        store.commit(effects, [], {("file:test", 0): Position(3, b"")}, NOW)


@pytest.fixture
def films_csv(tmp_path):
    path = tmp_path / "films.csv"
    path.write_text(
        "movie_id,title,genres,certification,license_cost\n"
        "heat+1995,Heat,Action,R,0.138\n"
        "toy+story+1995,Toy Story,Animation|Family,,\n"
        "heat+1995,Heat again,Action,R,0.2\n"
        "broken,Broken,Drama,,free\n"
    )
    return path


def test_an_import_says_what_came_and_what_did_not(matinee, films_csv):
    assert matinee("catalog", "import", films_csv).splitlines() == [
        "2 films: 2 new, 0 changed, 1 without a known fee",
        "age limits: 1 by certificate, 1 estimated; 1 films are not known to suit minors",
        "refused: 1 (another record has this id)",
        "refused: 1 (no valid licence fee)",
        "  heat+1995: another record has this id; the first one counts",
        "  broken: no valid licence fee; 'free' is no amount: a finite decimal number of dollars from 0 up is needed",
    ]


def test_the_json_of_an_import_has_stable_keys(matinee, films_csv):
    done = json.loads(matinee("catalog", "import", films_csv, "--json"))
    assert {name: done[name] for name in ("films", "new", "changed", "without_fee", "certificate", "estimate")} == {
        "films": 2,
        "new": 2,
        "changed": 0,
        "without_fee": 1,
        "certificate": 1,
        "estimate": 1,
    }
    assert done["refused"] == {"another record has this id": 1, "no valid licence fee": 1}
    assert [record["id"] for record in done["refused_records"]] == ["heat+1995", "broken"]
    assert (done["not_for_minors"], done["absent"]) == (1, [])


def test_a_folder_is_read_as_movielens(matinee, tmp_path):
    (tmp_path / "movies.csv").write_text("movieId,title,genres\n1,Heat (1995),Action\n")
    assert "1 films: 1 new" in matinee("catalog", "import", tmp_path)


def test_a_file_without_a_usable_film_is_refused(matinee, tmp_path):
    path = tmp_path / "films.csv"
    path.write_text("movie_id,title\nheat+1995,\n")
    assert "no film that can be used, 1 were refused" in matinee("catalog", "import", path)


@pytest.mark.parametrize(("kind", "noun"), [("catalog", "film"), ("users", "user")])
def test_without_events_there_is_nobody_to_ask_the_api_about(matinee, site, kind, noun):
    assert f"no {noun} was seen in events yet" in (told := matinee(kind, "import"))
    assert "matinee ingest" in told
    assert site == []


def test_a_file_without_a_usable_user_is_refused(matinee, tmp_path):
    path = tmp_path / "users.csv"
    path.write_text("user_id,age\n1,-4\n")
    assert "no user that can be used, 1 were refused" in matinee("users", "import", path)


def test_the_api_is_asked_for_the_films_of_events_that_the_catalogue_lacks(matinee, site, events):
    done = json.loads(matinee("catalog", "import", "--json"))
    assert (done["new"], done["refused"], done["absent"]) == (1, {"no title": 1}, ["b", "c"])
    matinee("catalog", "import")
    matinee("catalog", "import", "--again")
    assert site == ["/movie/a,b,c", "/movie/b,c", "/movie/a,b,c"]


def test_absent_ids_are_told(matinee, site, events):
    assert "no record for 2 ids, such as b" in matinee("catalog", "import")


def test_a_film_is_shown_with_its_fees(matinee, films_csv):
    matinee("catalog", "import", films_csv)
    lines = matinee("catalog", "show", "heat+1995").splitlines()
    assert "age_limit        18 (certificate)" in lines
    assert "overview         unknown" in lines
    assert re.fullmatch(r"fee from \d{4}-\d\d-\d\d  \$0\.138", lines[-1])
    shown = json.loads(matinee("catalog", "show", "heat+1995", "--json"))
    assert (shown["title"], shown["licence_fee"], list(shown["fees"].values())) == ("Heat", "0.138", ["0.138"])


def test_an_unknown_film_is_told_by_name(matinee):
    assert "there is no film 'ronin+1998'" in matinee("catalog", "show", "ronin+1998")


def test_users_come_from_a_file(matinee, tmp_path):
    path = tmp_path / "users.csv"
    path.write_text("user_id,age\n1,33\n2,-4\n")
    assert matinee("users", "import", path).splitlines() == [
        "1 user records are new or changed",
        "refused: 1 (no valid age)",
        "  2: no valid age; age is '-4', a whole number from 0 to 120 is needed",
    ]


def test_the_api_is_asked_for_the_users_of_events_whose_record_we_lack(matinee, site, events):
    done = json.loads(matinee("users", "import", "--json"))
    assert (done["new_or_changed"], done["refused"], done["absent"]) == (2, {}, ["3"])
    matinee("users", "import")
    assert site == ["/user/1,2,3", "/user/3"]


@pytest.mark.parametrize("kind", ["catalog", "users"])
def test_a_source_that_is_not_there_is_told_by_name(matinee, kind):
    assert "can not read none.csv" in matinee(kind, "import", "none.csv")
