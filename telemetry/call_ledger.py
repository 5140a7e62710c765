"""Calls of language models in the ledger, from the writing side."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import StoreError
from core.ids import UserId
from core.sqlite import writing
from core.usage import Charge, Usage
from telemetry import call_rows
from telemetry.amortise import forget_shares
from telemetry.ledger_file import open_ledger

_ADD_USAGE = f"""
INSERT INTO usages({call_rows.USAGE}) VALUES ({", ".join("?" * call_rows.N_USAGE)}) ON CONFLICT(call) DO NOTHING
"""
_ADD_CHARGE = f"INSERT INTO charges(call, {call_rows.CHARGE}) VALUES (?, ?, ?, ?)"
_KEPT = f"SELECT {call_rows.USAGE}, {call_rows.CHARGE} FROM usages JOIN charges USING (call) WHERE call = ?"
_USER = call_rows.USAGE.split(", ").index("user_id")
_FORGET_CONFLICTS = f"""
UPDATE OR REPLACE conflicts SET usage_and_charge = json_set(usage_and_charge, '$[{_USER}]', json('null'))
WHERE json_extract(usage_and_charge, '$[{_USER}]') = ?
"""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of rows that were brought: `known` were there already, `conflicting` are not as they were."""

    new: int
    known: int
    conflicting: int


class CallLedger:
    """Adds usages and charges to ledger.db; several processes may do so at once. No amount is ever changed."""

    def __init__(self, path: Path) -> None:
        """Opens the ledger, or makes it, private to its owner. Raises StoreError."""
        self._database = open_ledger(path)
        # Who brings a row forgets it afterwards: a commit has to outlive a power cut, too.
        self._database.execute("PRAGMA synchronous=FULL")

    def add(self, rows: Sequence[tuple[Usage, Charge]]) -> Added:
        """Keep the rows, in one transaction. The id of the call is the key: brought twice, a row is kept once.

        A row that differs from the one that is kept for its call changes nothing: it is put aside as a conflict
        and counted. Raises ValueError when a charge is of another call than its usage, StoreError when it can not
        write.
        """
        encoded = [call_rows.encode(usage, charge) for usage, charge in rows]
        new = conflicting = 0
        try:
            with writing(self._database):
                for row in encoded:
                    is_new = self._add(row)
                    new += is_new
                    conflicting += not is_new and self._conflicts(row)
        except sqlite3.Error as error:
            raise StoreError(f"can not write {len(rows)} calls to the ledger: {error}") from error
        return Added(new, len(rows) - new - conflicting, conflicting)

    def forget(self, user: UserId) -> int:
        """From now on a user's calls are nobody's; what they used and cost stays. Returns how many there were."""
        with writing(self._database):
            self._database.conn.execute(_FORGET_CONFLICTS, (user,))
            forget_shares(self._database.conn, user)
            cursor = self._database.conn.execute("UPDATE usages SET user_id = NULL WHERE user_id = ?", (user,))
            return cursor.rowcount

    def close(self) -> None:
        self._database.close()

    def _add(self, row: tuple[Any, ...]) -> bool:
        connection = self._database.conn
        is_new = connection.execute(_ADD_USAGE, row[: call_rows.N_USAGE]).rowcount > 0
        if is_new:
            connection.execute(_ADD_CHARGE, (row[0], *row[call_rows.N_USAGE :]))
        return is_new

    def _conflicts(self, row: tuple[Any, ...]) -> bool:
        """Whether another row is kept for this call; a user may have been forgotten since it was brought."""
        connection = self._database.conn
        kept = list(connection.execute(_KEPT, (row[0],)).fetchone())
        brought = list(row)
        if None in (kept[_USER], brought[_USER]):
            kept[_USER] = brought[_USER] = None
        if kept == brought:
            return False
        connection.execute(
            "INSERT OR IGNORE INTO conflicts VALUES (?, ?)", (row[0], json.dumps(brought, separators=(",", ":")))
        )
        return True
