"""The pump: lines go from a source into the store, batch by batch."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from core.clock import Clock
from core.errors import SourceError
from core.events import Reason
from ingest.chunk import Chunk, Position
from ingest.digest import digest
from ingest.effects import Effects
from ingest.event_store import EventStore, Partition, Stretch
from ingest.sources import EventSource

COMMIT_LINES = 1_000_000  # a batch is full with these; with 400,000 storing a first ingest took a third longer
COMMIT_BYTES = 64 * 1024 * 1024  # or when rejected lines and requests take these: a million good lines hold 6 MB
POLL_SECONDS = 0.5


@dataclass(slots=True)
class Pumped:
    """What came through so far: lines by kind of event and by reason of rejection, and the seconds that it took."""

    kinds: Counter[str] = field(default_factory=Counter)
    rejected: Counter[Reason] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def lines(self) -> int:
        return self.kinds.total() + self.rejected.total()

    @property
    def lines_per_second(self) -> float:
        return self.lines / self.seconds if self.seconds else 0.0


class Pump:
    """Moves everything that a source has. Stopped or killed at any point, the next one goes on where it was."""

    def __init__(
        self,
        source: EventSource,
        store: EventStore,
        clock: Clock,
        stars_max: int,
        commit_lines: int = COMMIT_LINES,
        commit_bytes: int = COMMIT_BYTES,
    ) -> None:
        self._source = source
        self._store = store
        self._clock = clock
        self._stars_max = stars_max
        self._commit_lines = commit_lines
        self._commit_bytes = commit_bytes
        self._began = clock.monotonic()
        self.pumped = Pumped()
        self._forget()

    def run(self, follow: bool, stop: threading.Event, progress: Callable[[Pumped], None]) -> Pumped:
        """Pump until the source is empty or, when it is followed, until `stop` is set.

        progress : called after each committed batch, in this thread.
        Raises SourceError when the source fails; what came before is committed.
        """
        while not stop.is_set():
            try:
                for chunk in self._source.read():
                    self._add(chunk)
                    if stop.is_set():
                        break
                    if self._is_full():
                        self._commit(progress)
            except SourceError:
                self._commit(progress)
                raise
            self._commit(progress)
            if not follow:
                break
            self._clock.sleep(POLL_SECONDS)
        return self.pumped

    def _add(self, chunk: Chunk) -> None:
        self._read.append((chunk.source, chunk.partition, chunk.start, chunk.last))
        self._ends[chunk.source, chunk.partition] = chunk.next
        digest(chunk, self._effects, self._stars_max)

    def _is_full(self) -> bool:
        return self._effects.lines >= self._commit_lines or self._effects.held_bytes >= self._commit_bytes

    def _commit(self, progress: Callable[[Pumped], None]) -> None:
        if not self._ends:
            return
        self._store.commit(self._effects, self._read, self._ends, self._clock.now())
        self.pumped.kinds += self._effects.kinds
        self.pumped.rejected.update(line.reason for line in self._effects.rejected)
        self.pumped.seconds = self._clock.monotonic() - self._began
        self._forget()
        progress(self.pumped)

    def _forget(self) -> None:
        """Begin a new batch."""
        self._effects = Effects()
        self._read: list[Stretch] = []
        self._ends: dict[Partition, Position] = {}
