"""A world is made of one seed, whole or not at all."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from core.errors import WorldError
from core.money import Usd
from simulator.truth import Truth
from simulator.world import LOG, MOVIES, World, WorldSize

TINY = WorldSize(users=30, movies=40, days=4, films_per_user=3)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        World.build(5, TINY, date(2026, 1, 1)).write(tmp_path / name)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_another_seed_gives_other_users_films_and_viewings():
    one, other = (World.build(seed, TINY, date(2026, 1, 1)) for seed in (5, 6))
    assert one.people.ids.tolist() != other.people.ids.tolist()
    assert one.films.titles != other.films.titles
    assert one.viewings.minutes.tolist() != other.viewings.minutes.tolist()


def test_more_films_leave_the_people_as_they_are():
    one, other = (World.build(5, replace(TINY, movies=movies), date(2026, 1, 1)) for movies in (40, 50))
    assert one.people.ids.tolist() == other.people.ids.tolist()
    assert one.people.tastes.tolist() == other.people.tastes.tolist()


def test_another_first_day_moves_the_whole_history():
    one, other = (World.build(5, TINY, day) for day in (date(2026, 1, 1), date(2026, 1, 31)))
    assert set((other.viewings.start_us - one.viewings.start_us).tolist()) == {30 * 86_400_000_000}


def test_a_world_is_not_written_over(tmp_path):
    world = World.build(5, TINY, date(2026, 1, 1))
    world.write(tmp_path)
    with pytest.raises(WorldError, match="remove the folder"):
        world.write(tmp_path)


def test_a_half_written_world_is_no_world_and_can_be_written_again(tmp_path):
    world = World.build(5, TINY, date(2026, 1, 1))

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.write(tmp_path, interrupt)
    assert not World.stands_in(tmp_path)
    world.write(tmp_path)
    assert World.stands_in(tmp_path)


def test_progress_adds_up_to_the_lines_of_the_log(tmp_path):
    counts = []
    World.build(5, TINY, date(2026, 1, 1)).write(tmp_path, counts.append)
    lines = (tmp_path / "movielog.log").read_text().count("\n")
    assert sum(counts) == lines == json.loads((tmp_path / "world.json").read_text())["lines"]


def test_without_minute_lines_the_log_has_the_ratings_requests_and_accounts_of_the_same_history():
    full, bulk = (World.build(5, replace(TINY, minute_lines=kept), date(2026, 1, 1)) for kept in (True, False))
    lines = [line for part in full.log.slices() for line in part]
    kept = [line for part in bulk.log.slices() for line in part]
    assert len(kept) == len(bulk.log)
    assert [line for line in lines if "/rate/" in line] != []
    assert sorted(line for line in lines if "/rate/" in line) == sorted(line for line in kept if "/rate/" in line)
    users = [sorted(line.split(",")[1] for line in log if "recommendation request" in line) for log in (lines, kept)]
    assert users[0] == users[1] != []
    assert not any(".mpg" in line for line in kept)


@pytest.mark.parametrize("name", ["users", "movies", "days", "films_per_user"])
def test_a_world_of_nothing_is_refused(name):
    with pytest.raises(WorldError, match=f"{name} = 0"):
        replace(TINY, **{name: 0})


def test_more_films_than_fit_into_the_days_are_refused():
    with pytest.raises(WorldError, match="6 are the most"):
        World.build(1, replace(TINY, films_per_user=7), date(2026, 1, 1))


def test_the_api_tells_of_series_originals_and_people_but_of_no_nickname(small_world, world_folder):
    films = small_world.films
    records = [json.loads(line.split("\t")[1]) for line in (world_folder / "movies.tsv").read_text().splitlines()]
    collections = [(record["belongs_to_collection"] or {"name": ""})["name"] for record in records]
    assert collections == list(films.collections)
    assert len({str(record["belongs_to_collection"]) for record in records}) == len(set(collections))
    assert any(record["original_title"] != record["title"] for record in records)
    assert all(films.credits[place, 0] in record["overview"] for place, record in enumerate(records))
    assert not any("nickname" in key for record in records for key in record)
    assert Truth.load(world_folder).nicknames.tolist() == list(films.nicknames) != [""] * len(records)


def test_the_truth_comes_back_from_its_file(small_world, world_folder):
    loaded = Truth.load(world_folder)
    assert loaded.movie_ids.tolist() == small_world.films.ids.tolist()
    assert np.array_equal(loaded.user_tastes, small_world.people.tastes)
    assert np.array_equal(loaded.seen_us, small_world.viewings.start_us)


def test_where_no_world_is_there_is_no_truth(tmp_path):
    with pytest.raises(WorldError, match="matinee simulate world"):
        Truth.load(tmp_path)


@pytest.mark.parametrize(
    "size",
    [
        {"films_per_user": float("nan")},
        {"films_per_user": float("inf")},
        {"days": 800_000},
        {"users": 100_000_000_000},
        {"movies": 10_000_000},
    ],
)
def test_a_world_larger_than_any_machine_is_refused(size):
    with pytest.raises(WorldError, match="give a number above 0, up to"):
        WorldSize(**size)


@pytest.mark.parametrize("day", [date(9999, 12, 20), date(1066, 10, 14)])
def test_a_history_beyond_the_reach_of_its_clocks_is_refused(day):
    with pytest.raises(WorldError, match="give a day from 1970 to 2200"):
        World.build(1, TINY, day)


def test_a_world_in_which_nobody_may_watch_anything_is_refused():
    with pytest.raises(WorldError, match="nobody watches anything"):
        World.build(61, WorldSize(users=1, movies=2, days=30, films_per_user=1), date(2026, 1, 1))


def test_the_totals_of_the_history_are_those_of_its_lines(world_folder):
    told = json.loads((world_folder / "world.json").read_text())["total"]
    fees = {
        movie: Usd.parse(json.loads(record)["license_cost"]).nano
        for movie, _, record in (line.partition("\t") for line in (world_folder / MOVIES).read_text().splitlines())
    }
    lines = (world_folder / LOG).read_text().splitlines()
    stars = [int(line.rpartition("=")[2]) for line in lines if ",GET /rate/" in line]
    plays = {match.groups() for line in lines if (match := re.search(r",(\d+),GET /data/m/(.+)/\d+\.mpg", line))}
    requests = [line for line in lines if "recommendation request" in line]
    answered = sum(", status 200," in line for line in requests)
    assert told == {
        "requests": len(requests),
        "answered": answered,
        "late": len(requests) - answered,
        "failed": 0,
        "plays": len(plays),
        "fees_nano": sum(fees[movie] for _, movie in plays),
        "minutes": sum(line.endswith(".mpg") for line in lines),
        "ratings": len(stars),
        "stars": sum(stars),
        "accounts": sum(line.endswith("/create_account") for line in lines),
    }
    assert told["late"] > 0 < told["accounts"]
