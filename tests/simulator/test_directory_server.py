"""The site's two APIs answer as the real ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import requests

from core.clock import ManualClock
from core.errors import WorldError
from simulator.directory import DirectoryServer


@pytest.fixture
def server(world_folder):
    with DirectoryServer(world_folder, 0) as running:
        yield running


def test_one_id_is_answered_with_an_object(server, small_world):
    people = small_world.people
    described = next(small_world.descriptions())
    answer = requests.get(f"{server.url}/user/{people.ids[0]}", timeout=5)
    assert answer.json() == {
        "user_id": people.ids[0],
        "age": people.ages[0],
        "occupation": people.occupations[0],
        "gender": people.genders[0],
        "self_description_likes": described and described.likes,
        "self_description_dislikes": described and described.dislikes,
    }


def test_several_ids_are_answered_with_an_array_in_their_order(server, small_world):
    ids = small_world.films.ids[[3, 1, 2]].tolist()
    answer = requests.get(f"{server.url}/movie/{','.join(ids)}", timeout=5)
    assert [film["id"] for film in answer.json()] == ids


def test_unknown_ids_are_left_out_of_a_batch(server, small_world):
    known = int(small_world.people.ids[0])
    answer = requests.get(f"{server.url}/user/{known},999999999,abc", timeout=5)
    assert [user["user_id"] for user in answer.json()] == [known]


@pytest.mark.parametrize("path", ["/user/999999999", "/movie/a+1990,b+1991", "/user/", "/", "/recommend/1", "/user"])
def test_nothing_known_is_404(server, path):
    answer = requests.get(server.url + path, timeout=5)
    assert answer.status_code == 404
    assert set(answer.json()) == {"message"}


def test_200_ids_are_a_batch_and_201_are_too_many(server, small_world):
    ids = small_world.people.ids[:201].tolist()
    answers = [requests.get(f"{server.url}/user/{','.join(map(str, ids[:n]))}", timeout=5) for n in (200, 201)]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert len(answers[0].json()) == 200


def test_an_id_may_be_percent_encoded(server, small_world):
    movie = str(small_world.films.ids[0])
    answer = requests.get(f"{server.url}/movie/{movie.replace('+', '%2B')}", timeout=5)
    assert answer.json()["id"] == movie


def test_a_film_has_the_odd_types_of_the_real_api(server, small_world):
    films = small_world.films
    without = films.certificates.tolist().index("")
    film = requests.get(f"{server.url}/movie/{films.ids[without]}", timeout=5).json()
    assert film["certification"] == film["homepage"] == "null"
    assert film["belongs_to_collection"] == {}
    assert film["adult"] == "False"
    assert isinstance(film["runtime"], int)
    assert isinstance(film["vote_count"], str)
    assert all(set(genre) == {"id", "name"} for genre in film["genres"])
    assert float(film["license_cost"]) == films.fees_nano[without] / 1e9


def test_calls_beyond_the_rate_are_told_to_wait(world_folder, small_world):
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    with DirectoryServer(world_folder, 0, rate=2, clock=clock) as server:
        url = f"{server.url}/user/{small_world.people.ids[0]}"
        answers = [requests.get(url, timeout=5) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        clock.sleep(float(answers[2].headers["Retry-After"]))
        assert requests.get(url, timeout=5).status_code == 200


def test_one_connection_serves_many_calls(server, small_world):
    with requests.Session() as session:
        bodies = [session.get(f"{server.url}/user/{user}", timeout=5).json() for user in small_world.people.ids[:20]]
    assert [body["user_id"] for body in bodies] == small_world.people.ids[:20].tolist()


def test_a_folder_without_a_world_is_refused(tmp_path):
    with pytest.raises(WorldError, match="matinee simulate world"):
        DirectoryServer(tmp_path, 0)


def test_a_taken_port_is_refused(server, world_folder):
    port = int(server.url.rpartition(":")[2])
    with pytest.raises(WorldError, match="give another port"):
        DirectoryServer(world_folder, port)


def test_a_server_that_never_started_can_be_stopped(world_folder):
    server = DirectoryServer(world_folder, 0)
    server.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url, timeout=5)


def test_what_the_apis_tell_is_json_without_nan(server, small_world):
    text = requests.get(f"{server.url}/movie/{','.join(small_world.films.ids.tolist())}", timeout=5).text
    assert "NaN" not in text
    assert len(json.loads(text)) == 120
