"""Event intake: the log that the settings name goes into the store, in the command's thread or in one of `up`."""

from __future__ import annotations

import threading
from collections.abc import Callable

from core.clock import Clock
from core.settings import Settings
from ingest import EventStore, Position, Positions, Pump, Pumped, open_source


def take_events(
    settings: Settings,
    url: str,
    clock: Clock,
    stop: threading.Event,
    *,
    follow: bool,
    from_start: bool,
    progress: Callable[[Pumped, int, int], None],
) -> Pumped:
    """Store the events of the log at `url`, from where the last run stopped or, if asked, from its start.

    follow : go on until `stop` is set; else stop when all that is there now is stored.
    progress : called in this thread after each batch with what came so far, and how much of how much was read.
    Raises SourceError, StoreError.
    """
    store = EventStore(settings.events_db)
    try:
        source = open_source(url, _from_start(store) if from_start else store.position, follow)
        try:
            pump = Pump(source, store, clock, settings.stars_max)
            return pump.run(follow, stop, lambda pumped: progress(pumped, *source.progress()))
        finally:
            source.close()
    finally:
        store.close()


def _from_start(store: EventStore) -> Positions:
    """Positions of a run that reads each partition from its start once, and then goes on where it was."""
    rewound: set[tuple[str, int]] = set()

    def position(source: str, partition: int) -> Position | None:
        if (source, partition) not in rewound:
            rewound.add((source, partition))
            store.rewind(source, partition)
        return store.position(source, partition)

    return position
