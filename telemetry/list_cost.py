"""What one list cost: expected before anyone picked from it, realised since, and its share of the LLM."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.money import Usd
from telemetry.amortise import share_of
from telemetry.attribution import WINDOW_US
from telemetry.play_report import PlayTotals
from telemetry.row import from_us

_LIST = "SELECT user_id, at_us, expected_licence_nano, unknown_fees FROM decisions WHERE request = ?"
_PLAYS = """
SELECT coalesce(sum(fee_nano), 0), coalesce(sum(plays), 0), coalesce(sum(plays) FILTER (WHERE fee_nano IS NULL), 0)
FROM plays WHERE request = ?
"""
_USER = "SELECT charged_nano, lists FROM share_users WHERE user_id = ?"


@dataclass(frozen=True, slots=True)
class ListCost:
    """The costs of one list.

    expected : licence fees; None when no fee of its films was known, `unknown_fees` lacked one.
    realised : plays of its films in the window after it, as booked; none can be added after `open_until`.
    share : what it bears of the LLM charges of its user; None when it did not use what a model said.
    charged : all that was charged for its user, which `sharing` lists bear.
    """

    expected: Usd | None
    unknown_fees: int
    realised: PlayTotals
    open_until: datetime
    share: Usd | None
    charged: Usd
    sharing: int


def list_cost(connection: sqlite3.Connection, request: int) -> ListCost | None:
    """The costs of a list; None when the ledger does not have it. Raises sqlite3.Error."""
    found = connection.execute(_LIST, (request,)).fetchone()
    if found is None:
        return None
    user, at_us, expected, unknown_fees = found
    fees, plays, unpriced = connection.execute(_PLAYS, (request,)).fetchone()
    charged, sharing = connection.execute(_USER, (user,)).fetchone() or (0, 0)
    return ListCost(
        None if expected is None else Usd(expected),
        unknown_fees,
        PlayTotals(Usd(fees), plays, unpriced),
        from_us(at_us) + timedelta(microseconds=WINDOW_US),
        share_of(connection, user, request),
        Usd(charged),
        sharing,
    )
