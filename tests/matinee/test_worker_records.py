"""The worker's records: what came is stored, what did not come has its reason, and no wait outlives the worker."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from datetime import date
from random import Random

import pytest
import requests
import responses

from core.clock import SystemClock
from core.errors import MatineeError
from core.ids import MovieId, UserId
from core.movie import Movie
from core.user import User
from ingest import Catalogue, Directory, UserTable
from matinee.worker_records import EndableClock, SiteRecords
from matinee.worker_wiring import CatalogueReader

SITE = "http://site:8080"


@pytest.fixture
def site():
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def records(tmp_path):
    clock = EndableClock(SystemClock())
    database = tmp_path / "events.db"
    directory = Directory(f"{SITE}?rate=1000", requests.Session(), clock, Random(1))
    with closing(UserTable(database)) as table, closing(UserTable(database)) as fetched:
        yield SiteRecords(table, fetched, directory, clock)


def of_the_api(user, **changes):
    said = {"self_description_likes": "Up", "self_description_dislikes": "Heat"}
    return {"user_id": user, "age": 30, "gender": "F", "occupation": "writer"} | said | changes


def test_what_came_is_kept_and_what_did_not_has_its_reason(records, site):
    site.get(f"{SITE}/user/1,2,3", json=[of_the_api(1), of_the_api(2, age=1000)])
    found = records.fetch([UserId(1), UserId(2), UserId(3)])
    assert found[UserId(1)].likes == "Up"
    assert "is refused" in found[UserId(2)]
    assert found[UserId(3)] == "the user API has none for this user"
    assert records.known([UserId(1), UserId(2)]) == {UserId(1): User(UserId(1), 30, "F", "writer", "Up", "Heat")}


def test_a_site_that_asks_for_100_seconds_keeps_nobody_who_ends(records, site):
    site.get(f"{SITE}/user/1", status=429, headers={"Retry-After": "100"})
    threading.Timer(0.3, records.end_fetching).start()
    began = time.monotonic()
    with pytest.raises(MatineeError, match="told to end"):
        records.fetch([UserId(1)])
    assert time.monotonic() - began < 20


def test_a_reader_is_made_when_the_first_film_comes(tmp_path):
    with closing(Catalogue(tmp_path / "events.db")) as catalogue:
        reader = CatalogueReader(catalogue, SystemClock())
        reader.renew()
        assert reader.now() is None
        catalogue.put([Movie(MovieId("up+2009"), "Up", year=2009)], date(2026, 1, 1), 0)
        reader.renew()
        assert reader.now() is not None
