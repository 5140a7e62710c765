"""Request ids: 63 bits, ascending in time, unique among all processes that write one ledger."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from core.ids import RequestId

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
WRITERS = 1 << 12
_COUNTER_BITS = 10
_TIME_SHIFT = 22  # 12 bits of writer and 10 of counter; the 41 bits of milliseconds above last until 2089
_MILLISECONDS = 1 << 41
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH_US = int(EPOCH.timestamp()) * 1_000_000


class RequestIds:
    """The ids of one writer: milliseconds since 2020, then the writer's number, then a counter.

    More than 1,024 ids in a millisecond, or a clock that steps back, borrow from the milliseconds to come:
    ids of one writer ascend whatever the clock does.
    """

    def __init__(self, writer: int) -> None:
        """`writer` is the number that the ledger gave to this process, below WRITERS."""
        if not 0 <= writer < WRITERS:
            raise ValueError(f"writer {writer} does not fit: 12 bits hold 0 to {WRITERS - 1}")
        self._writer = writer
        self._millisecond = -1
        self._counter = 0
        self._lock = threading.Lock()

    def next(self, now: datetime) -> RequestId:
        """An id that no other call ever gave, for a request that arrived at `now`."""
        millisecond = (now - EPOCH) // _MILLISECOND
        with self._lock:
            if millisecond > self._millisecond:
                self._millisecond, self._counter = millisecond, 0
            elif self._counter + 1 < 1 << _COUNTER_BITS:
                self._counter += 1
            else:
                self._millisecond, self._counter = self._millisecond + 1, 0
            return RequestId(self._millisecond << _TIME_SHIFT | self._writer << _COUNTER_BITS | self._counter)


def writer_of(request: RequestId) -> int:
    """The number of the writer that gave the id.

    >>> writer_of(RequestIds(7).next(datetime(2026, 11, 20, tzinfo=UTC)))
    7
    """
    return request >> _COUNTER_BITS & (WRITERS - 1)


def time_of(request: RequestId) -> datetime:
    """When the id was given, to the millisecond.

    >>> time_of(RequestIds(7).next(datetime(2026, 11, 20, tzinfo=UTC))).isoformat()
    '2026-11-20T00:00:00+00:00'
    """
    return EPOCH + (request >> _TIME_SHIFT) * _MILLISECOND


def first_id(at_us: int) -> RequestId:
    """The smallest id that is given in the millisecond of a time, in microseconds since 1970 UTC.

    Of times before and after those that ids can name it is the first and the last millisecond's.

    >>> time_of(first_id(1_600_000_000_123_456)).isoformat()
    '2020-09-13T12:26:40.123000+00:00'
    """
    millisecond = (at_us - _EPOCH_US) // 1000
    return RequestId(min(max(millisecond, 0), _MILLISECONDS - 1) << _TIME_SHIFT)
