"""The lines that we could not use: counted and listed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core.events import Reason
from core.sqlite import open_to_read
from ingest.effects import RejectedAt


class RejectedLines:
    """Reads the rejected lines of a store."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError when there is no store of events at `path`."""
        self._connection = open_to_read(path, "rejected")

    def close(self) -> None:
        self._connection.close()

    def counts(self) -> dict[Reason, int]:
        """How many lines are rejected for each reason, the most frequent first; reasons without lines are absent."""
        query = "SELECT reason, count(*) AS lines FROM rejected GROUP BY reason ORDER BY lines DESC, reason"
        return {Reason(reason): lines for reason, lines in self._connection.execute(query)}

    def newest(self, reason: Reason | None, limit: int) -> Iterator[RejectedAt]:
        """Up to `limit` lines, the newest first, of one reason or, when it is None, of all."""
        query = (
            "SELECT source, partition, position, line, reason FROM rejected"
            " WHERE ?1 IS NULL OR reason = ?1 ORDER BY id DESC LIMIT ?2"
        )
        for source, partition, position, line, text in self._connection.execute(query, (reason, limit)):
            yield RejectedAt(source, partition, position, line, Reason(text))
