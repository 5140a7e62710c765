"""Splits: which interactions a model may learn from, and which it is judged by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cf.interactions import Interactions

TEST_SHARE = 0.2


@dataclass(frozen=True)
class Split:
    """Two parts of one whole: disjoint, on the same axes, every interaction in one of them."""

    train: Interactions
    test: Interactions

    def judged(self) -> np.ndarray:
        """Rows of the users who have both training and test films: only these can be judged."""
        n = len(self.train.users)
        seen = np.bincount(self.train.user, minlength=n) > 0
        return np.flatnonzero(seen & (np.bincount(self.test.user, minlength=n) > 0))


def time_split(whole: Interactions) -> Split:
    """The last 20 % of all interactions, by the time when a user first chose a film, are the test.

    Rules out that a model learns who chose what later than the first test film was chosen (ties in the order of
    arrival): a film watched before and touched again later is training, and no hit. Does not rule out that
    stars given and minutes watched later count in the weight of a film chosen before, nor that users with many
    late events weigh the choice of test users: who came only early, or only late, is not judged.
    """
    late = np.arange(len(whole)) >= len(whole) - int(len(whole) * TEST_SHARE)
    return Split(whole.only(~late), whole.only(late))


def per_user_last(whole: Interactions) -> Split:
    """The last max(1, 20 %) of each user's films, by the time when they were first chosen, are that user's test.

    Rules out a leak from a user's own future: no film that the user chose after the first test film is
    learnt from that user. Does not rule out leaks between users: a model may learn from what others did
    later (which films became popular), so its figures flatter compared with `time_split`.
    """
    history = np.argsort(whole.user, kind="stable")
    lengths = np.bincount(whole.user, minlength=len(whole.users))
    ends = np.repeat(lengths.cumsum(), lengths)
    tests = np.repeat(np.maximum(1, (lengths * TEST_SHARE).astype(np.int64)), lengths)
    late = np.zeros(len(whole), bool)
    late[history] = np.arange(len(whole)) >= ends - tests
    return Split(whole.only(~late), whole.only(late))


SPLITS: dict[str, Callable[[Interactions], Split]] = {"time": time_split, "per-user-last": per_user_last}
