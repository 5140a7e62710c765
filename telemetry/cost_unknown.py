"""What a cost report lacks: counted, so that no sum looks more complete than it is."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from core.money import Usd
from telemetry.request_ids import first_id
from telemetry.span import Span

_LISTS = """
SELECT coalesce(sum(films), 0), coalesce(sum(unknown_fees), 0), coalesce(sum(unpriced_lists), 0)
FROM decision_hours WHERE hour >= ? AND hour < ?
"""
_PLAYS = "SELECT coalesce(sum(unpriced), 0) FROM play_hours WHERE hour >= ? AND hour < ?"
_CALLS = """
SELECT coalesce(sum(uncertain), 0), coalesce(sum(uncertain_nano), 0), coalesce(sum(unpriced), 0)
FROM call_hours WHERE hour >= ? AND hour < ?
"""
_DROPPED = "SELECT coalesce(sum(dropped), 0) FROM gaps WHERE first_request >= ? AND first_request < ?"
_UNBOOKED = """
SELECT coalesce(sum(decisions), 0) FROM commits WHERE number > (SELECT commit_number FROM booked)
"""


@dataclass(frozen=True, slots=True)
class Unknown:
    """What is not known of the costs of a time.

    unknown_fees : of `films` on lists, without a known fee. unpriced_lists : lists of only such films.
    unpriced_plays : plays without a known fee, in no sum. uncertain_calls : that may have cost less than the
    `uncertain` that is charged for them; unpriced_calls : of these, those whose model no table knows.
    dropped : lists that were answered and not recorded. unbooked : recorded ones that plays were not looked up for
    yet, of all times. conflicts : rows that contradict the ledger, of all times: a defect.
    """

    films: int
    unknown_fees: int
    unpriced_lists: int
    unpriced_plays: int
    uncertain_calls: int
    uncertain: Usd
    unpriced_calls: int
    dropped: int
    unbooked: int
    conflicts: int


def unknown(connection: sqlite3.Connection, span: Span) -> Unknown:
    """Count it. Raises sqlite3.Error."""
    films, fees, lists = connection.execute(_LISTS, span.hours).fetchone()
    (plays,) = connection.execute(_PLAYS, span.hours).fetchone()
    calls, uncertain, unpriced = connection.execute(_CALLS, span.hours).fetchone()
    since_us, until_us = span.us
    (dropped,) = connection.execute(_DROPPED, (first_id(since_us), first_id(until_us))).fetchone()
    (unbooked,) = connection.execute(_UNBOOKED).fetchone()
    (conflicts,) = connection.execute("SELECT count(*) FROM conflicts").fetchone()
    return Unknown(films, fees, lists, plays, calls, Usd(uncertain), unpriced, dropped, unbooked, conflicts)
