"""The stage: where things happen on the site in order of their time, are counted, and told by the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import numpy as np

from core.clock import Clock
from core.events import Event
from simulator.agenda import Agenda
from simulator.live_log import LiveLog
from simulator.tally import UNCAUSED, Cause, Tally
from simulator.timetable import Outage, Timetable
from simulator.troubles_lines import LineTroubles

_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Batch:
    """What took place since the last writing: events, lines to be written now, and those that are late."""

    events: list[tuple[Event, Cause]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


class Stage:
    """Lets time pass on a clock. What is written to the log is counted in the tally, and nothing else is."""

    def __init__(
        self, clock: Clock, log: LiveLog, tally: Tally, timetable: Timetable, rng: np.random.Generator
    ) -> None:
        self.clock = clock
        self.tally = tally
        self.line_troubles = LineTroubles(timetable, rng)
        self._timetable = timetable
        self._log = log
        self._agenda = Agenda[Callable[[], None]]()
        self._late = Agenda[str]()
        self._batch = _Batch()
        self._told = 0  # events that have not taken place yet

    def put(self, time: datetime, happening: Callable[[], None]) -> None:
        """Let something happen at `time`, or at once when that has passed."""
        self._agenda.put(time, happening)

    def tell(self, event: Event, cause: Cause = UNCAUSED) -> None:
        """Let an event take place at its time, unless the site is down then."""
        self._told += 1
        self._agenda.put(event.time, partial(self._take_place, event, cause))

    @property
    def is_busy(self) -> bool:
        """Whether an event that was told is still to take place."""
        return self._told > 0

    def is_up(self, time: datetime) -> bool:
        return self._timetable.at(Outage, time) is None

    def has_more(self, end: datetime | None = None) -> bool:
        """Whether anything is still to happen, or to happen before `end`."""
        return len(self._agenda) > 0 and (end is None or self._agenda.first < end)

    def wait(self, time: datetime) -> None:
        """Return when it is `time`, or at once when that has passed.

        The clock is always asked to sleep: it may raise to end the run, and here nothing is half done.
        """
        self.clock.sleep(max(0.0, (time - self.clock.now()).total_seconds()))

    def step(self, is_over: Callable[[], bool] = lambda: False) -> None:
        """Wait for what comes next and let happen what is due then, until `is_over`; then write what came of it."""
        first = self._agenda.first
        self.wait(first)
        try:
            for happening in self._agenda.take(max(first, self.clock.now())):
                happening()
                if is_over():
                    break
        finally:
            self._write()

    def write_late(self) -> None:
        """Write the lines that are still late: what they tell has taken place."""
        self._put_late(_EVER)
        self._write()

    def _take_place(self, event: Event, cause: Cause) -> None:
        self._told -= 1
        if not self.is_up(event.time):
            return
        self._batch.events.append((event, cause))
        for written, line in self.line_troubles.lines_of(event):
            if written > event.time:
                self._batch.kept.append(line)
                self._late.put(written, line)
                self._agenda.put(written, partial(self._put_late, written))
            else:
                self._batch.lines.append(line)

    def _put_late(self, until: datetime) -> None:
        """Let the late lines that are due be written next."""
        self._batch.lines.extend(self._late.take(until))

    def _write(self) -> None:
        """Write what took place, and count what was written; what could not be is not tried again."""
        batch, self._batch = self._batch, _Batch()
        spoilt = self.line_troubles.take_spoilt()
        self._log.write(batch.lines, batch.kept, spoilt)
        for event, cause in batch.events:
            self.tally.add(event, cause)
        self._log.send(batch.lines)
