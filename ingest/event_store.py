"""The store of events: the one writer of what the log said. Effects and positions are one transaction."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.events import Reason, RecommendationRequested, Rejected
from core.sqlite import open_store, writing
from ingest import seen
from ingest.catalogue_schema import CATALOGUE
from ingest.chunk import Position
from ingest.effects import Effects, RejectedAt, microseconds
from ingest.event_schema import EVENTS
from ingest.lines import parse_line
from ingest.plays import PLAY_GAP_US, pack_pauses, unite_pauses

Partition = tuple[str, int]  # the identity of a source, the number of its partition
Stretch = tuple[str, int, int, int]  # a partition, and the positions of the first and the last of consecutive lines

_BATCH = """
INSERT INTO batches(source, lines, rejected, first_us, last_us, committed_us) VALUES (?, ?, ?, ?, ?, ?)
RETURNING batch
"""
_IS_LONG = f"max(last_us, excluded.last_us) - min(first_us, excluded.first_us) >= {PLAY_GAP_US}"
_PAUSES = "unite_pauses(first_us, last_us, pauses, excluded.first_us, excluded.last_us, excluded.pauses)"
_WATCH = f"""
INSERT INTO watches(user_id, movie_id, minutes, seen, first_us, last_us, pauses, batch)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET
    minutes = count_minutes(unite(seen, excluded.seen)), seen = unite(seen, excluded.seen),
    first_us = min(first_us, excluded.first_us), last_us = max(last_us, excluded.last_us),
    pauses = CASE WHEN {_IS_LONG} THEN {_PAUSES} END, batch = excluded.batch
WHERE excluded.last_us > last_us OR excluded.first_us < first_us OR unite(seen, excluded.seen) <> seen
    OR CASE WHEN {_IS_LONG} THEN {_PAUSES} IS NOT pauses END
