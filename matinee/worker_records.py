"""The records of users for the worker: from events.db at once, the others from the site, which may take minutes."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

from core.clock import Clock
from core.errors import MatineeError
from core.ids import UserId
from core.user import User
from ingest import Directory, UserTable, microseconds


class ToldToEnd(MatineeError):
    """The worker ends, so nothing is waited for any more. The job is given back."""


class EndableClock:
    """A clock whose sleeps can be ended: for what may wait minutes for a site."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._is_ended = threading.Event()

    def end(self) -> None:
        """Let every sleep end, now and from now on."""
        self._is_ended.set()

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        """Raises ToldToEnd when it is ended before `seconds` have passed on the machine's clock."""
        if self._is_ended.wait(seconds):
            raise ToldToEnd("the worker was told to end while it waited for the site")


class SiteRecords:
    """User records from events.db; those that are not there are asked for and stored. See `llm.outside.Records`."""

    def __init__(self, table: UserTable, fetched: UserTable, directory: Directory, clock: EndableClock) -> None:
        """`fetched` writes by a connection of its own: while it waits for the store, `table` still reads.

        clock : the one of `directory`.
        """
        self._table = table
        self._fetched = fetched
        self._directory = directory
        self._clock = clock
        self._one_reads = threading.Lock()

    def known(self, ids: Sequence[UserId]) -> Mapping[UserId, User]:
        with self._one_reads:
            return {user.id: user for one in ids if (user := self._table.find(one)) is not None}

    def fetch(self, ids: Sequence[UserId]) -> Mapping[UserId, User | str]:
        """Raises DirectoryError, StoreError, and ToldToEnd after `end_fetching`."""
        came = self._directory.users(ids)
        self._fetched.put(came.records, microseconds(self._clock.now()))
        refused = {one.id: f"the user API's record is refused: {one.reason}" for one in came.refused}
        absent: dict[UserId, User | str] = {
            one: refused.get(str(one), "the user API has none for this user") for one in ids
        }
        return absent | {user.id: user for user in came.records}

    def end_fetching(self) -> None:
        self._clock.end()
