"""Amortisation: what understanding a user cost is borne, in equal parts, by the lists that used the taste.

Lists that used the taste are those of user kind "described", from the user's first paid call on. The parts are whole
billionths: the odd ones go to the earliest lists, so that the parts of a user are exactly what was charged. What no
list has used yet is borne by none and shown as such. Each new list makes the parts of the others smaller.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from core.errors import StoreError
from core.money import Usd
from core.sqlite import writing
from telemetry.ledger_file import open_ledger
from telemetry.play_schema import PLAYS
from telemetry.request_ids import first_id
from telemetry.rollup_schema import HOUR_US
from telemetry.segments import UserKind

COMMITS_AT_ONCE = 100  # in one transaction, up to 200,000 decisions: other writers of the ledger wait for it
_USED = f"segment IN (SELECT number FROM segments WHERE user_kind = '{UserKind.DESCRIBED.value}')"

_TO_SHARE = """
SELECT user_id, sum(nano), min(at_us) FROM unshared JOIN usages USING (call)
WHERE user_id IS NOT NULL AND unshared.number <= ? GROUP BY user_id
"""
_CHARGE = """
INSERT INTO share_users VALUES (?, ?, ?, 0) ON CONFLICT(user_id) DO UPDATE
SET charged_nano = charged_nano + excluded.charged_nano, first_us = min(first_us, excluded.first_us)
"""
_COMMITS = """
SELECT number, first_request, last_request FROM commits
WHERE number > (SELECT commit_number FROM shared) AND number <= (SELECT commit_number FROM booked)
ORDER BY number LIMIT ?
"""
_SHOWN_TO = f"""
SELECT DISTINCT user_id FROM decisions JOIN share_users USING (user_id) WHERE request BETWEEN ? AND ? AND {_USED}
"""
_LISTS = f"""
SELECT request, at_us / {HOUR_US}, segment FROM shown JOIN decisions USING (request)
WHERE shown.user_id = ? AND request >= ? AND {_USED} ORDER BY request
"""
_BORNE = f"""
SELECT at_us / {HOUR_US}, segment, nano FROM shares JOIN decisions USING (request) WHERE shares.user_id = ?
"""
_ADD = "INSERT INTO share_hours VALUES (?, ?, ?) ON CONFLICT(hour, segment) DO UPDATE SET nano = nano + excluded.nano"


def equal_parts(nano: int, parts: int) -> list[int]:
    """An amount in equal whole parts, the odd billionths on the first ones; they are the amount together.

    >>> equal_parts(10, 4)
    [3, 3, 2, 2]
    """
    part, odd = divmod(nano, parts)
    return [part + (place < odd) for place in range(parts)]


class ShareBook:
    """Keeps the shares of lists up with charges, corrections and lists that are booked."""

    def __init__(self, path: Path) -> None:
        """Opens the ledger, or makes it. Raises StoreError."""
        self._database = open_ledger(path, PLAYS)

    def close(self) -> None:
        self._database.close()

    def take(self) -> int:
        """Share what was charged, corrected and shown since. Returns how many users that touched.

        Each step is one transaction: killed anywhere, the next one goes on. Raises StoreError.
        """
        users, may_be_more = self._step()
        while may_be_more:
            also, may_be_more = self._step()
            users += also
        return users

    def _step(self) -> tuple[int, bool]:
        try:
            with writing(self._database):
                users, may_be_more = self._touched()
                _share(self._database.conn, users)
                return len(users), may_be_more
        except sqlite3.Error as error:
            raise StoreError(f"can not share charges among lists: {error}") from error

    def _touched(self) -> tuple[set[int], bool]:
        """The users whose parts may have changed, each with all that was charged; whether there is more."""
        connection = self._database.conn
        (newest,) = connection.execute("SELECT coalesce(max(number), 0) FROM unshared").fetchone()
        charged = connection.execute(_TO_SHARE, (newest,)).fetchall()
        connection.executemany(_CHARGE, charged)
        connection.execute("DELETE FROM unshared WHERE number <= ?", (newest,))
        users = {user for user, _, _ in charged}
        commits = connection.execute(_COMMITS, (COMMITS_AT_ONCE,)).fetchall()
        if commits:
            numbers, firsts, lasts = zip(*commits, strict=True)
            users.update(user for (user,) in connection.execute(_SHOWN_TO, (min(firsts), max(lasts))))
            connection.execute("UPDATE shared SET commit_number = ?", (max(numbers),))
        return users, len(commits) == COMMITS_AT_ONCE


def forget_shares(connection: sqlite3.Connection, user: int) -> None:
    """What a user's lists bore is borne by none from now on, in the caller's transaction. Raises sqlite3.Error."""
    if connection.execute("DELETE FROM share_users WHERE user_id = ?", (user,)).rowcount:
        _replace(connection, user, [], [])


def share_of(connection: sqlite3.Connection, user: int, request: int) -> Usd | None:
    """What a list bears; None when it bears nothing. Raises sqlite3.Error."""
    query = "SELECT nano FROM shares WHERE user_id = ? AND request = ?"
    found = connection.execute(query, (user, request)).fetchone()
    return None if found is None else Usd(found[0])


def _share(connection: sqlite3.Connection, users: Iterable[int]) -> None:
    for user in sorted(users):
        query = "SELECT charged_nano, first_us FROM share_users WHERE user_id = ?"
        charged, first_us = connection.execute(query, (user,)).fetchone()
        lists = connection.execute(_LISTS, (user, first_id(first_us))).fetchall()
        _replace(connection, user, lists, equal_parts(charged, len(lists)) if lists else [])
        connection.execute("UPDATE share_users SET lists = ? WHERE user_id = ?", (len(lists), user))


def _replace(connection: sqlite3.Connection, user: int, lists: list[tuple[int, int, int]], parts: list[int]) -> None:
    """Let these lists, each (request, hour, segment), bear these parts, and no other list of the user any."""
    sums: Counter[tuple[int, int]] = Counter()
    for hour, segment, nano in connection.execute(_BORNE, (user,)).fetchall():
        sums[hour, segment] -= nano
    connection.execute("DELETE FROM shares WHERE user_id = ?", (user,))
    for (request, hour, segment), nano in zip(lists, parts, strict=True):
        sums[hour, segment] += nano
        connection.execute("INSERT INTO shares VALUES (?, ?, ?)", (user, request, nano))
    connection.executemany(_ADD, [(*key, nano) for key, nano in sums.items() if nano])
