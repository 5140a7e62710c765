"""The cost report: every dollar of a time, by what it was spent on, from sums that the writers keep."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from core.errors import NothingToReport, StoreError
from core.money import Usd
from core.sqlite import open_to_read
from core.usage import CallOutcome
from telemetry.cost_line import (
    LICENCES_AT_LARGE,
    LISTS_AT_LARGE,
    LLM_AT_LARGE,
    NOT_USED,
    ORGANIC,
    CostGroup,
    CostLine,
    CostTable,
    View,
)
from telemetry.cost_unknown import Unknown, unknown
from telemetry.list_cost import ListCost, list_cost
from telemetry.span import EVER, Span

_TABLES = ("decision_hours", "play_hours", "call_hours", "share_hours", "active_days")
_HOUR = "strftime('%Y-%m-%dT%H', hour * 3600, 'unixepoch')"
_DAY = "date(hour * 3600, 'unixepoch')"
_TIMES = {CostGroup.DAY: _DAY, CostGroup.HOUR: _HOUR}
_SEGMENTS = {
    CostGroup.ARM: "arm",
    CostGroup.MODEL: "model",
    CostGroup.RANKER: "ranker",
    CostGroup.USER_KIND: "user_kind",
}

_LISTS = """
SELECT {key}, sum(lists), sum(films), sum(expected_nano), sum(unpriced_lists), sum(unknown_fees)
FROM decision_hours JOIN segments ON number = segment WHERE hour >= ? AND hour < ? GROUP BY 1
"""
_PLAYS = """
SELECT {key}, sum(iif(segment, plays, 0)), sum(iif(segment, 0, plays)), sum(unpriced),
    sum(iif(segment, fee_nano, 0)), sum(iif(segment, 0, fee_nano))
FROM play_hours LEFT JOIN segments ON number = segment WHERE hour >= ? AND hour < ? GROUP BY 1
"""
_PLAYS_BY_FILM = """
SELECT text, sum(iif(is_organic, 0, plays)), sum(iif(is_organic, plays, 0)), sum(unpriced),
    sum(iif(is_organic, 0, fee_nano)), sum(iif(is_organic, fee_nano, 0))
