"""Plays in the ledger, from the reading side: what they cost in licence fees, exact in any grouping."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.ids import RequestId
from core.money import Usd
from core.sqlite import open_to_read
from telemetry.play_rows import DAY_US

PlayKey = tuple[str | int | None, ...]
_SUMS = "coalesce(sum(fee_nano), 0), coalesce(sum(plays), 0), coalesce(sum(plays) FILTER (WHERE fee_nano IS NULL), 0)"


class PlayGroup(StrEnum):
    """By what plays are added up; what comes from the list is None for an organic play."""

    DAY = "day"  # UTC, of the start, as 2026-11-20
    MOVIE = "movie"
    USER = "user"
    ARM = "arm"
    MODEL = "model"
    RANKER = "ranker"
    POSITION = "position"  # in the list, 0 is the top


_COLUMNS = {
    PlayGroup.DAY: f"date((start_us - (start_us % {DAY_US} + {DAY_US}) % {DAY_US}) / 1000000, 'unixepoch')",
    PlayGroup.MOVIE: "films.text",
    PlayGroup.USER: "user_id",
    PlayGroup.ARM: "arm",
    PlayGroup.MODEL: "model",
    PlayGroup.RANKER: "ranker",
    PlayGroup.POSITION: "position",
}


@dataclass(frozen=True, slots=True)
class PlayTotals:
    """Plays and their fees; `unpriced` of the plays have no known fee, so `fees` lacks what they cost."""

    fees: Usd
    plays: int
    unpriced: int


class PlayReport:
    """Reads what plays cost; never blocks who books them."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError when there is no ledger at `path`, or one in which plays were never booked."""
        self._connection = open_to_read(path, "plays", "origins", "films")

    def close(self) -> None:
        self._connection.close()

    def total(self) -> PlayTotals:
        """All plays that were ever booked, less those that were reversed."""
        fees, *counts = self._connection.execute(f"SELECT {_SUMS} FROM plays").fetchone()
        return PlayTotals(Usd(fees), *counts)

    def by(self, *groups: PlayGroup) -> dict[PlayKey, PlayTotals]:
        """The total of each group that has any play now; keys have one entry for each of `groups`, in order."""
        columns = ", ".join(_COLUMNS[group] for group in groups)
        numbers = ", ".join(str(number + 1) for number in range(len(groups)))
        query = f"""
            SELECT {columns}, {_SUMS} FROM plays JOIN films ON films.number = film
            LEFT JOIN origins ON origins.number = origin
            GROUP BY {numbers} HAVING sum(plays) > 0 ORDER BY {numbers}
        """
        totals = {}
        for *key, fees, plays, unpriced in self._connection.execute(query):
            totals[tuple(key)] = PlayTotals(Usd(fees), plays, unpriced)
        return totals

    def of_list(self, request: RequestId) -> PlayTotals:
        """What a list led to: the plays that are attributed to it, which can grow until its window has passed."""
        query = f"SELECT {_SUMS} FROM plays WHERE request = ?"
        fees, *counts = self._connection.execute(query, (request,)).fetchone()
        return PlayTotals(Usd(fees), *counts)