"""
_RATING = """
INSERT INTO ratings(user_id, movie_id, stars, at_us, batch) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET stars = excluded.stars, at_us = excluded.at_us, batch = excluded.batch
WHERE excluded.at_us > at_us OR (excluded.at_us = at_us AND excluded.stars <> stars)
"""
_ACCOUNT = """
INSERT INTO accounts(user_id, at_us, batch) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET at_us = excluded.at_us, batch = excluded.batch WHERE excluded.at_us < at_us
"""
_REQUEST = """
INSERT INTO requests(at_us, user_id, host, status, movies, error, elapsed_ms, digest, batch)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
_REJECTED = """
INSERT INTO rejected(source, partition, position, line, reason, batch) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET line = excluded.line, reason = excluded.reason, batch = excluded.batch
"""
_FORGET_REJECTED = "DELETE FROM rejected WHERE source = ? AND partition = ? AND position BETWEEN ? AND ?"
_POSITION = """
INSERT INTO positions(source, partition, position, guard) VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET position = excluded.position, guard = excluded.guard WHERE excluded.position > position
"""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of the rejected lines: accepted ones by kind of event, the others by reason."""

    accepted: dict[str, int]
    rejected: dict[Reason, int]


class EventStore:
    """Writes events. The state is a function of the set of lines: their order, their grouping into batches and how
    often they are delivered change nothing, but for ratings of one film by one user at the very same microsecond,
    of which the later line counts."""

    def __init__(self, path: Path) -> None:
        """Open, or make, the store at `path`. Raises StoreError when it is none of ours."""
        self._db = open_store(path, EVENTS, CATALOGUE)
        connection = self._db.conn
        connection.create_function("unite", 2, seen.unite, deterministic=True)
        connection.create_function("count_minutes", 1, seen.count_minutes, deterministic=True)
        connection.create_function("unite_pauses", 6, unite_pauses, deterministic=True)

    def close(self) -> None:
        self._db.close()

    def position(self, source: str, partition: int) -> Position | None:
        """Where the next unread line of a partition begins; None when none was ever read."""
        query = "SELECT position, guard FROM positions WHERE source = ? AND partition = ?"
        row = self._db.execute(query, (source, partition)).fetchone()
        return Position(*row) if row else None

    def rewind(self, source: str, partition: int) -> None:
        """Forget the position of a partition: it is to be read from its start."""
        with writing(self._db):
            self._db.execute("DELETE FROM positions WHERE source = ? AND partition = ?", (source, partition))

    def commit(
        self, effects: Effects, read: Iterable[Stretch], ends: Mapping[Partition, Position], now: datetime
    ) -> int:
        """Store the effects of the lines that were `read`, and where to go on after them. Returns the batch.

        Lines that were rejected within these stretches are forgotten: what is read again is judged again. What
        lies outside is another reader's, who may be ahead: its rejected lines stay, and a position only moves on.
        """
        with writing(self._db):
            self._db.conn.executemany(_FORGET_REJECTED, read)
            batch = self._write(effects, ", ".join(sorted({source for source, _ in ends})), now)
            rows = [(*key, end.offset, end.guard) for key, end in ends.items()]
            self._db.conn.executemany(_POSITION, rows)
        return batch

    def replay(self, stars_max: int, now: datetime) -> Replayed:
        """Parse all rejected lines again, in one transaction.

        Those that are accepted now have their effects and are rejected no more; the others get the reason that
        holds now.
        """
        effects, accepted, judged = Effects(), list[tuple[int]](), list[tuple[str, int]]()
        with writing(self._db):
            for row, line in self._db.execute("SELECT id, line FROM rejected ORDER BY id"):
                event = parse_line(line, stars_max)
                if isinstance(event, Rejected):
                    judged.append((event.reason.value, row))
                else:
                    effects.add(event)
                    accepted.append((row,))
            if accepted:
                self._write(effects, "replay", now)
            self._db.conn.executemany("DELETE FROM rejected WHERE id = ?", accepted)
            self._db.conn.executemany("UPDATE rejected SET reason = ?1 WHERE id = ?2 AND reason <> ?1", judged)
        return Replayed(dict(effects.kinds), Counter(Reason(reason) for reason, _ in judged))

    def _write(self, effects: Effects, source: str, now: datetime) -> int:
        """Write the rows of one batch, in key order where the table has one: neighbours share pages."""
        first_us, last_us = effects.span or (None, None)
        connection = self._db.conn
        row = (source, effects.lines, len(effects.rejected), first_us, last_us, microseconds(now))
        batch: int = connection.execute(_BATCH, row).fetchone()[0]
        connection.executemany(_WATCH, _watch_rows(effects, batch))
        ratings = effects.ratings.items()
        connection.executemany(
            _RATING, ((user, movie, stars, at_us, batch) for (user, movie), (at_us, stars) in ratings)
        )
        connection.executemany(_ACCOUNT, ((user, at_us, batch) for user, at_us in sorted(effects.accounts.items())))
        connection.executemany(_REQUEST, ((*_request_row(request), batch) for request in effects.requests))
        connection.executemany(_REJECTED, ((*_rejected_row(line), batch) for line in effects.rejected))
        return batch


def _watch_rows(effects: Effects, batch: int) -> Iterator[tuple[Any, ...]]:
    for pair in sorted(effects.watches):
        minutes, first_us, last_us = effects.watches[pair]
        pauses = pack_pauses(effects.plays[pair]) if pair in effects.plays else None
        yield *pair, minutes.bit_count(), seen.pack(minutes), first_us, last_us, pauses, batch


def _request_row(request: RecommendationRequested) -> tuple[Any, ...]:
    movies = ",".join(request.movies)
    content = request.host, request.status, movies, request.error, request.elapsed_ms
    digest = hashlib.blake2b(repr(content).encode(), digest_size=8).digest()
    return microseconds(request.time), request.user, *content, digest


def _rejected_row(rejected: RejectedAt) -> tuple[Any, ...]:
    return rejected.source, rejected.partition, rejected.position, rejected.line, rejected.reason.value
