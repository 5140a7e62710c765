"""Forgetting a user in work.db."""

from __future__ import annotations

from dataclasses import replace

from core.ids import UserId
from llm.call_rows import read_usage, usage_text
from llm.tastes import erase_taste
from llm.work_store import WorkStore


def erase_user(store: WorkStore, user: UserId) -> bool:
    """Forget a user's taste, job, answers and spending, in one transaction. Returns whether anything was there.

    Money stays counted: calls in flight and usages on their way to the ledger are from now on for nobody. What a
    worker still brings for this user is not stored: its job is gone.
    """
    with store.writing() as connection:
        n_found = int(erase_taste(connection, user))
        for table in ("jobs", "answers", "spent_users"):
            n_found += connection.execute(f"DELETE FROM {table} WHERE user_id = ?", (user,)).rowcount
        statement = "UPDATE calls SET user_id = NULL, is_erased = 1 WHERE user_id = ?"
        n_found += connection.execute(statement, (user,)).rowcount
        undelivered = connection.execute("SELECT number, usage FROM outbox WHERE user_id = ?", (user,)).fetchall()
        for number, usage in undelivered:
            text = usage_text(replace(read_usage(usage), user=None))
            connection.execute("UPDATE outbox SET user_id = NULL, usage = ? WHERE number = ?", (text, number))
    return n_found + len(undelivered) > 0
