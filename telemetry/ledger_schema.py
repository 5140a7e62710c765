"""The tables of ledger.db, which telemetry owns.

decisions  one row a request: `pattern` says what many decisions share, `numbers` holds the rest (telemetry/row.py)
patterns   arm, model, rankers with their outcomes, filters: as JSON, each written once
films      film ids under small numbers, so that a list of twenty takes about forty bytes
gaps       decisions that were dropped under overload: how many, from the first to the last of them
writers    processes that ever wrote: the claim gives each one its number inside request ids
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

LEDGER = Migrations("telemetry")


TABLES = (
    "CREATE TABLE writers(claim INTEGER PRIMARY KEY AUTOINCREMENT, at_us INTEGER NOT NULL) STRICT",
    "CREATE TABLE films(number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT",
    "CREATE TABLE patterns(number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT",
    """
    CREATE TABLE decisions(
        request INTEGER PRIMARY KEY,
        at_us INTEGER NOT NULL,
        user_id INTEGER NOT NULL,
        pattern INTEGER NOT NULL REFERENCES patterns,
        movies BLOB NOT NULL,
        numbers BLOB NOT NULL,
        elapsed_us INTEGER NOT NULL,
        expected_licence_nano INTEGER,
        unknown_fees INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE gaps(
        first_request INTEGER PRIMARY KEY,
        last_request INTEGER NOT NULL,
        dropped INTEGER NOT NULL
    ) STRICT
    """,
)


@LEDGER()
def decisions(db: Database) -> None:
    for table in TABLES:
        db.execute(table)
