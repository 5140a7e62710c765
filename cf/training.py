"""Training: interactions become a model that can serve."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version

import numpy as np
import pandas as pd

from cf import selection
from cf.als import Als, AlsParameters
from cf.blend import Axes, Blend
from cf.candidates import CandidateTable
from cf.interactions import Interactions
from cf.model import Card, Model, Validation
from cf.popularity import Popularity
from cf.selection import Search
from cf.splits import SPLITS
from cf.suitability import age_limits, shown_age
from cf.trial import Recipe
from core.ids import UserId
from core.movie import Movie

LEAST_JUDGED_USERS = 200  # fewer users with films on both sides of a point in time can not choose parameters
STEPS = selection.STEPS + 1
_LIBRARIES = ("implicit", "numpy", "scipy")

Settle = Callable[[Interactions, str, Recipe], Recipe]


def _as_found(_whole: Interactions, _split: str, recipe: Recipe) -> Recipe:
    return recipe


def train(
    frame: pd.DataFrame,
    catalogue: Iterable[Movie],
    ages_years: Mapping[UserId, int | None],
    *,
    store: str,
    batch: int,
    stars_max: int,
    seed: int,
    revision: str,
    settle: Settle = _as_found,
    also: Iterable[AlsParameters] = (),
    on_step: Callable[[], object] = lambda: None,
) -> Model:
    """The model of all events, with parameters chosen on validation data.

    The last part of the events is left out of that choice, so that `settle` can judge it by them: it is told all
    interactions, the name of the split and the recipe that was found, and gives the one to train with.

    also : parameters that are tried beside those of the search, see `cf.tuning`.
    frame : what `EventReader.interactions()` returned when `batch` was the last one of the store with this id.
    `on_step` is called STEPS times on the way. Equal arguments give equal models, bit by bit, with the same
    libraries on the same kind of machine.
    Raises TrainingError when the catalogue or the events are too little to learn from.
    """
    movies = list(catalogue)
    interactions, unknown = Interactions.from_frame(frame, (movie.id for movie in movies), stars_max)
    split = _validation_split(interactions)
    search = Search(SPLITS[split](interactions).train, SPLITS[split], seed, on_step)
    chosen = search.blend(also)
    recipe = settle(interactions, split, Recipe(chosen.als, chosen.blend))
    history = interactions.history()
    popularity = Popularity.of(interactions, recipe.blend.half_life_days)
    axes = Axes.of(Als.fit(history, len(interactions.movies), recipe.als, seed).movies)
    blend = Blend.of(axes, popularity.score, recipe.blend)
    limits = age_limits(movies)
    candidates = CandidateTable.of(
        blend,
        history,
        np.array([shown_age(ages_years.get(UserId(user))) for user in interactions.users.tolist()], np.int8),
        np.array([limits[movie] for movie in interactions.movies], np.int8),
    )
    on_step()
    card = Card(
        version="",
        data_id=interactions.data_id(),
        store=store,
        batch=batch,
        interactions=len(interactions),
        users=len(interactions.users),
        movies=len(interactions.movies),
        unknown_movies=len(unknown),
        unknown_interactions=sum(unknown.values()),
        first_us=int(frame["first_us"].min()),
        last_us=int(frame["last_us"].max()),
        seed=seed,
        stars_max=stars_max,
        als=recipe.als,
        blend=recipe.blend,
        validation=Validation(split, search.judged_users, search.popularity_ndcg, chosen.ndcg),
        libraries={name: version(name) for name in _LIBRARIES},
        revision=revision,
        files={},
    )
    return Model(card, interactions.users, interactions.movies, blend, history, candidates)


def _validation_split(interactions: Interactions) -> str:
    """By time, as the service will be asked, unless too few users were there both early and late, twice over."""
    outer = SPLITS["time"](interactions)
    inner = SPLITS["time"](outer.train)
    judged = min(len(outer.judged()), len(inner.judged()))
    return "time" if judged >= LEAST_JUDGED_USERS else "per-user-last"
