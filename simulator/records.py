"""Records: what the two APIs tell of a user and of a film, odd types included."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from core.money import Usd
from simulator.films import Films
from simulator.genres import GENRES
from simulator.mentions import Description
from simulator.people import People

FAMOUS_VOTES = 500_000  # votes of a film that had all the fame of the world


def user_records(people: People, descriptions: Iterable[Description | None]) -> Iterator[tuple[str, str]]:
    """(id, JSON object) of every user; `descriptions`, one a user, are what the users write of themselves."""
    columns = (column.tolist() for column in (people.ids, people.ages, people.occupations, people.genders))
    for user_id, age, occupation, gender, described in zip(*columns, descriptions, strict=True):
        record = {
            "user_id": user_id,
            "age": age,
            "occupation": occupation,
            "gender": gender,
            "self_description_likes": described and described.likes,
            "self_description_dislikes": described and described.dislikes,
        }
        yield str(user_id), json.dumps(record)


def movie_records(films: Films) -> Iterator[tuple[str, str]]:
    """(id, JSON object) of every film, as the site writes them.

    Numbers are strings but for `tmdb_id` and `runtime`, what is missing is "null", an empty collection is {}.
    """
    series = {name: number for number, name in enumerate(dict.fromkeys(films.collections), 1000)}
    for place, movie_id in enumerate(films.ids.tolist()):
        collection = films.collections[place]
        genres = [genre for genre, has in zip(GENRES, films.has_genre[place], strict=True) if has]
        record = {
            "id": movie_id,
            "tmdb_id": 100_000 + place,
            "title": films.titles[place],
            "original_title": films.original_titles[place],
            "adult": "False",
            "belongs_to_collection": {"id": series[collection], "name": collection} if collection else {},
            "genres": [{"id": genre.number, "name": genre.name} for genre in genres],
            "homepage": "null",
            "original_language": films.languages[place] or "null",
            "overview": _overview(films, place, [genre.name for genre in genres]),
            "popularity": f"{films.fame[place] * len(films.ids):.6f}",
            "release_date": str(films.released[place]),
            "runtime": int(films.runtimes[place]),
            "status": "Released",
            "vote_count": str(int(films.fame[place] * FAMOUS_VOTES)),
            "certification": films.certificates[place].item() or "null",
            "license_cost": str(Usd(int(films.fees_nano[place]))),
        }
        yield movie_id, json.dumps(record)


def _overview(films: Films, place: int, genres: list[str]) -> str:
    """What the API tells of a film in words; nowhere else does it name people."""
    director, *actors = films.credits[place].tolist()
    about = f"{' and '.join(genres) or 'A film'}, made in {films.years[place]}"
    if director:
        about += f" by {director}"
    return f"{about}, with {' and '.join(filter(None, actors))}." if any(actors) else f"{about}."
