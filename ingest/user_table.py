"""The users in events.db: the records of the user API as they were last read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from core.ids import UserId
from core.sqlite import open_store, writing
from core.user import User
from ingest.catalogue_schema import CATALOGUE
from ingest.event_schema import EVENTS

_COLUMNS = "age_years, gender, occupation, likes, dislikes"


class UserTable:
    """Known users. What changed carries the number of the batch that changed it, as events do."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError when `path` is no store of ours."""
        self._db = open_store(path, EVENTS, CATALOGUE)

    def close(self) -> None:
        self._db.close()

    def put(self, users: Iterable[User], read_us: int) -> int:
        """Store records as one batch, in one transaction. Returns how many of them are new or differ.

        A later record replaces an earlier one whole. No records are no batch.
        """
        rows = [(user.id, user.age_years, user.gender, user.occupation, user.likes, user.dislikes) for user in users]
        if not rows:
            return 0
        with writing(self._db):
            batch = self._db.execute(
                "INSERT INTO batches(source, lines, rejected, first_us, last_us, committed_us)"
                " VALUES ('users', ?, 0, ?, ?, ?)",
                (len(rows), read_us, read_us, read_us),
            ).lastrowid
            before = self._db.conn.total_changes
            self._db.conn.executemany(
                f"""
                INSERT INTO users(user_id, {_COLUMNS}, read_us, batch) VALUES (?,?,?,?,?,?,{read_us:d},{batch:d})
                ON CONFLICT(user_id) DO UPDATE SET ({_COLUMNS}, read_us, batch)
                    = (excluded.age_years, excluded.gender, excluded.occupation, excluded.likes, excluded.dislikes,
                       excluded.read_us, excluded.batch)
                WHERE ({_COLUMNS}) IS NOT
                    (excluded.age_years, excluded.gender, excluded.occupation, excluded.likes, excluded.dislikes)
                """,
                rows,
            )
            changed: int = self._db.conn.total_changes - before
        return changed

    def ages(self, after_batch: int = 0) -> dict[UserId, int | None]:
        """Age in years of each user whose record changed after a batch; None where it is unknown."""
        rows = self._db.execute("SELECT user_id, age_years FROM users WHERE batch > ?", (after_batch,))
        return {UserId(user): age for user, age in rows}

    def ids(self) -> set[UserId]:
        """The ids of all users with a record."""
        return {UserId(user) for (user,) in self._db.execute("SELECT user_id FROM users")}

    def records(self) -> dict[UserId, User]:
        """All records."""
        return {UserId(row[0]): User(*row) for row in self._db.execute(f"SELECT user_id, {_COLUMNS} FROM users")}

    def described(self) -> dict[UserId, User]:
        """The records of all users who wrote something of themselves."""
        rows = self._db.execute(f"SELECT user_id, {_COLUMNS} FROM users WHERE likes != '' OR dislikes != ''")
        return {UserId(row[0]): User(*row) for row in rows}

    def find(self, user: UserId) -> User | None:
        """The record of one user, None when there is none."""
        row = self._db.execute(f"SELECT user_id, {_COLUMNS} FROM users WHERE user_id = ?", (user,)).fetchone()
        return User(*row) if row else None
