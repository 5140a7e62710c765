"""Splits: which interactions a model may learn from, and which it is judged by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cf.holdout import is_held_out
from cf.interactions import Interactions

TEST_SHARE = 0.2
_FURTHER_BACK = (0.3, 0.4, 0.5)


@dataclass(frozen=True)
class Split:
    """Disjoint parts of one whole, on the same axes, every interaction in one of them.

    `shown` : what a model is not trained on and is shown when it is judged, as a service is shown the events that
    came since the training; None where there is nothing of the kind.
    """

    train: Interactions
    test: Interactions
    shown: Interactions | None = None

    def known(self) -> Interactions:
        """What lists are made from: all that a model was trained on and shown."""
        return self.train if self.shown is None else self.train.joined(self.shown)

    def judged(self) -> np.ndarray:
        """Rows of the users who have both known and test films: only these can be judged."""
        n = len(self.train.users)
        seen = np.bincount(self.known().user, minlength=n) > 0
        return np.flatnonzero(seen & (np.bincount(self.test.user, minlength=n) > 0))


Splitter = Callable[[Interactions], Split]


def time_split(whole: Interactions, test_share: float = TEST_SHARE) -> Split:
    """The last `test_share` of all interactions, by the time when a user first chose a film, are the test.

    Rules out that a model learns who chose what later than the first test film was chosen (ties in the order of
    arrival): a film watched before and touched again later is training, and no hit. Does not rule out that
    stars given and minutes watched later count in the weight of a film chosen before, nor that users with many
    late events weigh the choice of test users: who came only early, or only late, is not judged.
    """
    late = np.arange(len(whole)) >= len(whole) - int(len(whole) * test_share)
    return Split(whole.only(~late), whole.only(late))


def rolling(whole: Interactions, split: Splitter, least_judged: int) -> list[Split]:
    """The parts that choose parameters: one split as it is, or by time several, where few users can be judged.

    By time, points further back are added until `least_judged` users were judged, each as often as there were later
    films of the same user. All of them lie inside `whole`, so that the test stays unseen.
    Source: Tashman 2000 (International Journal of Forecasting), rolling origins.
    """
    parts = [split(whole)]
    for share in _FURTHER_BACK if split is time_split else ():
        if sum(len(part.judged()) for part in parts) >= least_judged:
            break
        parts.append(time_split(whole, share))
    return parts


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


def hold_out(whole: Interactions) -> Split:
    """The last max(1, 20 %) of the films of each user of the hold-out; nothing of these users is training.

    Rules out that a model, its parameters or an earlier version learnt anything from the judged users: the users are
    the same in every version, and their earlier films are only shown when the lists are made. Does not rule out that
    it learns from what other users did later, as in `per_user_last`.
    """
    held = is_held_out(whole.users)[whole.user]
    parts = per_user_last(whole.only(held))
    return Split(whole.only(~held), parts.test, parts.train)


SPLITS: dict[str, Splitter] = {"time": time_split, "per-user-last": per_user_last}
VIEWS = SPLITS | {"holdout": hold_out}  # what a model can be judged by; the hold-out never chooses a parameter
