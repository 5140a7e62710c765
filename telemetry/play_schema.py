"""The tables of ledger.db that hold plays and what they cost in licence fees.

plays      append-only: a play (`plays` 1) with its fee and the list that it is attributed to, or the reversal of one
           (`plays` -1, its fee negative, all else as in the row that it reverses). So a sum over any of these rows is
           right at any time, and what was once believed can be read. `fee_nano` is null while no fee is known for
           the day: such a play is quarantined, in no sum of dollars, and reversed and booked anew once there is one.
           `position` counts from 0; `request`, `position`, `age_s` and `origin` are null for an organic play.
plays_now  the plays that stand, each with its row in `plays`
origins    arm, model and ranker that a play is attributed to, each combination once
bookings   the transactions that added to `plays`
shown      which lists a user got: an index of decisions that the one who books plays keeps, so that who records
           decisions need not (telemetry/ledger_schema.py, commits)
fees_used  by film and day, days since 1970, each change of fee that plays are priced with
booked     how far the inputs were read: commits of decisions, and batches of events (`mark` says which store's)
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from telemetry.rollup_schema import make_play_rollups

PLAYS = Migrations("telemetry.plays")

_TABLES = (
    """
    CREATE TABLE origins(
        number INTEGER PRIMARY KEY, arm TEXT NOT NULL, model TEXT NOT NULL, ranker TEXT NOT NULL,
        UNIQUE(arm, model, ranker)
    ) STRICT
    """,
    "CREATE TABLE bookings(number INTEGER PRIMARY KEY, at_us INTEGER NOT NULL) STRICT",
    """
    CREATE TABLE plays(
        number INTEGER PRIMARY KEY,
        booking INTEGER NOT NULL REFERENCES bookings,
        plays INTEGER NOT NULL CHECK (plays IN (1, -1)),
        user_id INTEGER NOT NULL,
        film INTEGER NOT NULL REFERENCES films,
        start_us INTEGER NOT NULL,
        fee_nano INTEGER CHECK (fee_nano * plays >= 0),
        request INTEGER REFERENCES decisions,
        position INTEGER,
        age_s INTEGER,
        origin INTEGER REFERENCES origins,
        reverses INTEGER REFERENCES plays,
        CHECK ((plays = -1) = (reverses IS NOT NULL)),
        CHECK ((request IS NULL) = (position IS NULL)),
        CHECK ((request IS NULL) = (age_s IS NULL)),
        CHECK ((request IS NULL) = (origin IS NULL))
    ) STRICT
    """,
    "CREATE UNIQUE INDEX plays_by_reversed ON plays(reverses) WHERE reverses IS NOT NULL",
    "CREATE INDEX plays_by_request ON plays(request) WHERE request IS NOT NULL",
    "CREATE INDEX plays_unpriced ON plays(film, plays) WHERE fee_nano IS NULL",
    """
    CREATE TABLE plays_now(
        user_id INTEGER NOT NULL,
        film INTEGER NOT NULL,
        start_us INTEGER NOT NULL,
        play INTEGER NOT NULL REFERENCES plays,
        PRIMARY KEY(user_id, film, start_us)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX plays_now_by_film ON plays_now(film, start_us)",
    """
    CREATE TABLE shown(
        user_id INTEGER NOT NULL, request INTEGER NOT NULL, PRIMARY KEY(user_id, request)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE fees_used(
        movie_id TEXT NOT NULL, day INTEGER NOT NULL, fee_nano INTEGER NOT NULL,
        PRIMARY KEY(movie_id, day)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE TABLE booked(commit_number INTEGER NOT NULL, batch INTEGER NOT NULL, mark TEXT NOT NULL) STRICT",
    "INSERT INTO booked VALUES (0, 0, '')",
)


@PLAYS()
def plays_and_their_fees(db: Database) -> None:
    for statement in _TABLES:
        db.execute(statement)


@PLAYS()
def rollups(db: Database) -> None:
    make_play_rollups(db)
