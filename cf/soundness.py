"""Soundness: whether the parts of a model fit together, so that no request meets what can not be right."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cf.model import Model


def fault(model: Model) -> str | None:
    """What makes the model unfit to serve, in words; None when nothing does. See tests/cf/test_zoo.py."""
    return next(_faults(model), None)


def _faults(model: Model) -> Iterator[str]:
    blend, history, table = model.blend, model.history, model.candidates
    n_users, n_movies = len(model.users), len(model.movies)
    if not n_users or not n_movies or not len(history.movies):
        yield f"it is empty: {n_users} users, {n_movies} films, {len(history.movies)} interactions"
    if any(left >= right for left, right in zip(model.movies, model.movies[1:], strict=False)):
        yield "its films are not in ascending order: ids were permuted, and each factor would belong to another film"
    if (np.diff(model.users) <= 0).any():
        yield "its users are not in ascending order: they could not be found"
    if (model.card.users, model.card.movies) != (n_users, n_movies):
        yield (
            f"its card speaks of {model.card.users} users and {model.card.movies} films, its id maps of {n_users} "
            f"and {n_movies}: a map is stale"
        )
    if blend.factors.ndim != 2 or blend.factors.shape != (n_movies, len(blend.shrink) + 1):
        yield f"its factors have the shape {blend.factors.shape}, its id map {n_movies} films: the map is stale"
    if not (np.isfinite(blend.factors).all() and np.isfinite(blend.shrink).all()):
        yield "its factors hold NaN or infinite numbers"
    if not blend.factors.any():
        yield "its factors are all 0: every list would be as good as any"
    lengths = np.diff(history.start)
    if len(lengths) != n_users or history.start[0] or (lengths < 0).any() or history.start[-1] != len(history.movies):
        yield "its histories do not belong to its users"
    if len(history.movies) != len(history.weights) or not np.isfinite(history.weights).all():
        yield "its histories have films without a weight"
    if not _within(history.movies, n_movies - 1):
        yield f"its histories speak of films that are not among its {n_movies}: the id map is stale"
    if not (len(table.movies) == len(table.scores) == len(table.ages) == n_users):
        yield "its candidates do not belong to its users"
    if not _within(table.movies, n_movies):
        yield f"its candidates speak of films that are not among its {n_movies}: the id map is stale"
    if np.isnan(table.scores).any():
        yield "its candidates have scores that are NaN"


def _within(indices: np.ndarray, last: int) -> bool:
    return not indices.size or (int(indices.min()) >= 0 and int(indices.max()) <= last)
