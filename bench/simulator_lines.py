"""Writing a history: lines a second, against one bare format of the same lines."""

from __future__ import annotations

import tempfile
import time
from datetime import date
from pathlib import Path

from bench import Measurement
from simulator import World, WorldSize

GOAL_LINES_A_SECOND = 200_000


def measure() -> list[Measurement]:
    world = World.build(1, WorldSize(), date(2026, 1, 1))
    count = len(world.log)
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        world.write(Path(folder) / "world")
        ours_s = time.perf_counter() - begin
        rows = [line.split(",", 2) for line in (Path(folder) / "world" / "movielog.log").read_text().splitlines()]
        begin = time.perf_counter()
        with open(Path(folder) / "bare.log", "w") as file:
            file.writelines(f"{moment},{user},{body}\n" for moment, user, body in rows)
        bare_s = time.perf_counter() - begin
    return [
        Measurement(
            name="simulated history to disk",
            ours=f"{count / ours_s:,.0f} lines/s",
            base=f"bare f-string a line {count / bare_s:,.0f} lines/s",
            ratio=bare_s / ours_s,
            goal=f"{GOAL_LINES_A_SECOND:,} lines/s",
            holds=count / ours_s >= GOAL_LINES_A_SECOND,
        )
    ]
