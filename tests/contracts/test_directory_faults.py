"""The directory client survives each fault of the APIs: nothing wrong is taken, nothing right is lost for good."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random

import pytest
import requests

from core.clock import ManualClock
from ingest import Directory
from simulator import ApiFault, DirectoryServer, FaultPlan, World, WorldSize


@pytest.fixture(scope="module")
def world():
    return World.build(12, WorldSize(users=40, movies=30, days=2, films_per_user=2), date(2026, 1, 1))


@pytest.fixture(scope="module")
def folder(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults") / "world"
    world.write(folder)
    return folder


class Site:
    """Both APIs with these faults in turn, and a client whose waiting takes no time."""

    def __init__(self, folder, *faults):
        self.clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
        self.server = DirectoryServer(folder, 0, faults=FaultPlan(faults), clock=self.clock)
        self.session = requests.Session()
        self.client = Directory(f"{self.server.url}?rate=1000", self.session, self.clock, Random(1))

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *_):
        self.session.close()
        self.server.stop()


@pytest.fixture(scope="module")
def films(folder, world):
    with Site(folder) as site:
        return site.client.movies(world.films.ids.tolist()).records


@pytest.fixture(scope="module")
def users(folder, world):
    with Site(folder) as site:
        return site.client.users(world.people.ids.tolist()).records


@pytest.mark.parametrize("fault", [ApiFault.RATE_LIMIT, ApiFault.SLOW])
def test_what_passes_is_waited_for_and_then_everything_is_there(folder, world, films, fault):
    with Site(folder, fault, fault) as site:
        fetched = site.client.movies(world.films.ids.tolist())
        waited = site.clock.monotonic()
    assert (fetched.records, fetched.refused, fetched.absent) == (films, (), ())
    assert waited >= 1


def test_of_half_a_batch_the_other_half_is_absent_and_comes_when_asked_again(folder, films, world):
    with Site(folder, ApiFault.PARTIAL) as site:
        half = site.client.movies(world.films.ids.tolist())
        rest = site.client.movies(half.absent)
    assert len(half.records) == 15
    assert (*half.records, *rest.records) == films


def test_a_batch_that_is_not_found_is_absent_and_comes_when_asked_again(folder, world, users):
    with Site(folder, ApiFault.NOT_FOUND) as site:
        nothing = site.client.users(world.people.ids.tolist())
        assert (nothing.records, len(nothing.absent)) == ((), 40)
        assert site.client.users(world.people.ids.tolist()).records == users


def test_an_age_that_is_no_number_is_unknown_and_not_guessed(folder, world, users):
    with Site(folder, ApiFault.NAN) as site:
        fetched = site.client.users(world.people.ids.tolist())
    assert fetched.refused == ()
    assert {user.age_years for user in fetched.records} == {None}
    assert [user.id for user in fetched.records] == [user.id for user in users]


def test_a_runtime_that_is_no_number_does_not_cost_the_film(folder, world, films):
    with Site(folder, ApiFault.NAN) as site:
        fetched = site.client.movies(world.films.ids.tolist())
    assert fetched.refused == ()
    assert [film.licence_fee for film in fetched.records] == [film.licence_fee for film in films]


def test_a_record_with_two_values_for_a_key_is_refused_and_comes_right_when_asked_again(folder, world, users):
    with Site(folder, ApiFault.DOUBLED_KEY) as site:
        doubled = site.client.users(world.people.ids.tolist())
        assert (doubled.records, len(doubled.refused)) == ((), 40)
        assert site.client.users(doubled.absent).records == users


def test_refreshed_values_are_taken_as_they_are(folder, world, users):
    with Site(folder, ApiFault.REFRESHED) as site:
        fetched = site.client.users(world.people.ids.tolist())
    assert [user.age_years for user in fetched.records] == [user.age_years + 1 for user in users]


def test_a_changed_price_is_told_to_the_billionth(folder, world, films):
    with Site(folder, ApiFault.PRICE) as site:
        fetched = site.client.movies(world.films.ids.tolist())
    assert [film.licence_fee.nano for film in fetched.records] == [film.licence_fee.nano * 11 // 10 for film in films]


def test_faults_at_a_rate_leave_a_whole_directory_in_the_end(folder, world, films):
    with Site(folder, *[ApiFault.RATE_LIMIT, ApiFault.PARTIAL, ApiFault.NOT_FOUND, ApiFault.DOUBLED_KEY] * 3) as site:
        missing, got = tuple(world.films.ids.tolist()), {}
        while missing:
            fetched = site.client.movies(missing)
            got |= {film.id: film for film in fetched.records}
            missing = fetched.absent
    assert {film.id: film for film in films} == got
