"""Lessons from lists and the plays that they led to: new pick probabilities, and how good those in use are."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import StoreError
from core.sqlite import open_to_read, writing
from telemetry import varint
from telemetry.attribution import WINDOW_US
from telemetry.calibration import Decile, deciles
from telemetry.ledger_file import open_ledger
from telemetry.licence import LIST_LENGTH
from telemetry.picks import Picks, PicksReader, learned_ppm
from telemetry.play_rows import DAY_US
from telemetry.play_schema import PLAYS
from telemetry.request_ids import first_id
from telemetry.row import to_us

DAYS = 7  # learned from the last of them: every day of the week once
_NEWEST_PLAYS = 10_000  # among these is the newest: plays are booked about in the order of their time

_UNTIL = f"""
SELECT max(start_us) FROM (SELECT start_us FROM plays ORDER BY number DESC LIMIT {_NEWEST_PLAYS}) WHERE start_us <= ?
"""
_LISTS = "SELECT movies FROM decisions WHERE request >= ? AND request < ?"
_PLAYS = "SELECT position, sum(plays) FROM plays WHERE request >= ? AND request < ? GROUP BY position"
_COSTS = """
SELECT expected_licence_nano, coalesce(realised, 0) FROM decisions LEFT JOIN (
    SELECT request, sum(fee_nano) AS realised FROM plays WHERE request >= :first AND request < :end GROUP BY request
) USING (request)
WHERE request >= :first AND request < :end AND expected_licence_nano IS NOT NULL
"""
_LEARN = """
INSERT INTO picks(at_us, since_us, until_us, lists, plays, ppm) SELECT ?, ?, ?, ?, ?, ?
WHERE NOT EXISTS (SELECT 1 FROM picks WHERE until_us >= ?)
"""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Expected against realised licence cost of the lists from `since` to before `until`, by decile of the first."""

    since: datetime
    until: datetime
    deciles: tuple[Decile, ...]


def learn_picks(path: Path, now: datetime) -> Picks:
    """Learn from the lists of the last DAYS whose window has passed, and store that as the version to price with.

    The newest play that is booked tells how far the ledger is; lists of the 24 hours before may yet lead to plays.
    Returns the newest version: as it was, when there is no list to learn from or none since it was learned.
    Raises StoreError.
    """
    database = open_ledger(path, PLAYS)
    try:
        connection = database.conn
        until_us = _settled_until(connection, now)
        since_us = until_us - DAYS * DAY_US
        lists, plays = _counts(connection, since_us, until_us)  # takes seconds: no other writer waits for it
        if lists[0]:
            ppm = learned_ppm(lists, plays)
            row = to_us(now), since_us, until_us, json.dumps(lists), json.dumps(plays), json.dumps(ppm)
            with writing(database):
                connection.execute(_LEARN, (*row, until_us))
        return PicksReader(connection).newest()
    except sqlite3.Error as error:
        raise StoreError(f"can not learn from the plays in the ledger: {error}") from error
    finally:
        database.close()


def judge_picks(path: Path, since: datetime, until: datetime) -> Calibration:
    """How the lists of a time were priced, whatever the version, and what they led to.

    Lists without a known fee are left out; so are, on both sides, films without one. Of lists of the last 24 hours
    not all plays are known. Raises StoreError when there is no ledger in which plays are booked.
    """
    connection = open_to_read(path, "plays", "decisions")
    try:
        span = {"first": first_id(to_us(since)), "end": first_id(to_us(until))}
        costs: NDArray[np.int64] = np.array(connection.execute(_COSTS, span).fetchall(), np.int64).reshape(-1, 2)
    finally:
        connection.close()
    return Calibration(since, until, deciles(costs[:, 0], costs[:, 1]))


def _settled_until(connection: sqlite3.Connection, now: datetime) -> int:
    """The time before which no list leads to a play that is not booked yet; 0 when nothing is."""
    (newest_us,) = connection.execute(_UNTIL, (to_us(now),)).fetchone()
    return 0 if newest_us is None else int(newest_us) - WINDOW_US


def _counts(connection: sqlite3.Connection, since_us: int, until_us: int) -> tuple[list[int], list[int]]:
    """Lists with a film at each position, and plays of those films, from `since_us` to before `until_us`."""
    span = first_id(since_us), first_id(until_us)
    lengths = Counter(varint.count(movies) for (movies,) in connection.execute(_LISTS, span))
    plays = dict(connection.execute(_PLAYS, span).fetchall())
    lists = [sum(n for length, n in lengths.items() if length > position) for position in range(LIST_LENGTH)]
    return lists, [plays.get(position, 0) for position in range(LIST_LENGTH)]
