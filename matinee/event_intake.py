"""Event intake: the log that the settings name goes into the store, in the command's thread or in one of `up`."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.clock import Clock
from core.settings import Settings
from ingest import EventStore, Position, Positions, Pump, Pumped, open_source
from matinee.booking_rounds import BookingRounds, settle
from matinee.serving import metrics_folder
from telemetry import open_metrics


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
    """Store the events of the log at `url`, from where the last run stopped or, if asked, from its start, and book
    the plays among them.

    follow : go on until `stop` is set, booking in rounds; else stop when all that is there now is stored and booked.
    progress : called in this thread after each batch with what came so far, and how much of how much was read.
    Raises SourceError, StoreError.
    """
    store = EventStore(settings.events_db)
    try:
        source = open_source(url, _from_start(store) if from_start else store.position, follow)
        try:
            pump = Pump(source, store, clock, settings.stars_max)
            with _booking(settings, clock, follow):
                return pump.run(follow, stop, lambda pumped: progress(pumped, *source.progress()))
        finally:
            source.close()
    finally:
        store.close()


@contextmanager
def _booking(settings: Settings, clock: Clock, follow: bool) -> Iterator[None]:
    """Book plays meanwhile, or afterwards where an end is in sight."""
    if not follow:
        yield
        settle(settings, clock)
        return
    with BookingRounds(settings, clock, open_metrics(metrics_folder(settings), os.getpid())):
        yield


def _from_start(store: EventStore) -> Positions:
    """Positions of a run that reads each partition from its start once, and then goes on where it was."""
    rewound: set[tuple[str, int]] = set()

    def position(source: str, partition: int) -> Position | None:
        if (source, partition) not in rewound:
            rewound.add((source, partition))
            store.rewind(source, partition)
        return store.position(source, partition)

    return position
