"""Ids follow the site's rule."""

from __future__ import annotations

import csv

import pytest

from simulator.titles import movie_id


@pytest.mark.parametrize(
    ("title", "year", "expected"),
    [
        ("Léon: The Professional", 1994, "leon+the+professional+1994"),
        ("The Good, the Bad and the Ugly", 1966, "the+good_+the+bad+and+the+ugly+1966"),
        ("Fast & Furious", 2009, "fast++furious+2009"),
        ("Dr. Strangelove", 1964, "dr.+strangelove+1964"),
        ("Spider-Man", 2002, "spider-man+2002"),
        ('Who\'s Afraid (of "#1")?', 1999, "whos+afraid+of+1+1999"),
        ("千と千尋 Spirited Away", 2001, "+spirited+away+2001"),
    ],
)
def test_an_id_follows_the_rule(title, year, expected):
    assert movie_id(title, year) == expected


def test_the_rule_gives_the_ids_of_real_films(shared_real):
    with open(shared_real / "movies_m0.csv", newline="") as file:
        films = list(csv.DictReader(file))
    right = [movie_id(film["title"], int(film["movie_id"][-4:])) == film["movie_id"] for film in films]
    assert sum(right) >= len(films) - 1
