"""Spans of time that a report is about, in whole hours of UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from telemetry.row import to_us

_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_END = datetime(2262, 1, 1, tzinfo=UTC)
_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` to before `until`, both at a full hour of UTC: sums are kept by the hour.

    Raises ValueError for other times, and when nothing lies between them.
    """

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        for time in (self.since, self.until):
            if (time - _UNIX) % _HOUR:
                raise ValueError(f"{time} is no full hour of UTC: sums are kept by the hour")
        if self.since >= self.until:
            raise ValueError(f"nothing lies between {self.since} and {self.until}: give an earlier time first")

    @property
    def us(self) -> tuple[int, int]:
        """Microseconds since 1970 UTC."""
        return to_us(self.since), to_us(self.until)

    @property
    def hours(self) -> tuple[int, int]:
        """Hours since 1970 UTC."""
        return (self.since - _UNIX) // _HOUR, (self.until - _UNIX) // _HOUR

    @property
    def days(self) -> tuple[int, int] | None:
        """Days since 1970 UTC, None when the span does not begin and end with a day."""
        since, until = self.hours
        if since % _HOURS_A_DAY or until % _HOURS_A_DAY:
            return None
        return since // _HOURS_A_DAY, until // _HOURS_A_DAY


EVER = Span(_UNIX, _END)
