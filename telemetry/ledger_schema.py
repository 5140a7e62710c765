"""The tables of ledger.db, which telemetry owns.

decisions  one row a request: `pattern` says what many decisions share, `numbers` holds the rest (telemetry/row.py)
patterns   arm, model, rankers with their outcomes, filters: as JSON, each written once
films      film ids under small numbers, so that a list of twenty takes about forty bytes
commits    the transactions that wrote decisions, in order: who follows the ledger asks for those after a number
picks      learned pick probabilities by position; `decisions.picks` names the version that priced a list, 0 the prior
gaps       decisions that were dropped under overload: how many, from the first to the last of them
writers    processes that ever wrote: the claim gives each one its number inside request ids
usages     one row a call of a language model, or one that the cache saved; docs/ledger.md explains the columns
charges    what each of these calls cost
conflicts  what came as a second, different row of a call: the first one stands, this one is looked into

Sums over these are kept beside them: telemetry/rollup_schema.py.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from telemetry.rollup_schema import make_call_rollups, make_decision_rollups

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


_CALL_TABLES = (
    """
    CREATE TABLE usages(
        call TEXT PRIMARY KEY,
        at_us INTEGER NOT NULL,
        provider TEXT NOT NULL,
        operation TEXT NOT NULL,
        requested_model TEXT NOT NULL,
        answering_model TEXT NOT NULL,
        prompt TEXT NOT NULL,
        user_id INTEGER,
        attempt INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        source TEXT NOT NULL,
        input_tokens INTEGER NOT NULL,
        cached_tokens INTEGER NOT NULL CHECK (cached_tokens BETWEEN 0 AND input_tokens),
        output_tokens INTEGER NOT NULL,
        reasoning_tokens INTEGER NOT NULL CHECK (reasoning_tokens BETWEEN 0 AND output_tokens),
        latency_ms INTEGER NOT NULL,
        completion TEXT NOT NULL,
        priced_as TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX usages_by_time ON usages(at_us)",
    "CREATE INDEX usages_by_user ON usages(user_id) WHERE user_id IS NOT NULL",
    """
    CREATE TABLE charges(
        call TEXT PRIMARY KEY REFERENCES usages,
        nano INTEGER NOT NULL CHECK (nano >= 0),
        price TEXT NOT NULL,
        is_certain INTEGER NOT NULL CHECK (is_certain IN (0, 1))
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE conflicts(
        call TEXT NOT NULL REFERENCES usages,
        usage_and_charge TEXT NOT NULL,
        PRIMARY KEY(call, usage_and_charge)
    ) STRICT, WITHOUT ROWID
    """,
)


@LEDGER()
def calls(db: Database) -> None:
    for table in _CALL_TABLES:
        db.execute(table)


_OLD_COMMIT = 100_000  # decisions of one commit of before commits were kept: a follower takes one at a time
_COMMITS_AND_PICKS = (
    """
    CREATE TABLE commits(
        number INTEGER PRIMARY KEY,
        first_request INTEGER NOT NULL,
        last_request INTEGER NOT NULL,
        decisions INTEGER NOT NULL
    ) STRICT
    """,
    f"""
    INSERT INTO commits(first_request, last_request, decisions)
    SELECT min(request), max(request), count(*)
    FROM (SELECT request, (row_number() OVER (ORDER BY request) - 1) / {_OLD_COMMIT} AS part FROM decisions)
    GROUP BY part ORDER BY part
    """,
    """
    CREATE TABLE picks(
        version INTEGER PRIMARY KEY CHECK (version > 0),
        at_us INTEGER NOT NULL,
        since_us INTEGER NOT NULL,
        until_us INTEGER NOT NULL,
        lists TEXT NOT NULL,
        plays TEXT NOT NULL,
        ppm TEXT NOT NULL
    ) STRICT
    """,
    "ALTER TABLE decisions ADD COLUMN picks INTEGER NOT NULL DEFAULT 0",
)


@LEDGER()
def commits_and_picks(db: Database) -> None:
    for statement in _COMMITS_AND_PICKS:
        db.execute(statement)


@LEDGER()
def rollups(db: Database) -> None:
    make_decision_rollups(db)
    make_call_rollups(db)
