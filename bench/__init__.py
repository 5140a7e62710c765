"""Benchmarks: ratios measured side by side in one run. Run them all with `make bench`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """One line of the bench table. `ratio` is ours against the base of the same run, where there is a base."""

    name: str
    ours: str
    base: str
    ratio: float | None
    goal: str
    holds: bool
