"""The tables of events.db that hold what the log said. Times are microseconds since 1970 UTC.

Every row carries the number of the batch, one transaction, that last changed it: a reader asks what came after.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

EVENTS = Migrations("ingest.events")


@EVENTS()
def events_of_the_log(db: Database) -> None:
    """A watch has the distinct minutes seen as a bitmap, little endian, without trailing zero bytes.

    A request is unique by all of its content; `digest` stands for that content in the index.
    `positions` says where the next line of each partition begins.
    """
    db.executescript(
        """
        CREATE TABLE batches(
            batch INTEGER PRIMARY KEY, source TEXT NOT NULL, lines INTEGER NOT NULL, rejected INTEGER NOT NULL,
            first_us INTEGER, last_us INTEGER, committed_us INTEGER NOT NULL
        );
        CREATE TABLE watches(
            user_id INTEGER NOT NULL, movie_id TEXT NOT NULL, minutes INTEGER NOT NULL, seen BLOB NOT NULL,
            first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, batch INTEGER NOT NULL,
            PRIMARY KEY(user_id, movie_id)
        ) WITHOUT ROWID;
        CREATE INDEX watches_by_batch ON watches(batch);
        CREATE TABLE ratings(
            id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, movie_id TEXT NOT NULL, stars INTEGER NOT NULL,
            at_us INTEGER NOT NULL, batch INTEGER NOT NULL,
            UNIQUE(user_id, movie_id)
        );
        CREATE INDEX ratings_by_batch ON ratings(batch);
        CREATE TABLE accounts(user_id INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, batch INTEGER NOT NULL);
        CREATE INDEX accounts_by_batch ON accounts(batch);
        CREATE TABLE requests(
            id INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, user_id INTEGER NOT NULL, host TEXT NOT NULL,
            status INTEGER NOT NULL, movies TEXT NOT NULL, error TEXT NOT NULL, elapsed_ms INTEGER NOT NULL,
            digest BLOB NOT NULL, batch INTEGER NOT NULL,
            UNIQUE(at_us, user_id, digest)
        );
        CREATE TABLE rejected(
            id INTEGER PRIMARY KEY, source TEXT NOT NULL, partition INTEGER NOT NULL, position INTEGER NOT NULL,
            line BLOB, reason TEXT NOT NULL, batch INTEGER NOT NULL,
            UNIQUE(source, partition, position)
        );
        CREATE TABLE positions(
            source TEXT NOT NULL, partition INTEGER NOT NULL, position INTEGER NOT NULL, guard BLOB NOT NULL,
            PRIMARY KEY(source, partition)
        ) WITHOUT ROWID;
        """
    )


@EVENTS()
def identity_of_the_store(db: Database) -> None:
    """Batches are numbered by each store for itself: who keeps a number keeps this id beside it."""
    db.executescript(
        """
        CREATE TABLE store(id TEXT NOT NULL);
        INSERT INTO store VALUES (lower(hex(randomblob(16))));
        """
    )


@EVENTS()
def pauses_between_plays(db: Database) -> None:
    """Where a pair was watched anew after six hours (ingest/plays.py). Of rows of before no pause is known."""
    db.execute("ALTER TABLE watches ADD COLUMN pauses BLOB")
