"""Rollups of decisions: what the writer adds to the sums of the ledger with each batch."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from telemetry import varint
from telemetry.rollup_schema import DAY_US, HOUR_US
from telemetry.speeds import bucket_of

_ADD = """
INSERT INTO decision_hours VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(hour, segment, bucket) DO UPDATE SET lists = lists + excluded.lists, films = films + excluded.films,
    expected_nano = expected_nano + excluded.expected_nano,
    unpriced_lists = unpriced_lists + excluded.unpriced_lists, unknown_fees = unknown_fees + excluded.unknown_fees
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """The sums over one batch: by (hour, segment, bucket), and the (day, user) pairs in it."""

    sums: dict[tuple[int, int, int], list[int]]
    active: set[tuple[int, int]]

    @classmethod
    def of(cls, rows: Sequence[tuple[Any, ...]]) -> Tally:
        """rows : of decisions, all columns in the order of the table."""
        sums: dict[tuple[int, int, int], list[int]] = {}
        active: set[tuple[int, int]] = set()
        for _, at_us, user, _, movies, _, elapsed_us, expected_nano, unknown, _, segment in rows:
            key = at_us // HOUR_US, segment, bucket_of(elapsed_us)
            found = sums.get(key)
            if found is None:
                found = sums[key] = [0] * 5
            found[0] += 1
            found[1] += varint.count(movies)
            if expected_nano is None:
                found[3] += 1
            else:
                found[2] += expected_nano
            found[4] += unknown
            active.add((at_us // DAY_US, user))
        return cls(sums, active)

    def add_to(self, connection: sqlite3.Connection) -> None:
        """Add to the sums of the ledger, in the caller's transaction. Raises sqlite3.Error."""
        connection.executemany(_ADD, [(*key, *values) for key, values in self.sums.items()])
        connection.executemany("INSERT OR IGNORE INTO active_days VALUES (?, ?)", sorted(self.active))
