"""The hold-out: a fixed part of the users that a model can be kept from, the same one in every version."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from core.ids import UserId

SHARE = 0.1
_SALT = 0x6D6174696E656531  # "matinee1": another salt is another hold-out, and old figures no longer compare


def position(users: NDArray[np.int64]) -> NDArray[np.float64]:
    """Where each user stands, from 0 to below 1: a salted hash of the id, evenly spread.

    It depends on nothing but the id, so that who is held out today is held out from every later model too.
    Source: SplitMix64, Steele, Lea, Flood 2014 (OOPSLA).

    >>> position(np.array([42, 43])).round(3).tolist()
    [0.266, 0.851]
    """
    mixed = users.astype(np.uint64) ^ np.uint64(_SALT)
    mixed = mixed + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (mixed ^ (mixed >> np.uint64(31))) / np.float64(2**64)


def is_held_out(users: NDArray[np.int64], share: float = SHARE) -> NDArray[np.bool_]:
    """Whether each user belongs to the hold-out of this share; a smaller share is part of a larger one."""
    held: NDArray[np.bool_] = position(users) < share
    return held


def first_held_out(users: Iterable[UserId], at_most: int, share: float) -> frozenset[UserId]:
    """Of the hold-out of this share among `users`, the first `at_most` by their position."""
    ids = np.array(sorted(users), np.int64)
    at = position(ids)
    order = np.argsort(at, kind="stable")[:at_most]
    return frozenset(UserId(user) for user in ids[order[at[order] < share]].tolist())
