"""The cold start judged: lists made from users' own words alone, against popularity for the same users."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cf import metrics
from cf.bootstrap import Interval, mean_intervals, ratio_interval
from cf.chain import Recommender
from cf.holdout import first_held_out
from cf.interactions import History
from cf.leaning import Leaning, by_own_name
from cf.lists import hits_of
from cf.rankers import TasteRanker
from cf.serving import Serving
from cf.suitability import shown_age
from core.clock import Clock
from core.errors import TrainingError
from core.ids import MovieId, UserId
from core.movie import Movie
from core.taste import Polarity, Taste
from core.user import ADULT_AGE_YEARS

Numbers = NDArray[np.float64]

HELD_SHARE = 0.2  # of the described users at most: the others are what a model is trained on
DECILES = 10
_NO_BUDGET_MS = 60_000.0  # quality is judged here: no ranker may be cut off because this machine is busy


@dataclass(frozen=True)
class Newcomer:
    """A user treated as new: what was written, as it was understood, and what the user went on to watch."""

    age_years: int | None
    characters: int  # of both texts, before anything was understood
    taste: Taste
    watched: frozenset[MovieId]


@dataclass(frozen=True)
class Compared:
    """A metric of the lists by taste and of popularity on the same users. `ratio` is None where popularity has 0."""

    taste: Interval
    popularity: Interval
    difference: Interval
    ratio: Interval | None


@dataclass(frozen=True)
class Group:
    """Users with something in common that is known before any list is made, and the ratios to popularity on them."""

    name: str
    users: int
    recall: Interval | None
    ndcg: Interval | None


@dataclass(frozen=True)
class ColdStartReport:
    """What was found. `users` are those judged; of the others nothing was watched but what they had named.

    nothing_understood : of the judged users, those whose words gave nothing to go by: they got popularity.
    unsuitable : films on lists by taste that do not suit the user's age, counted from the catalogue; must be 0.
    worst_decile : the lowest ratio of any decile by the length of the texts, of recall or NDCG.
    """

    k: int
    users: int
    not_judged: int
    nothing_understood: int
    unsuitable: int
    figures: Mapping[str, Compared]
    groups: Sequence[Group]
    worst_decile: float | None

    def as_json(self) -> dict[str, object]:
        """The report under stable keys; what is infinite, as a ratio to resamples without a hit, is null."""
        report: dict[str, object] = _finite(asdict(self))
        return report


def held_out(described: Iterable[UserId], at_most: int) -> frozenset[UserId]:
    """Users to be treated as new: about a fifth of the described ones, or `at_most` of them, the same every time.

    They are the first of the hold-out (see `cf.holdout`), which is as fixed as the hash of their ids.
    Raises TrainingError when there are too few to find any.
    """
    users = frozenset(described)
    found = first_held_out(users, at_most, HELD_SHARE)
    if not found:
        raise TrainingError(
            f"{len(users)} users have both texts and films, and a fifth of them is nobody: run matinee users import"
        )
    return found


def judge(
    serving: Serving,
    catalogue: Iterable[Movie],
    newcomers: Mapping[UserId, Newcomer],
    k: int,
    seed: int,
    clock: Clock,
    on_user: Callable[[], object] = lambda: None,
) -> ColdStartReport:
    """Compare two lists for each newcomer, both made by `serving`, which must know nothing of them.

    Metric: how much better than popularity a list is that was made from a user's words alone.
    Data: held-out users who described themselves, with all that they watched; a model that was trained without them.
    Operationalization: recall, ndcg and hit of the two lists of k films of each user, as they would be served, age
    filter included; for each the two means, their paired difference and their ratio, with intervals over users.
    Films that a text names by their own titles, liked or not, are out of both lists and out of what was watched:
    to recommend them is worth nothing, and they may not count as found. Films of a series or a person that was
    named stay in both.

    Raises TrainingError when nobody can be judged, ValueError when the model was trained on a newcomer.
    """
    if serving.model is None:
        raise TrainingError("without a model there are no lists to compare: run matinee ingest")
    for user in newcomers:
        if serving.model.row(user) is not None or user in serving.fresh:
            raise ValueError(f"the model knows user {user}, who was to be new: train without the held-out users")
    index = serving.model.index
    judged = {
        user: left
        for user, new in newcomers.items()
        if (left := new.watched.intersection(index) - by_own_name(new.taste))
    }
    if not judged:
        raise TrainingError("no held-out user watched a film but those named in the texts: hold out more users")
    served = Recommender(serving, clock)
    without_taste = tuple(ranker for ranker in serving.rankers if ranker.name != TasteRanker.name)
    lists: dict[str, list[tuple[MovieId, ...]]] = {"taste": [], "popularity": []}
    for user in judged:
        new = newcomers[user]
        ages = {user: shown_age(new.age_years)}
        for name, said, rankers in (
            ("taste", new.taste, serving.rankers),
            ("popularity", _named_only(new.taste), without_taste),
        ):
            served.serving = replace(serving, rankers=rankers, ages=ages, tastes={user: said})
            lists[name].append(served.recommend(user, k, _NO_BUDGET_MS).movies)
        on_user()
    relevant = _history([[index[movie] for movie in watched] for watched in judged.values()])
    columns = {name: _columns(_matrix(rows, index, k), relevant, len(index)) for name, rows in lists.items()}
    rng = np.random.default_rng(seed)
    groups = _groups([newcomers[user] for user in judged], columns, rng)
    return ColdStartReport(
        k=k,
        users=len(judged),
        not_judged=len(newcomers) - len(judged),
        nothing_understood=sum(not Leaning.of(newcomers[user].taste) for user in judged),
        unsuitable=_unsuitable(catalogue, [newcomers[user].age_years for user in judged], lists["taste"]),
        figures={name: _compared(columns, name, rng) for name in columns["taste"]},
        groups=groups,
        worst_decile=_worst(groups[: min(DECILES, len(judged))]),
    )


def _finite(value: Any) -> Any:
    """The same with None for numbers that JSON can not say."""
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def _named_only(taste: Taste) -> Taste:
    """A taste of which only that counts which both lists must leave out, as seen."""
    own = by_own_name(taste)
    films = (replace(film, polarity=Polarity.LIKED) for film in taste.films if film.movie in own)
    return replace(taste, films=tuple(films), genres=())


def _history(watched: Sequence[Sequence[int]]) -> History:
    start = np.concatenate([[0], np.cumsum([len(films) for films in watched])]).astype(np.int64)
    movies = np.array([film for films in watched for film in films], np.int32)
    return History(start, movies, np.ones(len(movies), np.float32))


def _matrix(rows: Sequence[Sequence[MovieId]], index: Mapping[MovieId, int], k: int) -> NDArray[np.int32]:
    lists = np.full((len(rows), k), metrics.NO_MOVIE, np.int32)
    for row, movies in enumerate(rows):
        lists[row, : len(movies)] = [index[movie] for movie in movies]
    return lists


def _columns(lists: NDArray[np.int32], relevant: History, n_movies: int) -> dict[str, Numbers]:
    """Every metric, one number a judged user."""
    hits = hits_of(lists, relevant)
    return {
        "recall": metrics.recall(hits, relevant.lengths),
        "ndcg": metrics.ndcg(hits, relevant.lengths),
        "hit": metrics.hit(hits),
        "coverage": metrics.coverage(lists, n_movies),
    }


def _compared(columns: Mapping[str, Mapping[str, Numbers]], name: str, rng: np.random.Generator) -> Compared:
    ours, base = columns["taste"][name], columns["popularity"][name]
    taste, popularity, difference = mean_intervals(np.column_stack([ours, base, ours - base]), rng)
    return Compared(taste, popularity, difference, ratio_interval(ours, base, rng))


def _groups(
    newcomers: Sequence[Newcomer], columns: Mapping[str, Mapping[str, Numbers]], rng: np.random.Generator
) -> list[Group]:
    """Deciles by the length of the texts, the shortest first, then minors and adults; no empty group."""
    characters = np.array([new.characters for new in newcomers])
    is_adult = np.array([shown_age(new.age_years) >= ADULT_AGE_YEARS for new in newcomers])
    deciles = np.array_split(np.argsort(characters, kind="stable"), min(DECILES, len(newcomers)))
    named = [(f"{characters[part].min()} to {characters[part].max()} characters", part) for part in deciles]
    named += [("minors and unknown ages", np.flatnonzero(~is_adult)), ("adults", np.flatnonzero(is_adult))]
    ratios = {
        metric: [
            ratio_interval(columns["taste"][metric][part], columns["popularity"][metric][part], rng)
            if len(part)
            else None
            for _, part in named
        ]
        for metric in ("recall", "ndcg")
    }
    return [
        Group(name, len(part), recall, ndcg)
        for (name, part), recall, ndcg in zip(named, ratios["recall"], ratios["ndcg"], strict=True)
        if len(part)
    ]


def _worst(deciles: Iterable[Group]) -> float | None:
    found = [ratio.point for group in deciles for ratio in (group.recall, group.ndcg) if ratio is not None]
    return min(found, default=None)


def _unsuitable(
    catalogue: Iterable[Movie], ages_years: Sequence[int | None], lists: Sequence[Sequence[MovieId]]
) -> int:
    """Films shown to somebody whom they do not suit, from the records alone: nothing of what filters lists."""
    limits = {movie.id: movie.age_limit.years for movie in catalogue if movie.age_limit is not None}
    youngest = [shown_age(None) if age is None else age for age in ages_years]
    return sum(
        limits.get(movie, ADULT_AGE_YEARS) > age
        for age, movies in zip(youngest, lists, strict=True)
        if age < ADULT_AGE_YEARS
        for movie in movies
    )
