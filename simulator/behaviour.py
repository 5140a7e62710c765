"""Behaviour: what users do with a list, and how strongly; the true effect sizes of a live world."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import WorldError
from simulator.viewings import PULL

_SHARES = ("asks", "alone", "feedback", "memory", "sign_ups")
_MOST = {"visits_a_day": 1e9, "elsewhere": 1e9, "drift_days": 1e6, "minute_s": 86_400.0}  # all above 0
_STRENGTHS = ("appeal", "fatigue", "pull", "loyalty")
_STRONGEST = 10.0  # affinities reach 5 or so, and e^88 is the largest power that a 32-bit float can hold


@dataclass(frozen=True)
class Behaviour:
    """The true effects. Affinities are in standard deviations above a random film.

    visits_a_day : of a user of mean activity and no satisfaction yet.
    asks : share of visits that begin with a look at the recommendations.
    appeal : a film one standard deviation nearer to a taste is picked e^appeal times as often.
    fatigue : each position further down is picked e^fatigue times less often.
    elsewhere : weight of picking nothing, where a film at affinity 0 on top has weight 1.
    alone : share of the visits without a pick in which the user finds a film alone.
    pull : a film one standard deviation nearer to a taste is found alone e^pull times as often.
    feedback : of what leads users to a film that they find alone, the part that is lists shown to anyone; the rest
        is the film's own fame.
    loyalty : satisfaction of one standard deviation makes visits e^loyalty times as frequent.
    memory : weight of the last visit in a user's satisfaction, which is the mean affinity of what was watched.
    drift_days : after as many days a taste keeps 1/e of its variance, the rest is new.
    sign_ups : share of visits that are a new account's first.
    minute_s : seconds of the site's time that a film's minute lasts.

    Raises WorldError for values with which nobody can behave.
    """

    visits_a_day: float = 0.5
    asks: float = 0.95
    appeal: float = 1.0
    fatigue: float = 0.1
    elsewhere: float = 15.0
    alone: float = 0.3
    pull: float = PULL
    feedback: float = 0.2
    loyalty: float = 0.3
    memory: float = 0.3
    drift_days: float = 365.0
    sign_ups: float = 0.02
    minute_s: float = 60.0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise WorldError(f"{name} = {value!r} is no number: give one")
            if name in _SHARES and not 0 <= value <= 1:
                raise WorldError(f"{name} = {value} is no share: give a number from 0 to 1")
            if name in _MOST and not 0 < value <= _MOST[name]:
                raise WorldError(f"{name} = {value} can not be: give a number above 0, up to {_MOST[name]:,.0f}")
            if name in _STRENGTHS and not abs(value) <= _STRONGEST:
                raise WorldError(f"{name} = {value} can not be: give a number from {-_STRONGEST:g} to {_STRONGEST:g}")

    def pick(self, affinity: NDArray[np.float32], is_open: NDArray[np.bool_], rng: np.random.Generator) -> int | None:
        """The position on a list that is watched, or None.

        affinity, is_open : shape (n_listed,), best position first; what is not open is never picked.
        """
        weights = np.exp(self.appeal * affinity - self.fatigue * np.arange(len(affinity))) * is_open
        place = _draw(np.append(weights, self.elsewhere), rng)
        return place if place < len(affinity) else None

    def find(
        self,
        affinity: NDArray[np.float32],
        fame: NDArray[np.float64],
        shown: NDArray[np.float64],
        is_open: NDArray[np.bool_],
        rng: np.random.Generator,
    ) -> int | None:
        """The film that a user finds alone; None when the user finds none.

        affinity, is_open : shape (n_films,). fame, shown : the same, each sums to 1; how much a film is talked of and
        how much of all lists it had.
        """
        if rng.random() >= self.alone or not is_open.any():
            return None
        known = (1 - self.feedback) * fame + self.feedback * shown
        weights = known * np.exp(self.pull * affinity) * is_open
        return _draw(weights, rng) if weights.sum() > 0 else None


def _draw(weights: NDArray[np.float64], rng: np.random.Generator) -> int:
    """A position, drawn in proportion to its weight."""
    bounds = weights.cumsum()
    return int(np.searchsorted(bounds, rng.random() * bounds[-1], side="right"))
