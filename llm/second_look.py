"""The second look: users who were read, but of whom something may be understood now that could not be then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.ids import UserId
from llm.jobs import Priority
from llm.times import to_us
from llm.work_store import WorkStore

_USERS = """
SELECT user_id FROM tastes JOIN jobs USING (user_id)
WHERE body IS NOT NULL AND state IN ('done', 'dead') AND (
    (:is_model_set AND json_extract(body, '$[2]') > 0 AND json_extract(body, '$[3]') = 'titles')
    OR (made_us < :films_changed AND (json_extract(body, '$[2]') > 0
        OR (json_array_length(body, '$[0]') = 0 AND json_array_length(body, '$[1]') = 0)))
)
ORDER BY user_id
"""  # the body as llm/tastes.py writes it: films, genres, open, maker
_PUT = """
UPDATE jobs SET state = 'waiting', priority = ?, put_us = ?, due_us = ?, tries = 0, error = ''
WHERE user_id = ? AND state IN ('done', 'dead')
"""


class SecondLook:
    """Who is worth another reading; a backfill puts them."""

    def __init__(self, store: WorkStore) -> None:
        self._store = store

    def users(self, is_model_set: bool, films_changed: datetime) -> list[UserId]:
        """Users with open words that no model was asked about, now that one is set; and all who have open words, or
        nothing understood at all, and were read before the catalogue last changed. By id.
        """
        values = {"is_model_set": is_model_set, "films_changed": to_us(films_changed)}
        with self._store.reading() as connection:
            return [UserId(user) for (user,) in connection.execute(_USERS, values).fetchall()]

    def put(self, users: Sequence[UserId], now: datetime) -> int:
        """Let their jobs begin anew, behind newcomers. Returns how many; what is under way stays as it is."""
        now_us = to_us(now)
        with self._store.writing() as connection:
            rows = [(Priority.BACKFILL, now_us, now_us, user) for user in users]
            return connection.executemany(_PUT, rows).rowcount
