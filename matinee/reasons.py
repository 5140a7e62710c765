"""Reasons: what of a user's own words put each film on a list by taste, worked out again from what is stored."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from cf import Registry, TasteVectors, reasons
from core.decision import Decision
from core.errors import ArtefactError
from core.ids import MovieId
from core.settings import Settings
from ingest import Catalogue
from llm import Tastes

_FROM = "worked out again from model {model} and the taste of {made:%Y-%m-%d %H:%M:%S} UTC, understood by {maker}"


def because(settings: Settings, decision: Decision) -> dict[str, Any]:
    """`because`: for each film that the ranker by taste brought, what speaks most for it, where anything does.

    `because_from` says what it was worked out from, and when that is not what the list was made from.
    """
    ranking = decision.ranking
    if not settings.work_db.exists():
        return _nothing("there are no tastes any more")
    with closing(Tastes(settings.work_db)) as tastes:
        taste = tastes.get(decision.user)
    if taste is None:
        return _nothing("the user's taste was erased")
    try:
        model = Registry(settings.models).load(ranking.model)
    except ArtefactError as error:
        return _nothing(str(error))
    catalogue = Catalogue(settings.events_db).movies()
    titles = {movie.id: movie.title for movie in catalogue}
    movies = _by_taste(decision)
    found = reasons(TasteVectors.of(model, catalogue), taste, movies, titles)
    source = _FROM.format(model=ranking.model, made=taste.made, maker=taste.maker)
    if taste.made > decision.time:
        source += ": newer than this list"
    return {"because": {m: why for m, why in zip(movies, found, strict=True) if why}, "because_from": source}


def _by_taste(decision: Decision) -> list[MovieId]:
    """The films of the list that are the taste ranker's: rankers fill it one after the other."""
    at, movies = 0, list[MovieId]()
    for attempt in decision.ranking.attempts:
        if attempt.ranker == "taste":
            movies += decision.ranking.movies[at : at + attempt.movies]
        at += attempt.movies
    return movies


def _nothing(why: str) -> dict[str, Any]:
    return {"because": {}, "because_from": f"not known: {why}"}
