"""The tables of work.db, which llm owns. Times are microseconds since 1970 UTC, money is billionths of a dollar.

jobs          one row a user whose words are to be understood, or were
cursors       how far each feeder of jobs has read its source
tastes        one row a user: what was understood; `number` grows with every change of the table
calls         calls in flight: each holds its key, and the most that it can cost
answers       the cache: the valid answer to each key, with what the call used that brought it
spent_days    what the calls begun on a UTC day have cost
spent_users   what the calls for a user have ever cost
outbox        usages with their charges, on their way to the ledger
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

WORK = Migrations("llm")

_TABLES = (
    """
    CREATE TABLE jobs(
        user_id INTEGER PRIMARY KEY,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'dead')),
        priority INTEGER NOT NULL,
        text_hash TEXT NOT NULL,
        is_changed INTEGER NOT NULL,
        put_us INTEGER NOT NULL,
        due_us INTEGER NOT NULL,
        tries INTEGER NOT NULL,
        claims INTEGER NOT NULL,
        worker TEXT NOT NULL,
        error TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX jobs_by_due ON jobs(priority, due_us) WHERE state IN ('waiting', 'running')",
    "CREATE INDEX jobs_by_state ON jobs(state, priority, put_us)",
    "CREATE TABLE cursors(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """
    CREATE TABLE tastes(
        user_id INTEGER PRIMARY KEY,
        number INTEGER NOT NULL UNIQUE,
        made_us INTEGER NOT NULL,
        body TEXT
    ) STRICT
    """,
    """
    CREATE TABLE calls(
        call TEXT PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        user_id INTEGER,
        day TEXT NOT NULL,
        most_nano INTEGER NOT NULL CHECK (most_nano >= 0),
        until_us INTEGER NOT NULL,
        usage TEXT NOT NULL,
        charge TEXT NOT NULL,
        is_erased INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE answers(
        key TEXT PRIMARY KEY,
        answer TEXT NOT NULL,
        user_id INTEGER,
        at_us INTEGER NOT NULL,
        usage TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX answers_by_user ON answers(user_id) WHERE user_id IS NOT NULL",
    "CREATE TABLE spent_days(day TEXT PRIMARY KEY, nano INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE spent_users(user_id INTEGER PRIMARY KEY, nano INTEGER NOT NULL) STRICT",
    """
    CREATE TABLE outbox(
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        call TEXT NOT NULL UNIQUE,
        user_id INTEGER,
        usage TEXT NOT NULL,
        charge TEXT NOT NULL
    ) STRICT
    """,
)


@WORK()
def cold_start(db: Database) -> None:
    """A running job is due when its lease runs out; `claims` tells a worker whether the lease is still its own.

    `is_changed`: the user's text changed while the job ran. A taste without a body was erased: its row tells those
    who keep tastes in memory. A call in flight carries what is written when nobody finishes it, an answer the usage
    that brought it, both as JSON.
    """
    for statement in _TABLES:
        db.execute(statement)
