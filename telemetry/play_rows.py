"""Rows of plays: one play as it is to be booked, and the statements that find, add and reverse it."""

from __future__ import annotations

import sqlite3

from telemetry.attribution import WINDOW_US, Attributed, Shown, attribute
from telemetry.request_ids import first_id

Key = tuple[int, int, int]
"""A play that stands: user, number of the film, start in microseconds since 1970 UTC."""

DAY_US = 24 * 3600 * 1_000_000
BORROWED_US = 60 * 1_000_000
"""A request id may be ahead of its decision: a writer whose clock stepped back goes on counting. Lists whose ids are
further ahead than this are not found."""

_SHOW = """
INSERT OR IGNORE INTO shown SELECT user_id, request FROM decisions WHERE request BETWEEN ? AND ?
ORDER BY user_id, request
"""
_PLAYED_AFTER = f"""
SELECT DISTINCT plays_now.user_id, film, start_us FROM decisions CROSS JOIN plays_now USING (user_id)
WHERE request BETWEEN ? AND ? AND start_us BETWEEN at_us AND at_us + {WINDOW_US}
"""
_PLAYED_SINCE = """
SELECT user_id, film, start_us FROM plays_now
WHERE film = (SELECT number FROM films WHERE text = ?) AND start_us >= ?
"""
_STARTS = "SELECT start_us FROM plays_now WHERE user_id = ? AND film = ?"
_FEE = """
SELECT fee_nano FROM fees_used WHERE movie_id = (SELECT text FROM films WHERE number = ?) AND day <= ?
ORDER BY day DESC LIMIT 1
"""
_LISTS = """
SELECT request, at_us, pattern, movies, numbers FROM shown JOIN decisions USING (request)
WHERE shown.user_id = ? AND request BETWEEN ? AND ? ORDER BY request DESC
"""
_STANDING = """
SELECT fee_nano, request, position, age_s FROM plays_now JOIN plays ON number = play
WHERE plays_now.user_id = ? AND plays_now.film = ? AND plays_now.start_us = ?
"""
_ORIGIN = "SELECT number FROM origins WHERE arm = ? AND model = ? AND ranker = ?"
_ADD = """
INSERT INTO plays(booking, plays, user_id, film, start_us, fee_nano, request, position, age_s, origin)
VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_REVERSE = """
INSERT INTO plays(booking, plays, user_id, film, start_us, fee_nano, request, position, age_s, origin, reverses)
SELECT ?, -1, user_id, film, start_us, -fee_nano, request, position, age_s, origin, number FROM plays
WHERE number = (SELECT play FROM plays_now WHERE (user_id, film, start_us) = (?, ?, ?))
"""
_NOT_NOW = "DELETE FROM plays_now WHERE (user_id, film, start_us) = (?, ?, ?)"


class PlayRows:
    """The rows of plays in a ledger; whoever calls is in a transaction. Raises sqlite3.Error."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._patterns: dict[int, str] = {}

    def begin(self, at_us: int) -> int:
        """Note a booking. Returns its number."""
        return self._connection.execute("INSERT INTO bookings(at_us) VALUES (?)", (at_us,)).lastrowid or 0

    def show(self, first: int, last: int) -> list[Key]:
        """Know the lists with these request ids. Returns the plays that they may change."""
        self._connection.execute(_SHOW, (first, last))
        return list(self._connection.execute(_PLAYED_AFTER, (first, last)))

    def played_since(self, movie: str, day: int) -> list[Key]:
        """The plays of a film that stand and started on `day` or later; days count from 1970."""
        return list(self._connection.execute(_PLAYED_SINCE, (movie, day * DAY_US)))

    def starts(self, user: int, film: int) -> set[int]:
        """When the plays of a user and a film that stand began."""
        return {start_us for (start_us,) in self._connection.execute(_STARTS, (user, film))}

    def is_outdated(self, key: Key) -> bool:
        """Whether a play that stands has another fee or comes from another list than its row says."""
        standing = self._connection.execute(_STANDING, key).fetchone()
        fee_nano, attributed = self._terms(key)
        place = (None,) * 3 if attributed is None else (attributed.request, attributed.position, attributed.age_s)
        return bool(standing != (fee_nano, *place))

    def add(self, key: Key, booking: int) -> None:
        """Book a play as it is known now."""
        fee_nano, attributed = self._terms(key)
        place: tuple[int | None, ...] = (None,) * 4
        if attributed is not None:
            place = attributed.request, attributed.position, attributed.age_s, self._origin(attributed)
        play = self._connection.execute(_ADD, (booking, *key, fee_nano, *place)).lastrowid
        self._connection.execute("INSERT INTO plays_now VALUES (?, ?, ?, ?)", (*key, play))

    def reverse(self, key: Key, booking: int) -> None:
        """Take back a play that stands."""
        self._connection.execute(_REVERSE, (booking, *key))
        self._connection.execute(_NOT_NOW, key)

    def _terms(self, key: Key) -> tuple[int | None, Attributed | None]:
        """The fee of a play in billionths, None when unknown, and the list it came from, None when organic."""
        user, film, start_us = key
        fee = self._connection.execute(_FEE, (film, start_us // DAY_US)).fetchone()
        span = first_id(start_us - WINDOW_US), first_id(start_us + BORROWED_US)
        lists = (Shown(*found) for found in self._connection.execute(_LISTS, (user, *span)))
        return fee[0] if fee else None, attribute(start_us, film, lists, self._pattern)

    def _pattern(self, number: int) -> str:
        text = self._patterns.get(number)
        if text is None:
            (text,) = self._connection.execute("SELECT text FROM patterns WHERE number = ?", (number,)).fetchone()
            self._patterns[number] = text
        return text

    def _origin(self, attributed: Attributed) -> int:
        self._connection.execute(
            "INSERT OR IGNORE INTO origins(arm, model, ranker) VALUES (?, ?, ?)", attributed.origin
        )
        (number,) = self._connection.execute(_ORIGIN, attributed.origin).fetchone()
        return int(number)
