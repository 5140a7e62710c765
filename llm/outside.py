"""What a worker needs of others: who reads, whom to ask, where records are, where usages go, who counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.ids import UserId
from core.user import User
from llm.asker import Asker
from llm.understanding import Understanding


class Reader(Protocol):
    """Understands two texts, as `llm.understanding.Understander` does."""

    def read(self, likes: str, dislikes: str) -> Understanding: ...


class Readers(Protocol):
    """The reader for the catalogue as it is."""

    def now(self) -> Reader | None:
        """The newest one, at once; None while no film is known."""
        ...

    def renew(self) -> None:
        """Look at the catalogue, and make a reader of it when it changed: seconds. Raises a MatineeError."""
        ...


class Records(Protocol):
    """The records of users. `fetch` runs in one thread at a time, `known` in any beside it."""

    def known(self, ids: Sequence[UserId]) -> Mapping[UserId, User]:
        """The users whose records are here, without asking the site. Raises a MatineeError."""
        ...

    def fetch(self, ids: Sequence[UserId]) -> Mapping[UserId, User | str]:
        """The records that the site has, or why none came of it. Takes minutes where the site asks for patience.

        Raises a MatineeError when nobody can tell now.
        """
        ...

    def end_fetching(self) -> None:
        """Let `fetch` end soon, now and from now on, with a MatineeError when it is not done."""
        ...


class Deliverer(Protocol):
    """Brings usages and charges to the ledger."""

    def run(self) -> int:
        """Settle what was lost, deliver; returns how many were delivered. Raises a MatineeError."""
        ...

    def is_any_call_open(self) -> bool:
        """Whether a call, of any worker, is not settled yet."""
        ...


class Noted(Protocol):
    """What is told of jobs, to be counted."""

    def understood(self, fate: str) -> None: ...

    def failed(self, place: str) -> None: ...


@dataclass(frozen=True)
class Outside:
    """What the worker needs of others. asker : None when no language model is set."""

    readers: Readers
    asker: Asker | None
    records: Records
    delivery: Deliverer
