"""Decisions built with words."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.decision import Attempt, Decision, Outcome, Ranking
from core.ids import MovieId, UserId
from telemetry import Ledger, Metrics, RequestIds
from telemetry.ledger_writer import LedgerWriter
from telemetry.metrics import LENGTH

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Decisions:
    """Makes decisions of one writer, a millisecond apart: heat for user 42, unless the test says otherwise."""

    def __init__(self) -> None:
        self._ids = RequestIds(1)
        self._made = 0

    def one(self, movies=("heat+1995",), **changes) -> Decision:
        now = NOON + timedelta(milliseconds=self._made)
        self._made += 1
        attempts = (Attempt("blend", Outcome.SERVED, len(movies), 80),)
        ranking = Ranking(tuple(map(MovieId, movies)), "2026-11-20-a", attempts, (("seen", 3), ("age", 0)))
        return replace(Decision(self._ids.next(now), now, UserId(42), "default", ranking, 120), **changes)

    def many(self, count: int) -> list[Decision]:
        return [self.one() for _ in range(count)]


@pytest.fixture
def noon():
    return NOON


@pytest.fixture
def decisions():
    return Decisions()


@pytest.fixture
def metrics():
    return Metrics([0] * LENGTH)


@pytest.fixture
def ledger_path(tmp_path):
    return tmp_path / "state" / "ledger.db"


@pytest.fixture
def open_writer(ledger_path):
    """Opens the writing side of the test's ledger, with fees when the test is about them."""
    with ExitStack() as stack:
        yield lambda fees=dict: stack.enter_context(closing(LedgerWriter(ledger_path, fees)))


@pytest.fixture
def open_reader(ledger_path):
    """Opens the reading side."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(Ledger(ledger_path)))
