"""Booking: plays that ingest has stored become rows of the ledger, with their licence fee and the list they are from.

Ingest and the ledger do not know each other; what one tells is handed to the other here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from operator import itemgetter

from core.clock import Clock
from core.ids import MovieId, UserId
from core.settings import Settings
from ingest import Catalogue, EventReader
from telemetry import Booked, Cursor, PlayBook, Start

PLAYS_AT_ONCE = 10_000  # in one transaction: other writers of the ledger wait for it, about 0.5 s


def book(settings: Settings, clock: Clock) -> Booked:
    """Book what events, decisions and fees say that is not booked yet. Returns what that added.

    Made again it adds nothing; stopped or killed anywhere, the next one goes on. Where the store of events is another
    one than it was, or lost its last batches, it is read from its start.
    Raises StoreError when there are no events yet, or the ledger can not be written.
    """
    with closing(EventReader(settings.events_db)) as events:
        with closing(Catalogue(settings.events_db)) as catalogue:
            fees = catalogue.fee_history()
        with closing(PlayBook(settings.ledger_db)) as plays:
            booked = plays.take_fees(fees, clock.now())
            return booked + _book_events(events, plays, clock)


def _book_events(events: EventReader, plays: PlayBook, clock: Clock) -> Booked:
    booked = Booked()
    while True:
        after = plays.booked_until()
        is_known = events.mark(after.batch) == after.mark
        frame, batch = events.plays(after.batch if is_known else 0, PLAYS_AT_ONCE)
        until = Cursor(batch, events.mark(batch))
        # After the plays were read: a list that was recorded before its play was told is known when that is booked.
        booked += _take_decisions(plays, clock)
        if until == after:
            return booked
        columns = frame["user_id"].tolist(), frame["movie_id"].tolist(), frame["start_us"].tolist()
        *parts, last = _parts(list(zip(*columns, strict=True)))
        for part in parts:
            booked += plays.book(part, after, after, clock.now())
        booked += plays.book(last, after, until, clock.now())


def _take_decisions(plays: PlayBook, clock: Clock) -> Booked:
    booked, may_be_more = plays.take_decisions(clock.now())
    while may_be_more:
        also, may_be_more = plays.take_decisions(clock.now())
        booked += also
    return booked


def _parts(starts: list[tuple[UserId, MovieId, int]]) -> Iterator[list[Start]]:
    """The plays in parts of about PLAYS_AT_ONCE, the last one possibly empty; those of one pair stay together."""
    part: list[Start] = []
    for _, plays in groupby(starts, key=itemgetter(0, 1)):
        part.extend(plays)
        if len(part) >= PLAYS_AT_ONCE:
            yield part
            part = []
    yield part
