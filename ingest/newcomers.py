"""Newcomers: who signed up, and whose self-description is new, in the order in which events.db learned of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.ids import UserId
from core.sqlite import open_to_read
from core.user import User

_SIGN_UPS = "SELECT batch, user_id FROM accounts WHERE (batch, user_id) > (?, ?) ORDER BY batch, user_id LIMIT ?"
_DESCRIBED = """
SELECT batch, user_id, age_years, gender, occupation, likes, dislikes FROM users
WHERE (batch, user_id) > (?, ?) AND (likes != '' OR dislikes != '') ORDER BY batch, user_id LIMIT ?
"""
_SEPARATOR = ":"


@dataclass(frozen=True, slots=True)
class Place:
    """How far somebody has read: up to a user of a batch of one store. As text it is kept between two readings."""

    store: str
    batch: int = 0
    user: int = 0

    def __str__(self) -> str:
        """
        >>> str(Place("ab12", 7, 42))
        'ab12:7:42'
        """
        return _SEPARATOR.join((self.store, str(self.batch), str(self.user)))


class Newcomers:
    """Reads events.db; never blocks its writers. A place in another store than this one means: from the start."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError when there is no store of ours at `path`."""
        self._connection = open_to_read(path, "accounts", "users", "store")
        (self._store,) = self._connection.execute("SELECT id FROM store").fetchone()

    def close(self) -> None:
        self._connection.close()

    def sign_ups(self, after: str, most: int) -> tuple[list[UserId], str]:
        """Up to `most` accounts that became known after a place (empty: the start), and the place to go on from."""
        place = self._place(after)
        rows = self._connection.execute(_SIGN_UPS, (place.batch, place.user, most)).fetchall()
        return [UserId(user) for _, user in rows], str(Place(self._store, *rows[-1]) if rows else place)

    def described(self, after: str, most: int) -> tuple[list[User], str]:
        """Up to `most` users whose record, with a text in it, became known or changed after a place."""
        place = self._place(after)
        rows = self._connection.execute(_DESCRIBED, (place.batch, place.user, most)).fetchall()
        return [User(UserId(user), *rest) for _, user, *rest in rows], str(
            Place(self._store, *rows[-1][:2]) if rows else place
        )

    def end(self) -> str:
        """The place behind all that is there now."""
        (batch,) = self._connection.execute("SELECT coalesce(max(batch), 0) FROM batches").fetchone()
        return str(Place(self._store, batch, 2**62))

    def _place(self, text: str) -> Place:
        store, _, numbers = text.partition(_SEPARATOR)
        if store != self._store:
            return Place(self._store)
        batch, _, user = numbers.partition(_SEPARATOR)
        return Place(store, int(batch), int(user))
