"""Seven users of ten describe themselves, by their own most extreme tastes."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from core.errors import WorldError
from simulator.mentions import FILE, Kind, Polarity, recall, remember_newcomer
from simulator.world import USERS


@pytest.fixture(scope="module")
def descriptions(small_world):
    return list(small_world.descriptions())


def test_seven_users_of_ten_describe_themselves(descriptions):
    described = sum(one is not None for one in descriptions) / len(descriptions)
    assert described == pytest.approx(0.7, abs=4 * np.sqrt(0.7 * 0.3 / len(descriptions)))


def test_the_user_records_hold_both_texts_or_neither(world_folder, descriptions):
    lines = (world_folder / USERS).read_text().splitlines()
    records = [json.loads(line.partition("\t")[2]) for line in lines]
    texts = [(record["self_description_likes"], record["self_description_dislikes"]) for record in records]
    assert texts == [(None, None) if one is None else (one.likes, one.dislikes) for one in descriptions]


def test_films_are_liked_and_disliked_by_the_users_own_taste(small_world, descriptions):
    places = {movie: place for place, movie in enumerate(small_world.films.ids.tolist())}
    affinity = small_world.people.tastes @ small_world.films.tastes.T
    signs = [
        (affinity[user, places[mention.movies[0]]] > 0) == (mention.polarity is Polarity.LIKE)
        for user, one in enumerate(descriptions)
        if one is not None
        for mention in one.mentions
        if mention.kind is Kind.TITLE
    ]
    assert all(signs)
    assert len(signs) > 500


def test_the_truth_of_the_texts_comes_back_from_its_file(small_world, world_folder, descriptions):
    told = zip(small_world.people.ids.tolist(), descriptions, strict=True)
    assert list(recall(world_folder)) == [(user, one) for user, one in told if one is not None]


def test_the_films_of_a_person_are_written_once_and_come_back_with_every_mention(world_folder):
    mentions = [mention for _, one in recall(world_folder) for mention in one.mentions]
    people = [mention for mention in mentions if mention.kind is Kind.PERSON]
    assert all(mention.movies for mention in people)
    assert len({id(mention.movies) for mention in people}) == len({mention.name for mention in people}) < len(people)
    written = [
        mention for line in (world_folder / FILE).read_text().splitlines() for mention in json.loads(line)["mentions"]
    ]
    assert not any(mention["movies"] for mention in written if mention["kind"] == "person")


def test_what_a_newcomer_writes_is_known_as_that_of_the_user_whose_record_is_told(world_folder, tmp_path):
    folder = shutil.copytree(world_folder, tmp_path / "world")
    told = dict(recall(folder))
    model = min(told)
    remember_newcomer(folder, 7_000_001, model)
    assert dict(recall(folder)) == {**told, 7_000_001: told[model]}


def test_no_record_of_the_apis_holds_the_truth(world_folder):
    assert "mentions" not in (world_folder / USERS).read_text()
    assert (world_folder / FILE).exists()


def test_where_no_world_is_there_is_no_truth_of_texts(tmp_path):
    with pytest.raises(WorldError, match="matinee simulate world"):
        list(recall(tmp_path))
