"""The tables of events.db that hold records: films with their fees, and users."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

CATALOGUE = Migrations("ingest.catalogue")


@CATALOGUE()
def films_and_users(db: Database) -> None:
    """Fees have a row for each day on which another fee was read; a film without a row has an unknown fee."""
    db.executescript(
        """
        CREATE TABLE movies(
            movie_id TEXT PRIMARY KEY, title TEXT NOT NULL, year INTEGER, genres TEXT NOT NULL,
            runtime_minutes INTEGER, release_date TEXT, language TEXT NOT NULL, overview TEXT NOT NULL,
            certificate TEXT NOT NULL, age_limit_years INTEGER, age_source TEXT, read_us INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE fees(
            movie_id TEXT NOT NULL REFERENCES movies, day TEXT NOT NULL, fee_nano INTEGER NOT NULL,
            PRIMARY KEY(movie_id, day)
        ) WITHOUT ROWID;
        CREATE TABLE users(
            user_id INTEGER PRIMARY KEY, age_years INTEGER, gender TEXT NOT NULL, occupation TEXT NOT NULL,
            likes TEXT NOT NULL, dislikes TEXT NOT NULL, read_us INTEGER NOT NULL, batch INTEGER NOT NULL
        );
        CREATE INDEX users_by_batch ON users(batch);
        """
    )


@CATALOGUE()
def names_and_fame(db: Database) -> None:
    """What self-descriptions name films by: the original title, the series, and how well a film is known."""
    db.executescript(
        """
        ALTER TABLE movies ADD COLUMN original_title TEXT NOT NULL DEFAULT '';
        ALTER TABLE movies ADD COLUMN collection TEXT NOT NULL DEFAULT '';
        ALTER TABLE movies ADD COLUMN votes INTEGER;
        """
    )
