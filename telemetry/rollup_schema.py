"""The tables of ledger.db that hold sums, kept in the transaction that writes what they are sums of.

Hours and days count from 1970 UTC. Whatever is in these tables can be made again from the rows of the ledger, and a
test holds the two together; reports read these, so that ten million decisions take them milliseconds.

segments        arm, model, first ranker and user kind, each combination once; `decisions.segment` names it
decision_hours  lists by hour, segment and speed: `bucket` as telemetry/speeds.py says
active_days     who got a list on which day
play_hours      plays and their fees by hour of the start and segment of the list; segment 0: organic, of no list
play_films      the same by day and film
corrections     append-only: what a charge turned out to be later, as the difference to what stood before. `nano` is
                added to the amount, `uncertain_nano`, `uncertain` and `unpriced` to what is not certain of it
call_hours      calls, tokens and charges by hour of the call, corrections included
standing        a view: what stands for each call after its corrections
shares          by list: the part that it bears of the LLM charges of its user (telemetry/amortise.py)
share_hours     these by hour of the list and segment
share_users     by user: the LLM charges, the first of them, and how many lists bear them
unshared        charges and corrections that are not in these yet
shared          how far lists were looked at for them
"""

from __future__ import annotations

from sqlite_utils import Database

from telemetry import varint
from telemetry.segments import segment_of_row
from telemetry.speeds import bucket_of

HOUR_US, DAY_US = 3600 * 1_000_000, 24 * 3600 * 1_000_000
UNPRICED = "no price known"  # how the price of a charge begins that is only the most, for no table knew its model

_DECISIONS = (
    """
    CREATE TABLE segments(
        number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE,
        arm TEXT AS (text ->> '$[0]'), model TEXT AS (text ->> '$[1]'),
        ranker TEXT AS (text ->> '$[2]'), user_kind TEXT AS (text ->> '$[3]')
    ) STRICT
    """,
    "ALTER TABLE decisions ADD COLUMN segment INTEGER",
    """
    CREATE TABLE decision_hours(
        hour INTEGER NOT NULL, segment INTEGER NOT NULL, bucket INTEGER NOT NULL,
        lists INTEGER NOT NULL, films INTEGER NOT NULL, expected_nano INTEGER NOT NULL,
        unpriced_lists INTEGER NOT NULL, unknown_fees INTEGER NOT NULL,
        PRIMARY KEY(hour, segment, bucket)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE active_days(
        day INTEGER NOT NULL, user_id INTEGER NOT NULL, PRIMARY KEY(day, user_id)
    ) STRICT, WITHOUT ROWID
    """,
)
_BACKFILL_DECISIONS = (
    """
    INSERT INTO segments(text) SELECT DISTINCT segment_of_row(patterns.text, numbers)
    FROM decisions JOIN patterns ON patterns.number = pattern
    """,
    """
    UPDATE decisions SET segment = (
        SELECT segments.number FROM segments JOIN patterns ON patterns.number = pattern
        WHERE segments.text = segment_of_row(patterns.text, numbers)
    )
    """,
    f"""
    INSERT INTO decision_hours
    SELECT at_us / {HOUR_US}, segment, bucket_of(elapsed_us), count(*), sum(films_of(movies)),
        coalesce(sum(expected_licence_nano), 0), sum(expected_licence_nano IS NULL), sum(unknown_fees)
    FROM decisions GROUP BY 1, 2, 3
    """,
    f"INSERT INTO active_days SELECT DISTINCT at_us / {DAY_US}, user_id FROM decisions",
)

