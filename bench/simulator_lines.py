"""Making the lines of a history: lines a second, against one bare format of the same lines."""

from __future__ import annotations

import time
from datetime import date

from bench import Measurement
from simulator import World, WorldSize

GOAL_LINES_A_SECOND = 200_000


def measure() -> list[Measurement]:
    world = World.build(1, WorldSize(), date(2026, 1, 1))
    count = len(world.log)
    begin = time.perf_counter()
    slices = list(world.log.slices())
    ours_s = time.perf_counter() - begin
    rows = [line.split(",", 2) for lines in slices for line in lines]
    begin = time.perf_counter()
    _ = [f"{moment},{user},{body}" for moment, user, body in rows]
    bare_s = time.perf_counter() - begin
    return [
        Measurement(
            name="simulated history",
            ours=f"{count / ours_s:,.0f} lines/s",
            base=f"bare f-string a line {count / bare_s:,.0f} lines/s",
            ratio=bare_s / ours_s,
            goal=f"{GOAL_LINES_A_SECOND:,} lines/s",
            holds=count / ours_s >= GOAL_LINES_A_SECOND,
        )
    ]
