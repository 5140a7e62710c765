"""Calls in work.db: the cache, twins in flight and the budget, each step one transaction over all processes."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.ids import UserId
from core.money import Usd
from core.usage import CallOutcome, Charge, Usage
from llm.call import Begun, Cached, Limit, Limits, OverBudget, PlannedCall, Settled, Spending, Wait
from llm.call_rows import charge_text, read_charge, read_usage, usage_text
from llm.times import from_us, to_us
from llm.work_store import WorkStore

_CACHE = "our own cache"  # as telemetry.prices names what a hit costs
_BEGIN = "INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)"
_EXTEND = "UPDATE calls SET until_us = ?, usage = ? WHERE call = ?"
_EXPIRED = "SELECT usage, charge, is_erased FROM calls WHERE until_us <= ?"
_ADD_TO_DAY = "INSERT INTO spent_days VALUES (?, ?) ON CONFLICT DO UPDATE SET nano = nano + excluded.nano"
_ADD_TO_USER = "INSERT INTO spent_users VALUES (?, ?) ON CONFLICT DO UPDATE SET nano = nano + excluded.nano"
_SEND = "INSERT INTO outbox(call, user_id, usage, charge) VALUES (?, ?, ?, ?)"
_USED = (
    "SELECT EXISTS(SELECT 1 FROM calls WHERE call = ?1 AND key <> ?2) OR EXISTS(SELECT 1 FROM outbox WHERE call = ?1)"
)


class Calls:
    """Says whether a call may be made, and writes what became of it. Every call begun gets exactly one usage.

    What is spent and what is reserved never exceed a limit together, however many ask at once: a call is begun only
    where its most fits. (What a provider bills above the most is known afterwards only: see Settled.ABOVE_MOST.)
    """

    def __init__(self, store: WorkStore, limits: Limits) -> None:
        self._store = store
        self._limits = limits

    def begin(self, planned: PlannedCall, now: datetime, lease_s: float) -> Cached | Wait | Begun | OverBudget:
        """The answer from the cache, or leave to make the call until the lease ends, or the reason why not.

        Calls whose lease has run out are settled first: as lost, at their most, for nobody knows what was billed.
        Raises ValueError when the id was used for another call.
        """
        with self._store.writing() as connection:
            _settle_lost(connection, now)
            if connection.execute(_USED, (planned.call, planned.key)).fetchone()[0]:
                raise ValueError(f"the call id {planned.call} was used before: each call needs its own")
            answered = connection.execute(
                "SELECT answer, usage FROM answers WHERE key = ?", (planned.key,)
            ).fetchone()
            if answered:
                return _hit(connection, Begun(planned, now, now), *answered)
            twin = connection.execute("SELECT until_us FROM calls WHERE key = ?", (planned.key,)).fetchone()
            if twin:
                return Wait(from_us(twin[0]))
            refused = self._refusal(connection, planned, now)
            if refused:
                return refused
            begun = Begun(planned, now, now + timedelta(seconds=lease_s))
            connection.execute(_BEGIN, _row(begun))
            return begun

    def extend(self, begun: Begun, now: datetime, lease_s: float) -> Begun | None:
        """The same call with a longer lease; None when it has been settled as lost."""
        longer = replace(begun, until=now + timedelta(seconds=lease_s))
        with self._store.writing() as connection:
            _settle_lost(connection, now)
            values = (to_us(longer.until), usage_text(longer.lost()), begun.planned.call)
            is_ours = connection.execute(_EXTEND, values).rowcount > 0
        return longer if is_ours else None

    def finish(self, begun: Begun, usage: Usage, charge: Charge, answer: str | None) -> Settled:
        """Settle a call: usage and charge go to the outbox, the answer to the cache, key and reservation are freed.

        answer : only a valid final one; None otherwise, so that the next one who asks makes a call.
        Raises ValueError when usage or charge are of another call or of another time.
        """
        call = begun.planned.call
        if not call == usage.call == charge.call or usage.time != begun.begun or charge.amount < Usd(0):
            raise ValueError(f"call {call}, begun {begun.begun}, can not be finished with {usage} and {charge}")
        with self._store.writing() as connection:
            found = connection.execute("SELECT is_erased FROM calls WHERE call = ?", (call,)).fetchone()
            if found is None:
                return Settled.TOO_LATE
            if found[0]:
                usage, answer = replace(usage, user=None), None
            _settle(connection, usage, charge)
            if answer is not None:
                row = (begun.planned.key, answer, usage.user, to_us(usage.time), usage_text(usage))
                connection.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?)", row)
        return Settled.ABOVE_MOST if charge.amount > begun.planned.most else Settled.IN_TIME

    def settle_lost(self, now: datetime) -> int:
        """Write the calls whose lease has run out as lost. Returns how many. `begin` does so by itself."""
        with self._store.writing() as connection:
            return _settle_lost(connection, now)

    def spending(self, now: datetime) -> Spending:
        """How the budget of the day stands."""
        with self._store.reading() as connection:
            return Spending(*_sums(connection, "spent_days", "day", _day(now)))

    def _refusal(self, connection: sqlite3.Connection, planned: PlannedCall, now: datetime) -> OverBudget | None:
        spent, reserved, in_flight = _sums(connection, "spent_days", "day", _day(now))
        left = max(Usd(0), self._limits.day - spent - reserved)
        if planned.most > left:
            return OverBudget(Limit.DAY, left)
        if planned.user is not None:
            spent, reserved, _ = _sums(connection, "spent_users", "user_id", planned.user)
            left = max(Usd(0), self._limits.user - spent - reserved)
            if planned.most > left:
                return OverBudget(Limit.USER, left)
        return OverBudget(Limit.IN_FLIGHT, 0) if in_flight >= self._limits.in_flight else None


def _sums(connection: sqlite3.Connection, table: str, column: str, value: str | UserId) -> tuple[Usd, Usd, int]:
    """For one day or one user: what is spent and what calls in flight reserve. Last, all calls in flight.

    One statement, so that the figures are of one moment.
    """
    query = f"""
    SELECT coalesce((SELECT nano FROM {table} WHERE {column} = ?1), 0),
        coalesce(sum(most_nano) FILTER (WHERE {column} = ?1), 0), count(*)
    FROM calls
    """
    spent, reserved, in_flight = connection.execute(query, (value,)).fetchone()
    return Usd(spent), Usd(reserved), in_flight


def _day(time: datetime) -> str:
    return time.astimezone(UTC).date().isoformat()


def _hit(connection: sqlite3.Connection, begun: Begun, answer: str, usage: str) -> Cached:
    """Write what the cache saved: the tokens of the call that was paid for, at no charge."""
    paid = read_usage(usage)
    saved = begun.usage(
        CallOutcome.CACHED,
        paid.source,
        latency_ms=0,
        input_tokens=paid.input_tokens,
        cached_tokens=paid.cached_tokens,
        output_tokens=paid.output_tokens,
        reasoning_tokens=paid.reasoning_tokens,
        answering_model=paid.answering_model,
    )
    _send(connection, saved, Charge(saved.call, Usd(0), _CACHE, is_certain=True))
    return Cached(answer, paid.answering_model, paid.call)


def _settle_lost(connection: sqlite3.Connection, now: datetime) -> int:
    expired = connection.execute(_EXPIRED, (to_us(now),)).fetchall()
    for usage_json, charge_json, is_erased in expired:
        usage = read_usage(usage_json)
        _settle(connection, replace(usage, user=None) if is_erased else usage, read_charge(charge_json))
    return len(expired)


def _settle(connection: sqlite3.Connection, usage: Usage, charge: Charge) -> None:
    """Move a call from those in flight to the outbox, and its cost from reserved to spent."""
    connection.execute("DELETE FROM calls WHERE call = ?", (usage.call,))
    connection.execute(_ADD_TO_DAY, (_day(usage.time), charge.amount.nano))
    if usage.user is not None:
        connection.execute(_ADD_TO_USER, (usage.user, charge.amount.nano))
    _send(connection, usage, charge)


def _send(connection: sqlite3.Connection, usage: Usage, charge: Charge) -> None:
    connection.execute(_SEND, (usage.call, usage.user, usage_text(usage), charge_text(charge)))


def _row(begun: Begun) -> tuple[object, ...]:
    """The row of a call in flight; it holds what is written when nobody finishes it."""
    planned, lost = begun.planned, begun.lost()
    charge = Charge(planned.call, planned.most, planned.price, is_certain=False)
    key = planned.call, planned.key, planned.user, _day(begun.begun), planned.most.nano
    return *key, to_us(begun.until), usage_text(lost), charge_text(charge)
