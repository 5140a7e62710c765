"""`matinee resolve` prints what a self-description means."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date

import pytest
from click.testing import CliRunner

from core.ids import MovieId
from core.movie import Movie
from ingest import Catalogue
from matinee.cli import main

HEADER = "user_id,age,occupation,gender,self_description_likes,self_description_dislikes\n"


@pytest.fixture
def resolve(tmp_path, monkeypatch):
    """Runs `matinee resolve` over Heat, Titanic and two films of Star Wars."""
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path))
    films = [
        Movie(MovieId("heat+1995"), "Heat", 1995, ("Action",), votes=100),
        Movie(MovieId("titanic+1997"), "Titanic", 1997, ("Drama",), votes=140),
        Movie(MovieId("star+wars+1977"), "Star Wars: Episode IV - A New Hope", 1977, ("Action",), votes=250),
        Movie(MovieId("empire+1980"), "Star Wars: Episode V - The Empire Strikes Back", 1980, ("Action",), votes=210),
    ]
    with closing(Catalogue(tmp_path / "events.db")) as catalogue:
        catalogue.put(films, date(2026, 11, 20), 0)
    return lambda *arguments: CliRunner().invoke(main, ["resolve", *map(str, arguments)])


def test_a_text_is_told_step_by_step(resolve):
    shown = resolve("I love Heat and action", "--dislikes", "Not 'Titanic 3'").stdout
    assert 'likes 7-11  "Heat"' in shown
    assert "-> liked heat+1995" in shown
    assert "-> no film" in shown
    assert "genre Action: liked" in shown


def test_control_characters_of_strangers_do_not_reach_the_screen(resolve):
    assert chr(27) not in resolve("I love 'Heat" + chr(27) + "[2J Two'").stdout


def test_json_holds_every_mention(resolve):
    told = json.loads(resolve("I love the Star Wars movies", "--json").stdout)
    assert set(told["liked"]) == {"star+wars+1977", "empire+1980"}
    assert told["mentions"][0]["means"] == "franchise"


def test_users_of_a_csv_are_one_object_a_line(resolve, tmp_path):
    path = tmp_path / "users.csv"
    path.write_text(HEADER + '7,30,artist,F,"I love Heat.\r\nAnd action","Titanic"\n8,31,artist,M,,\n', newline="")
    lines = [json.loads(line) for line in resolve("--users", path).stdout.splitlines()]
    assert lines == [
        {
            "user_id": 7,
            "liked": ["heat+1995"],
            "disliked": ["titanic+1997"],
            "genres": {"liked": ["Action"], "disliked": []},
            "open": [],
        },
        {"user_id": 8, "liked": [], "disliked": [], "genres": {"liked": [], "disliked": []}, "open": []},
    ]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("user_id,age\n1,30\n", "lacks the column 'self_description_likes'"),
        (HEADER + "abc,1,a,M,x,y\n", "user id 'abc' is no number"),
        (HEADER + '1,30,artist,M,"x"y,\n', "is no CSV file"),
    ],
)
def test_a_bad_csv_is_refused_with_its_rule(resolve, tmp_path, content, rule):
    path = tmp_path / "users.csv"
    path.write_text(content)
    result = resolve("--users", path)
    assert result.exit_code == 1
    assert rule in result.stderr


def test_a_text_or_a_file_is_needed(resolve):
    assert resolve().exit_code == 2


def test_a_catalogue_without_films_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("MATINEE_HOME", str(tmp_path))
    result = CliRunner().invoke(main, ["resolve", "Heat"])
    assert result.exit_code == 1
    assert "catalog import" in result.stderr
