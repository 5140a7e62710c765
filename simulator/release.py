"""The release of broken models: the operator is told when, and the truth when it was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from core.clock import Clock
from simulator.timetable import BrokenForm, BrokenModel, Timetable

Operator = Callable[[BrokenForm | None], bool]


def nobody(form: BrokenForm | None) -> bool:  # noqa: ARG001  an Operator
    """An operator who does nothing."""
    return False


class Release:
    """Asks an operator to let the broken model of the timetable serve, and to take it back.

    `operator` is given the form of the model that is to serve, or None when none is, and says whether it was done.
    """

    def __init__(self, timetable: Timetable, operator: Operator, clock: Clock) -> None:
        self._timetable = timetable
        self._operator = operator
        self._clock = clock
        self._out: int | None = None  # place in the timetable of what is to serve now
        self._done: dict[int, dict[str, str]] = {}

    def changes(self) -> Iterator[datetime]:
        """When the operator may be needed."""
        for _, broken in self._timetable.of(BrokenModel):
            yield from (broken.start, broken.end)

    def tell(self, time: datetime) -> None:
        """Let the operator do what the timetable says of `time`."""
        held = (place for place, broken in self._timetable.of(BrokenModel) if broken.holds_at(time))
        self._turn_to(next(held, None))

    def close(self) -> None:
        """No broken model serves after the run."""
        self._turn_to(None)

    def done(self, place: int) -> dict[str, Any]:
        """When the broken model at a place of the timetable was really released and taken back; None for never."""
        return {"released": None, "taken_back": None} | self._done.get(place, {})

    def _turn_to(self, place: int | None) -> None:
        before, self._out = self._out, place
        if place == before:
            return
        broken = None if place is None else self._timetable.troubles[place]
        if not self._operator(broken.form if isinstance(broken, BrokenModel) else None):
            return
        now = self._clock.now().isoformat()
        if before in self._done:
            self._done[before]["taken_back"] = now
        if place is not None:
            self._done[place] = {"released": now}
