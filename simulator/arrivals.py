"""Arrivals: visitors come by chance, at a rate that changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import numpy as np

from simulator.stage import Stage

_DAY = timedelta(days=1)


class Arrivals:
    """Lets visitors come as a Poisson process; while the doors are closed nobody does."""

    def __init__(
        self,
        stage: Stage,
        rng: np.random.Generator,
        rate_at: Callable[[datetime], float],
        changes: Sequence[datetime],
        arrive: Callable[[datetime], None],
    ) -> None:
        """rate_at : visits a day, all users together, at a time. changes : when it jumps, in any order."""
        self._stage = stage
        self._rng = rng
        self._rate_at = rate_at
        self._changes = changes
        self._arrive = arrive
        self._is_open = self._is_awaited = False  # awaited: something of ours is on the agenda

    def open_doors(self) -> None:
        self._is_open = True
        if not self._is_awaited:
            self._await(self._stage.clock.now())

    def close_doors(self) -> None:
        self._is_open = False

    def _await(self, since: datetime) -> None:
        """Draw when the next one comes; if the rate changes before, or after a day, draw anew then.

        Drawing anew changes no rate: however long nobody came, the wait from then on is as long as any.
        """
        self._is_awaited = self._is_open
        if not self._is_open:
            return
        rate = self._rate_at(since)
        wait_days = self._rng.exponential() / rate if rate else 1.0
        limit = min([since + _DAY, *(change for change in self._changes if change > since)])
        due = since + _DAY * min(wait_days, 1.0)
        if due < limit:
            self._stage.put(due, partial(self._let_in, due))
        else:
            self._stage.put(limit, partial(self._await, limit))

    def _let_in(self, due: datetime) -> None:
        if self._is_open:
            self._arrive(due)
        self._await(due)
