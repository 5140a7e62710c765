"""Subgroups: users with something in common that is known before any list is made."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cf.interactions import Interactions
from core.ids import UserId
from core.user import User

LEAST_USERS = 20  # of fewer users only the count is told: a bootstrap of them promises more than it holds
_AGE_BANDS = ((0, 17), (18, 24), (25, 34), (35, 49), (50, 200))  # years
_ACTIVITY_BANDS = ((1, 4), (5, 19), (20, 10**9))  # films; the service's mean is 9.4
_UNKNOWN = "unknown"

Rows = NDArray[np.int64]


def subgroups(rows: Rows, known: Interactions, users: Mapping[UserId, User]) -> dict[str, Rows]:
    """Named parts of the judged users, each as positions in `rows`; every user is in one part of each kind.

    rows : the judged users, in `known`, which holds what lists are made from.
    users : records, as far as there are any.

    Kinds: gender, age band, occupation, activity (films known), described or not, and taste: whose films are on the
    mean less popular than those of half of the judged users has a taste for the tail, the others for the head.
    """
    records = [users.get(UserId(user)) for user in known.users[rows].tolist()]
    n_films = np.bincount(known.user, minlength=len(known.users))[rows].tolist()
    fame = own_popularity(known)[rows]
    middle = float(np.median(fame))
    labels: dict[str, list[str]] = {
        "gender": [record.gender or _UNKNOWN if record else _UNKNOWN for record in records],
        "age": [_band(record.age_years if record else None, _AGE_BANDS) for record in records],
        "occupation": [record.occupation or _UNKNOWN if record else _UNKNOWN for record in records],
        "activity": [f"{_band(n, _ACTIVITY_BANDS)} films" for n in n_films],
        "described": ["yes" if record and (record.likes or record.dislikes) else "no" for record in records],
        "taste": ["tail" if value < middle else "head" for value in fame.tolist()],
    }
    parts: dict[str, Rows] = {}
    for kind, of_users in labels.items():
        found = np.array(of_users)
        parts |= {f"{kind}: {label}": np.flatnonzero(found == label) for label in sorted(set(of_users))}
    return parts


def own_popularity(known: Interactions) -> NDArray[np.float64]:
    """Mean number of users who have a user's own films, shape (n_users,); 0 for who has none."""
    watchers = np.bincount(known.movie, minlength=len(known.movies))
    n_users = len(known.users)
    sums = np.bincount(known.user, weights=watchers[known.movie], minlength=n_users)
    mean: NDArray[np.float64] = sums / np.maximum(np.bincount(known.user, minlength=n_users), 1)
    return mean


def _band(value: int | None, bands: tuple[tuple[int, int], ...]) -> str:
    """The band that holds a value, as words; one that is open at the end says so."""
    for low, high in bands:
        if value is not None and low <= value <= high:
            return f"{low} and more" if (low, high) == bands[-1] else f"{low} to {high}"
    return _UNKNOWN
