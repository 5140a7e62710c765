"""The feeder: who signed up, and whose words are new, gets a job; each step once, however many feeders there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from core.ids import UserId
from core.user import User
from llm.jobs import CursorStep, Jobs, Priority, Wanted
from llm.screening import screen, text_hash

EVERYBODY = 2**62
STEP = 1_000  # users of one transaction: some ten milliseconds of the write lock
SIGN_UPS, TEXTS, BACKFILL = "sign-ups", "texts", "backfill"  # names of cursors


class Newcomers(Protocol):
    """Users in the order in which they became known, as `ingest.Newcomers` has them."""

    def sign_ups(self, after: str, most: int) -> tuple[list[UserId], str]: ...

    def described(self, after: str, most: int) -> tuple[list[User], str]: ...

    def end(self) -> str: ...


class Feeder:
    """Reads newcomers into the queue. Users whose words were known before the first feeder ran wait for a backfill.

    Sign-ups are read from the first one on: they are rare, and who signed up while no worker ran is not forgotten.
    """

    def __init__(self, jobs: Jobs, newcomers: Newcomers) -> None:
        self._jobs = jobs
        self._newcomers = newcomers

    def begin(self, now: datetime) -> None:
        """Let the feeding of texts begin here, unless it has begun: what is there already may cost money at once."""
        if not self._jobs.cursor(TEXTS):
            self._jobs.put((), now, CursorStep(TEXTS, "", self._newcomers.end()))

    def to_backfill(self) -> list[User]:
        """The users whom a backfill would put."""
        return self._newcomers.described(self._jobs.cursor(BACKFILL), EVERYBODY)[0]

    def feed(self, now: datetime) -> int:
        """Put all who came since the last time. Returns how many jobs that made."""
        made = self._drain(SIGN_UPS, self._signed_up, now)
        return made + self._drain(TEXTS, self._described(Priority.SIGN_UP), now)

    def backfill(self, now: datetime) -> int:
        """Put all described users whom no backfill has put before, behind the newcomers."""
        return self._drain(BACKFILL, self._described(Priority.BACKFILL), now)

    def _drain(self, name: str, read: _Read, now: datetime) -> int:
        made = 0
        while True:
            before = self._jobs.cursor(name)
            wanted, after = read(before)
            if after == before:
                return made
            made += self._jobs.put(wanted, now, CursorStep(name, before, after)) or 0

    def _signed_up(self, after: str) -> tuple[list[Wanted], str]:
        users, place = self._newcomers.sign_ups(after, STEP)
        return [Wanted(user) for user in users], place

    def _described(self, priority: Priority) -> _Read:
        def read(after: str) -> tuple[list[Wanted], str]:
            users, place = self._newcomers.described(after, STEP)
            return [Wanted(user.id, hash_of(user), priority) for user in users], place

        return read


_Read = Callable[[str], tuple[list[Wanted], str]]


def hash_of(user: User) -> str:
    """What a user says of himself, as `Taste.text_hash`."""
    return text_hash(screen(user.likes).text, screen(user.dislikes).text)
