"""The films of a MovieLens folder can be the catalogue of a world."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from core.errors import SettingError, UnknownScheme, WorldError
from simulator.films import CATALOGUES
from simulator.movielens import movielens_films
from simulator.world import World, WorldSize

MOVIES = """movieId,title,genres
1,Toy Story (1995),Adventure|Children
2,"City of Lost Children, The (Cité des enfants perdus, La) (1995)",Sci-Fi
3,Seven (a.k.a. Se7en) (1995),(no genres listed)
4,Unborn Film,Drama
5,Heat (1995),Film-Noir
6,Heat! (1995),Drama
7,Jumanji (1995),Musical
8,Casino (1995),Drama
9,Babe (1995),Drama
10,Clueless (1995),Drama
"""


@pytest.fixture
def folder(tmp_path):
    """Ten films; film 1 is rated by all nine users, film 2 by eight, and so on; even users like even films."""
    (tmp_path / "movies.csv").write_text(MOVIES)
    ratings = [
        f"{user},{film},{4.5 if (user + film) % 2 == 0 else 1.5},1"
        for film in range(1, 11)
        for user in range(1, 11 - film)
    ]
    (tmp_path / "ratings.csv").write_text("\n".join(["userId,movieId,rating,timestamp", *ratings]) + "\n")
    return tmp_path


def films_of(folder, count=8):
    return movielens_films(folder, count, np.random.default_rng(1))


def test_titles_years_genres_and_ids_are_those_of_the_folder(folder):
    films = films_of(folder)
    assert films.ids[:4].tolist() == ["toy+story+1995", "the+city+of+lost+children+1995", "seven+1995", "heat+1995"]
    assert films.titles[1] == "The City of Lost Children"
    assert films.original_titles[1] == "La Cité des enfants perdus"
    assert films.nicknames[2] == "Se7en"
    assert films.has_genre[:3].sum(axis=1).tolist() == [2, 1, 0]


def test_films_without_a_year_and_doubles_of_an_id_are_left_out(folder):
    assert "unborn" not in " ".join(films_of(folder).ids.tolist())
    assert len(set(films_of(folder).ids.tolist())) == 8
    with pytest.raises(WorldError, match="has 8 films, not 9"):
        films_of(folder, 9)


def test_the_most_rated_films_come_first_and_fame_follows_their_ratings(folder):
    films = films_of(folder, 3)
    assert films.ids.tolist() == ["toy+story+1995", "the+city+of+lost+children+1995", "seven+1995"]
    assert films.fame == pytest.approx(np.array([9.5, 8.5, 7.5]) / 25.5)


def test_an_id_that_the_folder_gives_goes_before_the_rule(folder):
    (folder / "service_ids.csv").write_text("movieId,service_movie_id\n1,toy+tale+1995\n")
    assert films_of(folder).ids[0] == "toy+tale+1995"


def test_a_folder_without_ratings_is_refused(folder):
    (folder / "ratings.csv").unlink()
    with pytest.raises(WorldError, match=r"has no ratings\.csv"):
        films_of(folder)


def test_a_catalogue_is_named_by_a_url(folder):
    assert CATALOGUES.open(f"movielens:{folder}")(3, np.random.default_rng(1)).titles[0] == "Toy Story"
    assert len(CATALOGUES.open("invented:")(3, np.random.default_rng(1)).titles) == 3
    with pytest.raises(UnknownScheme, match="known schemes are invented, movielens"):
        CATALOGUES.open(f"netflix:{folder}")
    with pytest.raises(SettingError, match="takes nothing behind it"):
        CATALOGUES.open("invented:?count=3")


@pytest.fixture(scope="module")
def real_films(shared_real):
    return movielens_films(shared_real / "ml-latest-small", 2_000, np.random.default_rng(1))


def test_real_ratings_seed_the_tastes(real_films):
    """Who likes one film of a saga likes the others: they lie nearer to each other than to a random film."""
    place = {movie: position for position, movie in enumerate(real_films.ids.tolist())}
    hidden = real_films.tastes[:, -6:]
    near = hidden @ hidden[place["the+lord+of+the+rings+the+fellowship+of+the+ring+2001"]]
    assert near[place["the+lord+of+the+rings+the+two+towers+2002"]] > np.quantile(near, 0.95)
    assert near[place["the+lord+of+the+rings+the+return+of+the+king+2003"]] > np.quantile(near, 0.95)


def test_a_world_of_real_films_is_the_same_each_time(shared_real):
    size = WorldSize(users=60, movies=300, days=4, films_per_user=3)
    catalogue = CATALOGUES.open(f"movielens:{shared_real / 'ml-latest-small'}")
    one, other = (World.build(5, size, date(2026, 1, 1), catalogue) for _ in range(2))
    assert one.films.tastes.tobytes() == other.films.tastes.tobytes()
    assert list(one.log.slices()) == list(other.log.slices())
