"""The crowd: the users of a live world, whose tastes drift, who grow fond of the site, and who become more."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray

from core.ids import UserId
from simulator.behaviour import Behaviour
from simulator.truth import Truth

LIKENESS = 0.8  # of the variance of a newcomer's taste comes from the user that the newcomer resembles
_DAY = timedelta(days=1)


class Crowd:
    """Users by their place: those of the truth in its order, then the newcomers."""

    def __init__(self, truth: Truth, behaviour: Behaviour) -> None:
        self._truth = truth
        self._behaviour = behaviour
        self.ids: list[UserId] = [UserId(user) for user in truth.user_ids.tolist()]
        self._ages = truth.ages.tolist()
        self._tastes = list(truth.user_tastes)
        self._seen: dict[int, set[int]] = {}
        self._visited: dict[int, datetime] = {}
        self._activity = truth.activity.copy()
        self._satisfaction = np.zeros(len(self.ids))
        self._weights = self._activity.copy()

    @property
    def weight(self) -> float:
        """How much the crowd visits, in users of mean activity and no satisfaction yet."""
        return float(self._weights.sum())

    def draw(self, rng: np.random.Generator) -> int:
        """The next visitor: the active and the satisfied come more often."""
        bounds = self._weights.cumsum()
        return int(np.searchsorted(bounds, rng.random() * bounds[-1], side="right"))

    def join(self, user: UserId, activity: float = 1.0) -> tuple[int, int]:
        """A newcomer's place, and the place of the user of the truth whom the newcomer resembles.

        Both follow from the id alone. A newcomer of activity 0 never visits by himself.
        """
        rng = np.random.default_rng(user)
        model = int(rng.integers(len(self._truth.user_ids)))
        taste = self._truth.user_tastes[model]
        own = rng.standard_normal(len(taste)).astype(np.float32)
        self.ids.append(user)
        self._ages.append(self._ages[model])
        self._tastes.append(np.float32(sqrt(LIKENESS)) * taste + np.float32(sqrt(1 - LIKENESS)) * own)
        self._seen[len(self.ids) - 1] = set()
        self._activity = np.append(self._activity, activity)
        self._satisfaction = np.append(self._satisfaction, 0.0)
        self._weights = np.append(self._weights, activity)
        return len(self.ids) - 1, model

    def age(self, place: int) -> int:
        """In years."""
        age: int = self._ages[place]
        return age

    def affinity(self, place: int) -> NDArray[np.float32]:
        """How well each film lies to the user's present taste, shape (n_films,)."""
        affinity: NDArray[np.float32] = self._truth.film_tastes @ self._tastes[place]
        return affinity

    def seen_by(self, place: int) -> set[int]:
        """Films that the user watched, in the history and since: the set itself, to be added to."""
        if place not in self._seen:
            self._seen[place] = set(self._truth.seen_film[self._truth.seen_user == place].tolist())
        return self._seen[place]

    def drift(self, place: int, now: datetime, rng: np.random.Generator) -> None:
        """Let the user's taste change for the time since the last visit; its variance stays as it is."""
        since = now - self._visited.get(place, now)
        self._visited[place] = now
        kept = exp(-(since / _DAY) / self._behaviour.drift_days)
        taste = self._tastes[place]
        new = rng.standard_normal(len(taste)).astype(np.float32)
        self._tastes[place] = np.float32(sqrt(kept)) * taste + np.float32(sqrt(1 - kept)) * new

    def leave(self, place: int, enjoyment: float) -> None:
        """The visit is over; `enjoyment` is the affinity of the film watched, 0 when there was none."""
        memory = self._behaviour.memory
        self._satisfaction[place] += memory * (enjoyment - self._satisfaction[place])
        self._weights[place] = self._activity[place] * exp(self._behaviour.loyalty * self._satisfaction[place])
