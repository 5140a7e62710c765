"""MovieLens: the films of one of its folders as the catalogue of a simulated site."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import svds

from core.backends import PortUrl
from core.errors import WorldError
from core.ids import is_movie_id
from simulator.billings import Billing
from simulator.films import Catalogue, Films, complete
from simulator.genres import GENRES
from simulator.tastes import HIDDEN
from simulator.titles import movie_id

# "City of Lost Children, The (Cité des enfants perdus, La) (1995)": the last bracket before the year is the original
TITLE = re.compile(r"(?P<title>.*?)(?: \((?P<other>[^()]*)\))* \((?P<year>\d{4})\)\s*")
ARTICLE_BEHIND = re.compile(r"(?P<rest>.*), (?P<article>The|An?|L[aeo]s?|L'|Il|El|D[aei][mnrs]|Une?)")
ALIAS = "a.k.a. "
OUR_GENRES = {"Children": "Family", "Sci-Fi": "Science Fiction", "Musical": "Music", "Film-Noir": "Crime"}
UNRATED = 0.5  # ratings that a film without any counts as, in fame
NOISE = 0.1  # standard deviation, beside 1 for what the ratings tell of hidden qualities: decides for films with few


def open_movielens(url: PortUrl) -> Catalogue:
    """The catalogue `movielens:DIR`."""
    return partial(movielens_films, Path(url.path))


def movielens_films(folder: Path, count: int, rng: np.random.Generator) -> Films:
    """The `count` most rated films of a MovieLens folder (movies.csv, ratings.csv, service_ids.csv if there).

    Fame is the number of ratings; hidden qualities are the leading singular vectors of the ratings about the film's
    mean. Films without a year and doubles of an id are left out. Runtimes, days, certificates and fees are invented;
    credits, series stay empty.
    Raises WorldError when a file is missing or the folder has too few films or ratings.
    """
    billings, genres = _billings(folder)
    numbers = np.array(list(billings))
    user, film, stars = _ratings(folder, numbers)
    n_ratings = np.bincount(film, minlength=len(numbers))
    if count > len(numbers):
        raise WorldError(f"{folder} has {len(numbers)} films, not {count}: ask for fewer")
    chosen = np.argsort(-n_ratings, kind="stable")[:count]
    hidden = _hidden(user, film, stars, len(numbers))[chosen] + NOISE * rng.standard_normal((count, HIDDEN))
    names = [genre.name for genre in GENRES]
    keys = numbers[chosen].tolist()
    return complete(
        ids=[billings[key][0] for key in keys],
        billings=[billings[key][1] for key in keys],
        credits=np.full((count, 1), ""),
        has_genre=np.array([[name in genres[key] for name in names] for key in keys]),
        hidden=hidden,
        fame=(n_ratings[chosen] + UNRATED).astype(np.float64),
        rng=rng,
    )


def _billings(folder: Path) -> tuple[dict[int, tuple[str, Billing]], dict[int, set[str]]]:
    """Id and billing, and our genres, by MovieLens number."""
    ids = folder / "service_ids.csv"
    given = {int(row["movieId"]): row["service_movie_id"] for row in _rows(ids)} if ids.is_file() else {}
    billings: dict[int, tuple[str, Billing]] = {}
    genres: dict[int, set[str]] = {}
    taken: set[str] = set()
    for row in _rows(_needed(folder, "movies.csv")):
        match = TITLE.fullmatch(row["title"])
        if match is None:
            continue
        number, year = int(row["movieId"]), int(match["year"])
        title = _article_first(match["title"])
        other = match["other"] or ""
        original = title if not other or other.startswith(ALIAS) else _article_first(other)
        name = given.get(number) or movie_id(title, year)
        if name in taken or not is_movie_id(name):
            continue
        taken.add(name)
        nickname = other.removeprefix(ALIAS) if other.startswith(ALIAS) else ""
        billings[number] = (name, Billing(title, year, original, "", "", nickname, len(billings)))
        genres[number] = {OUR_GENRES.get(genre, genre) for genre in row["genres"].split("|")}
    return billings, genres


def _article_first(title: str) -> str:
    """MovieLens moves the article behind: "Matrix, The".

    >>> _article_first("Matrix, The"), _article_first("Avventura, L'")
    ('The Matrix', "L'Avventura")
    """
    match = ARTICLE_BEHIND.fullmatch(title)
    if match is None:
        return title
    return f"{match['article']}{'' if match['article'].endswith(chr(39)) else ' '}{match['rest']}"


def _needed(folder: Path, name: str) -> Path:
    if not (folder / name).is_file():
        raise WorldError(f"{folder} is no MovieLens folder: it has no {name}; unpack one of the zip files first")
    return folder / name


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _ratings(
    folder: Path, numbers: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """(user, place of the film in `numbers`, stars) of each rating of one of these films."""
    path = _needed(folder, "ratings.csv")
    user, number, stars = np.loadtxt(path, delimiter=",", skiprows=1, usecols=(0, 1, 2), unpack=True, ndmin=2)
    order = np.argsort(numbers)
    film = order[np.minimum(np.searchsorted(numbers, number, sorter=order), len(numbers) - 1)]
    known = numbers[film] == number
    return user[known].astype(np.int64), film[known], stars[known]


def _hidden(
    user: NDArray[np.int64], film: NDArray[np.int64], stars: NDArray[np.float64], n_films: int
) -> NDArray[np.float64]:
    """What ratings tell of films beside their mean, shape (n_films, HIDDEN), each column of standard deviation 1."""
    n_ratings = np.bincount(film, minlength=n_films)
    mean = np.bincount(film, stars, minlength=n_films) / np.maximum(1, n_ratings)
    _, row = np.unique(user, return_inverse=True)
    matrix = csr_matrix((stars - mean[film], (row, film)), shape=(int(row.max(initial=0)) + 1, n_films))
    if min(matrix.shape) <= HIDDEN:
        raise WorldError(f"tastes need ratings by more than {HIDDEN} users of more than {HIDDEN} films")
    *_, right = svds(matrix, k=HIDDEN, v0=np.ones(min(matrix.shape)))  # v0: else scipy begins anywhere
    spread: NDArray[np.float64] = right.T / right.std(axis=1)
    return spread
