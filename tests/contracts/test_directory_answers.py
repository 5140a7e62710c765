"""The directory client and the simulator's APIs were written apart from the same facts: here they meet."""

from datetime import date
from random import Random

import pytest
import requests

from core.clock import SystemClock
from core.movie import Movie
from ingest import Directory
from simulator import DirectoryServer, World, WorldSize


@pytest.fixture(scope="module")
def world():
    return World.build(11, WorldSize(users=450, movies=300, days=2, films_per_user=2), date(2026, 1, 1))


@pytest.fixture(scope="module")
def directory(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("apis") / "world"
    world.write(folder)
    with DirectoryServer(folder, 0) as server, requests.Session() as session:
        yield Directory(f"{server.url}?rate=1000", session, SystemClock(), Random(1))


def test_every_user_comes_as_the_world_has_it(directory, world):
    fetched = directory.users(world.people.ids.tolist())
    assert (fetched.refused, fetched.absent) == ((), ())
    assert {user.id: (user.age_years, user.gender, user.occupation) for user in fetched.records} == dict(
        zip(
            world.people.ids.tolist(),
            zip(world.people.ages, world.people.genders, world.people.occupations, strict=True),
            strict=True,
        )
    )


def test_every_film_comes_with_its_title_and_its_fee_to_the_billionth(directory, world):
    fetched = directory.movies(world.films.ids.tolist())
    assert (fetched.refused, fetched.absent) == ((), ())
    assert {movie.id: movie.licence_fee.nano for movie in fetched.records} == dict(
        zip(world.films.ids.tolist(), world.films.fees_nano.tolist(), strict=True)
    )
    assert all(isinstance(movie, Movie) and movie.title and movie.genres and movie.year for movie in fetched.records)


def test_no_film_is_thought_to_suit_anyone_whom_it_does_not_suit(directory, world):
    least = dict(zip(world.films.ids.tolist(), world.films.least_ages.tolist(), strict=True))
    films = directory.movies(list(least)).records
    assert {movie.id: movie for movie in films if movie.age_limit and movie.age_limit.years < least[movie.id]} == {}


def test_unknown_ids_are_absent(directory, world):
    known = int(world.people.ids[0])
    nobody = int(world.people.ids.max()) + 1
    assert directory.users([known, nobody]).absent == (str(nobody),)
    assert directory.users([nobody]).absent == (str(nobody),)
    assert directory.movies(["no+such+film+1900"]).absent == ("no+such+film+1900",)
