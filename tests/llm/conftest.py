"""Words for tests of work.db: a call of one cent for user 42, a taste for Heat, unless a test says otherwise."""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.ids import MovieId, UserId
from core.money import Usd
from core.taste import Means, NamedFilm, NamedGenre, Polarity, Taste
from core.usage import CallOutcome, Charge, CountSource
from llm import Begun, Calls, Jobs, Limits, Patience, PlannedCall, Tastes, WorkStore

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CENT = Usd.parse("0.01")
AMPLE = Limits(day=Usd.parse("1000"), user=Usd.parse("1000"), in_flight=1000)


def plan(call: str = "call-1", **changes) -> PlannedCall:
    planned = PlannedCall(
        call,
        f"key of {call}",
        UserId(42),
        "openai",
        "chat",
        "gpt-4o-mini",
        "",
        "resolve v1 ab",
        1,
        CENT,
        "table",
        400,
        100,
    )
    return replace(planned, **changes)


def answer(begun: Begun, amount: Usd = CENT):
    """Usage and charge of a call that was answered."""
    usage = begun.usage(
        CallOutcome.ANSWERED,
        CountSource.REPORTED,
        900,
        input_tokens=300,
        cached_tokens=128,
        output_tokens=20,
        reasoning_tokens=4,
        answering_model="gpt-4o-mini-2024-07-18",
        completion="c-1",
    )
    return usage, Charge(begun.planned.call, amount, "table", is_certain=True)


def refuse(begun: Begun):
    """Usage and charge of a call that was not billed."""
    usage = begun.usage(CallOutcome.RATE_LIMITED, CountSource.REPORTED, 5)
    return usage, Charge(begun.planned.call, Usd(0), "table", is_certain=True)


def understand(user: int = 42, **changes) -> Taste:
    films = (NamedFilm(MovieId("heat+1995"), Polarity.LIKED, Means.TITLE, "Heat"),)
    taste = Taste(UserId(user), NOON, films, (NamedGenre("Comedy", Polarity.DISLIKED, "silly"),), text_hash="h1")
    return replace(taste, **changes)


class FakeLedger:
    """Keeps rows by the id of their call, as a ledger promises; remembers what it was brought."""

    def __init__(self) -> None:
        self.brought: list[str] = []
        self.kept: dict[str, tuple] = {}

    def add(self, rows) -> None:
        for usage, charge in rows:
            self.brought.append(usage.call)
            self.kept.setdefault(usage.call, (usage, charge))


@pytest.fixture
def a_call():
    return plan


@pytest.fixture
def answered():
    return answer


@pytest.fixture
def refused():
    return refuse


@pytest.fixture
def a_taste():
    return understand


@pytest.fixture
def fake_ledger():
    return FakeLedger()


@pytest.fixture
def work_db(tmp_path):
    return tmp_path / "state" / "work.db"


@pytest.fixture
def store(work_db):
    with closing(WorkStore(work_db)) as opened:
        yield opened


@pytest.fixture
def jobs(store):
    return Jobs(store, Patience(tries=3, first_s=2, most_s=60), random.Random(7))


@pytest.fixture
def calls(store):
    return Calls(store, AMPLE)


@pytest.fixture
def tastes(store, work_db):
    with closing(Tastes(work_db)) as opened:
        yield opened
