"""A MovieLens folder (movies.csv, and where they are there service_ids.csv, tags.csv, ratings.csv) as films."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from core.errors import CatalogueError
from core.ids import MovieId, is_movie_id
from core.movie import Movie
from ingest.age_limit import age_limit
from ingest.film_ids import film_id
from ingest.record_fields import RecordReason, RefusedRecord, first_of_each_id

_TITLE = re.compile(r"(?P<title>.*?)\s*(?:\((?P<year>\d{4})(?:[-\u2013]\d{0,4})?\))?\s*", re.DOTALL)
_OTHER_NAMES = re.compile(r"\s*\([^()]*\)")
# MovieLens moves the article behind: "Matrix, The", "Avventura, L'"
_ARTICLE_BEHIND = re.compile(
    r"(?P<rest>.*), (?P<article>The|An?|L[aeo]s?|L'|Il|I|Gli|El|Un[ae]?|D[aeo]s|D[ei]r?|De[mnt]|Het|Eine?|Os?|As)"
)
_NO_GENRES = "(no genres listed)"


def read_movielens(folder: Path) -> Iterator[Movie | RefusedRecord]:
    """Each film of `folder`, in the order of movies.csv.

    The id is the one in service_ids.csv when it has one, else made by the rule. Where two films have the same
    id, the first one counts and the other is refused: movies.csv is in the order in which MovieLens took films
    in, so the first one is as a rule the better known. Fees are unknown, ages are estimates from genres,
    title and tags, votes are the ratings where they are there. Raises CatalogueError when `folder` has no
    movies.csv or a file is not as it should be.
    """
    return first_of_each_id(_films(folder))


def split_title(text: str) -> tuple[str, int | None]:
    """The title as one would say it, with the year that MovieLens puts behind it.

    >>> split_title("City of Lost Children, The (Cité des enfants perdus, La) (1995)")
    ('The City of Lost Children (Cité des enfants perdus, La)', 1995)
    """
    match = _TITLE.fullmatch(text)
    assert match is not None  # the pattern takes any text
    main, bracket, others = match["title"].partition(" (")
    behind = _ARTICLE_BEHIND.fullmatch(main)
    if behind is not None:
        gap = "" if behind["article"].endswith("'") else " "
        main = behind["article"] + gap + behind["rest"]
    return main + bracket + others, int(match["year"]) if match["year"] else None


def _films(folder: Path) -> Iterator[Movie | RefusedRecord]:
    given_ids = {
        row["movieId"]: row["service_movie_id"]
        for row in _rows(folder, "service_ids.csv", {"movieId", "service_movie_id"})
    }
    tags: defaultdict[str, list[str]] = defaultdict(list)
    for row in _rows(folder, "tags.csv", {"movieId", "tag"}):
        tags[row["movieId"]].append(row["tag"])
    votes = Counter(row["movieId"] for row in _rows(folder, "ratings.csv", {"movieId"}))
    if not (folder / "movies.csv").is_file():
        raise CatalogueError(
            f"{folder} is no MovieLens folder: it has no movies.csv; unpack one of the zip files first"
        )
    for row in _rows(folder, "movies.csv", {"movieId", "title", "genres"}):
        title, year = split_title(row["title"])
        movie = given_ids.get(row["movieId"]) or film_id(_OTHER_NAMES.sub("", title), year)
        if movie is None or not is_movie_id(movie):
            yield RefusedRecord(movie or row["movieId"], RecordReason.ID, f"of {row['title'][:80]!r}")
            continue
        genres = tuple(genre for genre in row["genres"].split("|") if genre and genre != _NO_GENRES)
        limit = age_limit("", genres, title, *tags[row["movieId"]])
        yield Movie(
            MovieId(movie), title, year, genres, age_limit=limit, votes=votes[row["movieId"]] if votes else None
        )


def _rows(folder: Path, name: str, needed: set[str]) -> Iterator[dict[str, str]]:
    """The rows of one file; none when it is not there."""
    path = folder / name
    if not path.is_file():
        return
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, strict=True, restval="")
            if not needed <= set(rows.fieldnames or ()):
                raise CatalogueError(f"{path} lacks one of the columns {', '.join(sorted(needed))}: get it again")
            yield from rows
    except (csv.Error, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path} is damaged: {error}; get it again") from error
