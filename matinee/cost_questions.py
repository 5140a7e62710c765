"""The ten questions that an owner asks of costs, each answered in one line with the command that shows more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from core.money import Usd
from core.settings import Settings
from matinee import cost_llm
from matinee.cost_forecast import METHOD, Forecast, forecast
from matinee.cost_options import day_of
from matinee.cost_view import dollars
from telemetry import CallReport, CostGroup, CostLine, CostReport, Prices, Span, View, per

WEEK_DAYS = 7
FILMS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """One question with its answer; `more` is the command that shows more. Not `is_known`: `text` says why not."""

    question: str
    text: str
    more: str
    is_known: bool = True


class Questions:
    """Answers the questions as of a time; weeks are the last seven days of UTC, today included."""

    def __init__(self, settings: Settings, report: CostReport, calls: CallReport, now: datetime) -> None:
        self._settings = settings
        self._report = report
        self._calls = calls
        self._now = now
        self._today = day_of(now)
        self._week = Span(day_of(now, WEEK_DAYS - 1).since, self._today.until)
        self._since = f"--since {self._week.since:%Y-%m-%d}"

    def answers(self) -> list[Answer]:
        """All of them, in order."""
        asked: list[Callable[[], Answer]] = [
            self._yesterday, self._recommendation, self._trend, self._films, self._arms,
            self._new_users, self._cache, self._unknown, self._month, self._budget,
        ]  # fmt: skip
        return [ask() for ask in asked]

    def _yesterday(self) -> Answer:
        span = day_of(self._now, 1)
        line = self._report.total(span)
        more = f"matinee cost report --by hour --since {span.since:%Y-%m-%d} --until {span.until:%Y-%m-%d}"
        if line == CostLine():
            return Answer("What did yesterday cost?", "unknown: nothing of that day is in the ledger", more, False)
        text = f"${line.total}: licences ${line.licence} (${line.attributed} from lists), LLM ${line.llm}"
        return Answer("What did yesterday cost?", text + _lacking(line), more)

    def _recommendation(self) -> Answer:
        question, more = "What does a recommendation cost?", f"matinee cost report --by day {self._since}"
        line = self._report.total(self._week)
        if line.per_list is None:
            return Answer(question, "unknown: no list in the last 7 days", more, False)
        expected = dollars(line.expected_per_list)
        text = f"${line.per_list} in the last 7 days; its licences were expected to cost {expected}"
        return Answer(question, text, more)

    def _trend(self) -> Answer:
        question, more = "Which way is it going?", "matinee cost report --by day"
        week = Span(day_of(self._now, WEEK_DAYS).since, self._today.since)
        before = Span(day_of(self._now, 2 * WEEK_DAYS).since, week.since)
        now, then = self._report.total(week).total, self._report.total(before).total
        if then.nano <= 0:
            return Answer(question, "unknown: nothing was spent in the seven days to compare with", more, False)
        change = now.nano / then.nano - 1
        return Answer(question, f"${now} in the last 7 whole days, ${then} in the 7 before: {change:+.1%}", more)

    def _films(self) -> Answer:
        question, more = "Which films cost the most?", f"matinee cost report --by film {self._since}"
        found = self._report.by(CostGroup.FILM, self._week).lines.items()
        films = sorted(((line.licence, film) for film, line in found if line.licence.nano > 0), reverse=True)
        if not films:
            return Answer(question, "unknown: no play with a known fee in the last 7 days", more, False)
        named = ", ".join(f"{film} ${fees}" for fees, film in films[:FILMS_NAMED])
        return Answer(question, f"in the last 7 days: {named}", more)

    def _arms(self) -> Answer:
        more = f"matinee cost report --by arm --view amortised {self._since}"
        question = "Which arm is cheapest for a play that its lists led to?"
        found = self._report.by(CostGroup.ARM, self._week, View.AMORTISED).lines.items()
        costs = [(per(line.attributed + line.llm, line.plays), arm) for arm, line in found]
        known = sorted((cost, arm) for cost, arm in costs if cost is not None)
        if not known:
            return Answer(question, "unknown: no list of the last 7 days led to a play yet", more, False)
        ranked = ", ".join(f"{arm} ${cost}" for cost, arm in known)
        return Answer(question, f"{ranked} a play (no experiment: differences may be chance)", more)

    def _new_users(self) -> Answer:
        question = "What does the LLM cost a new user, and is it worth it?"
        more = f"matinee cost report --by user-kind --view amortised {self._since}"
        users, llm = self._report.asked_users(self._week), self._report.total(self._week).llm
        cost = per(llm, users)
        if cost is None:
            return Answer(question, "unknown: no model was paid for any user in the last 7 days", more, False)
        kinds = self._report.by(CostGroup.USER_KIND, self._week).lines
        shares = [_plays_a_hundred(kinds.get(kind, CostLine())) for kind in ("described", "new")]
        plays = f"100 lists led to {shares[0]} plays by taste, to {shares[1]} without"
        return Answer(question, f"${cost} for each of {users:,} users; {plays} (no experiment)", more)

    def _cache(self) -> Answer:
        question, more = "What did the cache of answers save?", f"matinee cost llm {self._since}"
        saved = cost_llm.saved(self._calls, Prices(self._settings.prices), self._week)
        if saved is None:
            return Answer(question, "unknown: the cache answered nothing in the last 7 days", more, False)
        unpriced = f", and {saved.unpriced:,} without a known price" if saved.unpriced else ""
        return Answer(question, f"${saved.worth} in the last 7 days, {saved.hits:,} calls{unpriced}", more)

    def _unknown(self) -> Answer:
        found = self._report.unknown(self._week)
        parts = {
            f"{found.unknown_fees:,} of {found.films:,} films on lists without a fee": found.unknown_fees,
            f"{found.unpriced_plays:,} plays without a fee": found.unpriced_plays,
            f"{found.uncertain_calls:,} uncertain charges (at most ${found.uncertain})": found.uncertain_calls,
            f"{found.unpriced_calls:,} of them of a model without a price": found.unpriced_calls,
            f"{found.dropped:,} lists dropped": found.dropped,
            f"{found.unbooked:,} lists not booked yet": found.unbooked,
            f"{found.conflicts:,} rows that contradict the ledger": found.conflicts,
        }
        text = "; ".join(text for text, count in parts.items() if count) or "nothing, of the last 7 days"
        return Answer("What is not known?", text, "matinee cost report, matinee cost quarantine")

    def _month(self) -> Answer:
        question, more = "What will this month cost?", "matinee cost report --by day"
        made = month_forecast(self._report, self._now)
        if made is None:
            return Answer(question, "unknown: the ledger has no whole day yet to go by", more, False)
        text = (
            f"about ${made.month}: ${made.spent} on whole days so far, ${made.a_day} a day for {made.days_left} more"
        )
        return Answer(question, f"{text} ({METHOD})", more)

    def _budget(self) -> Answer:
        question, more = "How much of today's LLM budget is used?", "matinee worker status"
        spending = cost_llm.spending(self._settings, self._now)
        if spending is None:
            return Answer(question, "unknown: no worker has run yet", more, False)
        limit = self._settings.llm_day_usd
        share = f" ({spending.spent.nano / limit.nano:.1%})" if limit.nano else ""
        return Answer(question, f"${spending.spent} of ${limit}{share}; ${spending.reserved} reserved", more)


def month_forecast(report: CostReport, now: datetime) -> Forecast | None:
    """What the current month will cost, in cash."""
    lines = report.by(CostGroup.DAY).lines
    today = now.date()
    costs: dict[date, Usd] = {date.fromisoformat(day): line.total for day, line in lines.items()}
    return forecast({day: cost for day, cost in costs.items() if day < today}, today)


def _plays_a_hundred(line: CostLine) -> str:
    return f"{100 * line.plays / line.lists:.1f}" if line.lists else "an unknown number of"


def _lacking(line: CostLine) -> str:
    return f" ({line.unpriced_plays:,} plays without a known fee are missing)" if line.unpriced_plays else ""