_CALL_KEY = "hour, provider, requested_model, answering_model, priced_as, prompt, outcome"
_CALL_SUMS = (
    "calls", "input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens",
    "nano", "uncertain_nano", "uncertain", "unpriced",
)  # fmt: skip
_ADDED = ", ".join(f"{name} = {name} + excluded.{name}" for name in _CALL_SUMS)
_KEY_OF_USAGE = f"""
at_us / {HOUR_US}, provider, requested_model, answering_model, priced_as, prompt, outcome
"""
_SUMS_OF_CHARGE = """
1, input_tokens, cached_tokens, output_tokens, reasoning_tokens,
{row}.nano, iif({row}.is_certain, 0, {row}.nano), 1 - {row}.is_certain, {row}.price LIKE 'no price known%'
"""
_SUMS_OF_CORRECTION = "0, 0, 0, 0, 0, NEW.nano, NEW.uncertain_nano, NEW.uncertain, NEW.unpriced"
_CALLS = (
    """
    CREATE TABLE corrections(
        number INTEGER PRIMARY KEY,
        call TEXT NOT NULL REFERENCES charges,
        at_us INTEGER NOT NULL,
        nano INTEGER NOT NULL,
        uncertain_nano INTEGER NOT NULL,
        uncertain INTEGER NOT NULL CHECK (uncertain IN (-1, 0)),
        unpriced INTEGER NOT NULL CHECK (unpriced IN (-1, 0)),
        price TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX corrections_by_call ON corrections(call)",
    f"""
    CREATE TABLE call_hours(
        hour INTEGER NOT NULL, provider TEXT NOT NULL, requested_model TEXT NOT NULL, answering_model TEXT NOT NULL,
        priced_as TEXT NOT NULL, prompt TEXT NOT NULL, outcome TEXT NOT NULL,
        {", ".join(f"{name} INTEGER NOT NULL" for name in _CALL_SUMS)},
        PRIMARY KEY({_CALL_KEY})
    ) STRICT, WITHOUT ROWID
    """,
    f"""
    CREATE TRIGGER charges_add_up AFTER INSERT ON charges BEGIN
        INSERT INTO call_hours SELECT {_KEY_OF_USAGE}, {_SUMS_OF_CHARGE.format(row="NEW")}
        FROM usages WHERE call = NEW.call
        ON CONFLICT({_CALL_KEY}) DO UPDATE SET {_ADDED};
    END
    """,
    f"""
    CREATE TRIGGER corrections_add_up AFTER INSERT ON corrections BEGIN
        INSERT INTO call_hours SELECT {_KEY_OF_USAGE}, {_SUMS_OF_CORRECTION} FROM usages WHERE call = NEW.call
        ON CONFLICT({_CALL_KEY}) DO UPDATE SET {_ADDED};
    END
    """,
    f"""
    INSERT INTO call_hours SELECT {_KEY_OF_USAGE}, {_SUMS_OF_CHARGE.format(row="charges")}
    FROM usages JOIN charges USING (call) WHERE TRUE
    ON CONFLICT({_CALL_KEY}) DO UPDATE SET {_ADDED}
    """,
    """
    CREATE VIEW standing AS
    SELECT call,
        nano + coalesce((SELECT sum(c.nano) FROM corrections AS c WHERE c.call = charges.call), 0) AS nano,
        coalesce(
            (SELECT c.price FROM corrections AS c WHERE c.call = charges.call ORDER BY c.number DESC LIMIT 1), price
        ) AS price,
        is_certain - coalesce((SELECT sum(c.uncertain) FROM corrections AS c WHERE c.call = charges.call), 0)
            AS is_certain
    FROM charges
    """,
    "CREATE INDEX charges_unpriced ON charges(price) WHERE price LIKE 'no price known%'",
)

_SHARES = (
    """
    CREATE TABLE shares(
        user_id INTEGER NOT NULL, request INTEGER NOT NULL REFERENCES decisions, nano INTEGER NOT NULL,
        PRIMARY KEY(user_id, request)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE share_hours(
        hour INTEGER NOT NULL, segment INTEGER NOT NULL, nano INTEGER NOT NULL, PRIMARY KEY(hour, segment)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE share_users(
        user_id INTEGER PRIMARY KEY, charged_nano INTEGER NOT NULL, first_us INTEGER NOT NULL, lists INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE TABLE unshared(number INTEGER PRIMARY KEY, call TEXT NOT NULL, nano INTEGER NOT NULL) STRICT",
    "CREATE INDEX unshared_by_call ON unshared(call)",
    "INSERT INTO unshared(call, nano) SELECT call, nano FROM charges WHERE nano <> 0",
    "CREATE TABLE shared(commit_number INTEGER NOT NULL) STRICT",
    "INSERT INTO shared VALUES (0)",
    """
    CREATE TRIGGER charges_to_share AFTER INSERT ON charges WHEN NEW.nano <> 0 BEGIN
        INSERT INTO unshared(call, nano) VALUES (NEW.call, NEW.nano);
    END
    """,
    """
    CREATE TRIGGER corrections_to_share AFTER INSERT ON corrections WHEN NEW.nano <> 0 BEGIN
        INSERT INTO unshared(call, nano) VALUES (NEW.call, NEW.nano);
    END
    """,
)

_PLAYS_ADDED = (
    "plays = plays + excluded.plays, fee_nano = fee_nano + excluded.fee_nano, unpriced = unpriced + excluded.unpriced"
)
_PLAY_SUMS = (
    "sum(plays.plays), coalesce(sum(fee_nano), 0), coalesce(sum(plays.plays) FILTER (WHERE fee_nano IS NULL), 0)"
)
_PLAYS = (
    """
    CREATE TABLE play_hours(
        hour INTEGER NOT NULL, segment INTEGER NOT NULL,
        plays INTEGER NOT NULL, fee_nano INTEGER NOT NULL, unpriced INTEGER NOT NULL,
        PRIMARY KEY(hour, segment)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE play_films(
        day INTEGER NOT NULL, film INTEGER NOT NULL, is_organic INTEGER NOT NULL,
        plays INTEGER NOT NULL, fee_nano INTEGER NOT NULL, unpriced INTEGER NOT NULL,
        PRIMARY KEY(day, film, is_organic)
    ) STRICT, WITHOUT ROWID
    """,
    f"""
    CREATE TRIGGER plays_add_up AFTER INSERT ON plays BEGIN
        INSERT INTO play_hours VALUES (
            NEW.start_us / {HOUR_US}, coalesce((SELECT segment FROM decisions WHERE request = NEW.request), 0),
            NEW.plays, coalesce(NEW.fee_nano, 0), iif(NEW.fee_nano IS NULL, NEW.plays, 0)
        )
        ON CONFLICT(hour, segment) DO UPDATE SET {_PLAYS_ADDED};
        INSERT INTO play_films VALUES (
            NEW.start_us / {DAY_US}, NEW.film, NEW.request IS NULL,
            NEW.plays, coalesce(NEW.fee_nano, 0), iif(NEW.fee_nano IS NULL, NEW.plays, 0)
        )
        ON CONFLICT(day, film, is_organic) DO UPDATE SET {_PLAYS_ADDED};
    END
    """,
    f"""
    INSERT INTO play_hours SELECT start_us / {HOUR_US}, coalesce(segment, 0), {_PLAY_SUMS}
    FROM plays LEFT JOIN decisions USING (request) GROUP BY 1, 2
    """,
    f"""
    INSERT INTO play_films SELECT start_us / {DAY_US}, film, request IS NULL, {_PLAY_SUMS} FROM plays GROUP BY 1, 2, 3
    """,
)


def make_decision_rollups(db: Database) -> None:
    """The tables of decisions, filled from what a ledger of before has: about a minute for ten million."""
    for function in (segment_of_row, bucket_of, films_of):
        db.conn.create_function(function.__name__, function.__code__.co_argcount, function, deterministic=True)
    for statement in _DECISIONS + _BACKFILL_DECISIONS:
        db.execute(statement)


def make_call_rollups(db: Database) -> None:
    """The tables of calls and of shares, filled from what a ledger of before has; shares with the next booking."""
    for statement in _CALLS + _SHARES:
        db.execute(statement)


def make_play_rollups(db: Database) -> None:
    """The tables of plays, filled from what a ledger of before has."""
    for statement in _PLAYS:
        db.execute(statement)


def films_of(movies: bytes) -> int:
    """How many films a list has, as the ledger keeps it."""
    return varint.count(movies)
