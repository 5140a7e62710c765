"""The agenda: what is to happen on the site, in order of time."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import Generic, TypeVar

T = TypeVar("T")


class Agenda(Generic[T]):
    """Things with their times; of equal times the one that was put down first comes first.

    >>> agenda = Agenda[str]()
    >>> agenda.put(datetime(2026, 1, 2), "later"); agenda.put(datetime(2026, 1, 1), "sooner")
    >>> list(agenda.take(datetime(2026, 1, 1))), len(agenda)
    (['sooner'], 1)
    """

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, T]] = []
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._heap)

    @property
    def first(self) -> datetime:
        """The time of the next thing. Raises IndexError when there is none."""
        return self._heap[0][0]

    def put(self, time: datetime, thing: T) -> None:
        heapq.heappush(self._heap, (time, next(self._numbers), thing))

    def take(self, until: datetime) -> Iterator[T]:
        """Remove and give what is due at `until` or before, also what is put down meanwhile."""
        while self._heap and self._heap[0][0] <= until:
            yield heapq.heappop(self._heap)[2]
