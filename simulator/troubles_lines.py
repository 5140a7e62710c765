"""Trouble with lines: dirty ones, doubles, late ones, stars on another scale, and minutes at another path."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

import numpy as np

from core.events import Event, MinuteWatched, RatingGiven
from simulator.lines import format_event
from simulator.timetable import (
    DirtyLines,
    DuplicateLines,
    LateLines,
    ScaleChange,
    SchemaChange,
    SchemaPart,
    Timetable,
)

S = TypeVar("S", DirtyLines, DuplicateLines, LateLines)
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


class LineTroubles:
    """Turns events into the lines that tell of them, spoilt as the timetable says.

    lines : how many lines each trouble has spoilt, by its place in the timetable.
    """

    def __init__(self, timetable: Timetable, rng: np.random.Generator) -> None:
        self._scales = list(timetable.of(ScaleChange))
        self._paths = [
            (n, change) for n, change in timetable.of(SchemaChange) if change.part is SchemaPart.MINUTE_PATH
        ]
        self._dirt = list(timetable.of(DirtyLines))
        self._delays = list(timetable.of(LateLines))
        self._doubles = list(timetable.of(DuplicateLines))
        self._rng = rng
        self.lines: Counter[int] = Counter()
        self._spoilt: list[tuple[str, str]] = []

    def lines_of(self, event: Event) -> list[tuple[datetime, str]]:
        """The lines of an event, each with the time at which it is written."""
        time, right = event.time, format_event(event)
        for place, scale in self._scales:
            if isinstance(event, RatingGiven) and scale.holds_at(time):
                event = replace(event, stars=(event.stars + 1) // 2)
                self.lines[place] += 1
        line = format_event(event)
        for place, path in self._paths:
            if isinstance(event, MinuteWatched) and path.holds_at(time):
                line = line.replace("GET /data/m/", "GET /data/movie/", 1)
                self.lines[place] += 1
        for _ in self._striking(self._dirt, time):
            line = with_stray(line, self._rng)
        if line != right:
            self._spoilt.append((right, line))
        written = time
        for late in self._striking(self._delays, time):
            written += timedelta(seconds=late.delay_s)
        return [(written, line)] * (1 + len(self._striking(self._doubles, time)))

    def take_spoilt(self) -> list[tuple[str, str]]:
        """Lines as they should be and as they are written, where that differs, since the last call."""
        spoilt, self._spoilt = self._spoilt, []
        return spoilt

    def _striking(self, troubles: list[tuple[int, S]], time: datetime) -> list[S]:
        """The troubles that hold now, when chance makes this line one of their share."""
        struck = []
        for place, trouble in troubles:
            if trouble.holds_at(time) and self._rng.random() < trouble.share:
                self.lines[place] += 1
                struck.append(trouble)
        return struck


def with_stray(line: str, rng: np.random.Generator) -> str:
    """The line with one random printable character put in somewhere.

    >>> stray = with_stray("2026-02-14T00:07:39,91903,GET /rate/heat+1995=9", np.random.default_rng(1))
    >>> len(stray)
    48
    """
    place = int(rng.integers(len(line) + 1))
    return line[:place] + _PRINTABLE[int(rng.integers(len(_PRINTABLE)))] + line[place:]
