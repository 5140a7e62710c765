"""People have names for films: none that means another film, and some that mean no film at all."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from simulator.descriptions_talk import Phantoms, short_form, talk_of


@pytest.fixture(scope="module")
def talked_of(small_world):
    return talk_of(small_world.films, np.arange(len(small_world.films.ids)))


def test_another_name_means_one_title_only(small_world, talked_of):
    films = small_world.films
    names = [
        {name.casefold() for name in (title, short_form(title), nickname, original)}
        for title, nickname, original in zip(films.titles, films.nicknames, films.original_titles, strict=True)
    ]
    for film in talked_of:
        for name in film.also:
            meant = {title for title, own in zip(films.titles, names, strict=True) if name.casefold() in own}
            assert meant == {film.title}


def test_films_are_also_known_by_short_forms_nicknames_and_original_titles(small_world, talked_of):
    films = small_world.films
    for names in ([short_form(title) for title in films.titles], films.nicknames, films.original_titles):
        assert any(name in film.also for name, film in zip(names, talked_of, strict=True))


def test_a_series_has_all_its_films_and_a_person_all_of_his(small_world, talked_of):
    films = small_world.films
    collection = next(name for name in films.collections if name)
    members = {movie for movie, one in zip(films.ids.tolist(), films.collections, strict=True) if one == collection}
    told = {film.series.name: set(film.series.movies) for film in talked_of if film.series}
    assert told[collection.removesuffix(" Collection")] == members
    person = talked_of[0].people[0]
    assert set(person.movies) == set(films.ids[(films.credits == person.name).any(axis=1)].tolist())


def test_films_of_one_title_are_all_meant_the_own_one_first(small_world, talked_of):
    for movie, film in zip(small_world.films.ids.tolist(), talked_of, strict=True):
        assert film.movies[0] == movie
        assert len(film.movies) == small_world.films.titles.count(film.title)


def test_a_phantom_is_no_film_of_the_catalogue(small_world):
    titles = {short_form(title).casefold() for title in small_world.films.titles}
    phantoms = Phantoms(small_world.films.titles)
    rng = Random(2)
    assert titles.isdisjoint(short_form(phantoms.invent(rng)).casefold() for _ in range(500))


def test_a_catalogue_of_one_film_has_phantoms_too():
    assert Phantoms(["Tide"]).invent(Random(1)) != "Tide"