FROM play_films JOIN films ON number = film WHERE day >= ? AND day < ? GROUP BY film HAVING sum(abs(plays)) > 0
"""
_CALLS = f"""
SELECT {{key}}, sum(iif(outcome = '{CallOutcome.CACHED.value}', 0, calls)), sum(nano), sum(uncertain_nano)
FROM call_hours WHERE hour >= ? AND hour < ? GROUP BY 1
"""
_SHARES = """
SELECT {key}, sum(nano) FROM share_hours JOIN segments ON number = segment
WHERE hour >= ? AND hour < ? GROUP BY 1
"""
_BORNE = """
SELECT coalesce(sum(nano), 0) - coalesce(sum((SELECT sum(u.nano) FROM unshared AS u WHERE u.call = usages.call)), 0)
FROM usages JOIN standing USING (call) JOIN share_users USING (user_id)
WHERE lists > 0 AND at_us >= ? AND at_us < ?
"""
_SPEEDS = """
SELECT {key}, bucket, sum(lists) FROM decision_hours JOIN segments ON number = segment
WHERE hour >= ? AND hour < ? GROUP BY 1, 2
"""
_FIRST_AND_LAST = """
SELECT min(first), max(last) FROM (
    SELECT min(hour) AS first, max(hour) AS last FROM decision_hours
    UNION ALL SELECT min(hour), max(hour) FROM play_hours
    UNION ALL SELECT min(hour), max(hour) FROM call_hours
)
"""


class CostReport:
    """Reads costs; never blocks the writers of the ledger. Most take milliseconds."""

    def __init__(self, path: Path) -> None:
        """Raises NothingToReport when there is no ledger at `path`, or one in which plays were never booked."""
        try:
            self._connection = open_to_read(path, *_TABLES)
        except StoreError as error:
            raise NothingToReport(
                f"no costs can be told yet: {error} (decisions come with `matinee serve`, plays with "
                "`matinee ingest` or `matinee cost book`)"
            ) from error

    def close(self) -> None:
        self._connection.close()

    def hours(self) -> tuple[int, int] | None:
        """The first and the last hour, since 1970 UTC, of which anything is known; None when nothing is."""
        first, last = self._connection.execute(_FIRST_AND_LAST).fetchone()
        return None if first is None else (first, last)

    def by(self, group: CostGroup, span: Span = EVER, view: View = View.CASH) -> CostTable:
        """Costs by group, in the order of its names.

        Raises NothingToReport for what a grouping can not tell: prompts when amortised, films of parts of a day.
        """
        lines: dict[str, CostLine] = {}
        for key, line in self._parts(group, span, view):
            known = lines.get(key)
            lines[key] = line if known is None else known + line
        return CostTable(group, view, span, dict(sorted(lines.items())))

    def with_users(self, table: CostTable) -> CostTable:
        """The same table with the users who got a list; counting them takes longer than all the rest."""
        by_day = self._active_by_day(table.span) if table.by == CostGroup.DAY else {}
        return replace(table, active_users=self._active_users(table.span), active_by_day=by_day)

    def total(self, span: Span = EVER, view: View = View.CASH) -> CostLine:
        """All costs of a time in one line."""
        return self.by(CostGroup.ARM, span, view).total

    def speeds(self, group: CostGroup, span: Span = EVER) -> dict[str, dict[int, int]]:
        """Lists by group and bucket of speed, for `speeds.quantile_us`. Not for films and prompts."""
        found: dict[str, dict[int, int]] = {}
        for key, bucket, lists in self._rows(_SPEEDS, (_TIMES | _SEGMENTS)[group], span):
            found.setdefault(key, {})[bucket] = lists
        return found

    def unknown(self, span: Span = EVER) -> Unknown:
        """What the costs of a time lack."""
        return unknown(self._connection, span)

    def of_list(self, request: int) -> ListCost | None:
        """What one list was expected to cost, did cost, and bears of the LLM; None when the ledger lacks it."""
        return list_cost(self._connection, request)

    def asked_users(self, span: Span = EVER) -> int:
        """For how many users a language model was paid. Erased users are nobody."""
        query = """
            SELECT count(DISTINCT user_id) FROM usages JOIN charges USING (call)
            WHERE nano > 0 AND user_id IS NOT NULL AND at_us >= ? AND at_us < ?
        """
        (count,) = self._connection.execute(query, span.us).fetchone()
        return int(count)

    def _parts(self, group: CostGroup, span: Span, view: View) -> Iterable[tuple[str, CostLine]]:
        """All costs, as lines that are to be added up by key."""
        key = (_TIMES | _SEGMENTS).get(group)
        for name, lists, films, nano, unpriced, fees in self._rows(_LISTS, key or f"'{LISTS_AT_LARGE}'", span):
            yield name, CostLine(lists, films, Usd(nano), unpriced, fees)
        for name, plays, organic_plays, unpriced, nano, organic in self._plays(group, span):
            yield (
                name,
                CostLine(
                    plays=plays,
                    organic_plays=organic_plays,
                    unpriced_plays=unpriced,
                    attributed=Usd(nano),
                    organic=Usd(organic),
                ),
            )
        yield from self._cash(group, span) if view is View.CASH else self._amortised(group, span)

    def _plays(self, group: CostGroup, span: Span) -> Iterable[tuple[str, int, int, int, int, int]]:
        if group is CostGroup.FILM:
            if span.days is None:
                raise NothingToReport("films are added up by the day: give days of UTC, as --since 2026-11-20")
            return self._connection.execute(_PLAYS_BY_FILM, span.days)
        if group is CostGroup.PROMPT:
            return self._rows(_PLAYS, f"'{LICENCES_AT_LARGE}'", span)
        key = _TIMES[group] if group in _TIMES else f"coalesce({_SEGMENTS[group]}, '{ORGANIC}')"
        return self._rows(_PLAYS, key, span)

    def _cash(self, group: CostGroup, span: Span) -> Iterable[tuple[str, CostLine]]:
        key = "prompt" if group is CostGroup.PROMPT else _TIMES.get(group, f"'{LLM_AT_LARGE}'")
        for name, calls, nano, uncertain in self._rows(_CALLS, key, span):
            yield name, CostLine(calls=calls, llm=Usd(nano), uncertain=Usd(uncertain))

    def _amortised(self, group: CostGroup, span: Span) -> Iterable[tuple[str, CostLine]]:
        """What lists of the time bear; and what was charged in the time and is borne by no list of any time."""
        if group is CostGroup.PROMPT:
            raise NothingToReport("lists do not bear charges by prompt: take --view cash")
        key = (_TIMES | _SEGMENTS).get(group, f"'{LLM_AT_LARGE}'")
        for name, nano in self._rows(_SHARES, key, span):
            yield name, CostLine(llm=Usd(nano))
        charged = [(calls, nano) for _, calls, nano, _ in self._rows(_CALLS, "0", span)]
        if charged:
            ((calls, nano),) = charged
            (borne,) = self._connection.execute(_BORNE, span.us).fetchone()
            yield NOT_USED, CostLine(calls=calls, llm=Usd(nano - borne))

    def _active_users(self, span: Span) -> int | None:
        if span.days is None:
            return None
        query = "SELECT count(DISTINCT user_id) FROM active_days WHERE day >= ? AND day < ?"
        (count,) = self._connection.execute(query, span.days).fetchone()
        return int(count)

    def _active_by_day(self, span: Span) -> dict[str, int]:
        since, until = span.hours
        query = """
            SELECT date(day * 86400, 'unixepoch'), count(*) FROM active_days WHERE day >= ? AND day < ? GROUP BY day
        """
        whole_days = -(-since // 24), until // 24
        return dict(self._connection.execute(query, whole_days).fetchall())

    def _rows(self, query: str, key: str, span: Span) -> sqlite3.Cursor:
        return self._connection.execute(query.format(key=key), span.hours)
