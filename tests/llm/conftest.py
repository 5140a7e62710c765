"""Words for tests of work.db and its workers: a call of one cent for user 42, a taste for Heat, a scripted model."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from core.clock import ManualClock
from core.ids import MovieId, UserId
from core.money import Usd
from core.taste import Means, NamedFilm, NamedGenre, Polarity, Taste
from core.usage import CallOutcome, Charge, CountSource
from llm import Begun, Calls, Jobs, Limits, Patience, PlannedCall, Tastes, WorkStore, deliver
from llm.asker import Asker
from llm.completer import Completed, TokenCounts
from llm.prompt_files import PromptFile
from llm.tokens import TokenCounter, estimate
from telemetry.prices import Prices

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CENT = Usd.parse("0.01")
TOKENS = TokenCounts(300, 100, 20, 0)
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


def says(text="", liked=(), disliked=(), outcome=CallOutcome.ANSWERED, tokens=TOKENS):
    """An answer: these films, or this text."""
    text = text or json.dumps({"liked": list(liked), "disliked": list(disliked)})
    return Completed(text, outcome, tokens, "completion-1", "gpt-4o-mini-2024-07-18", 900)


class FakeCompleter:
    """Answers with what a script says, a request after the other, the last for ever; remembers what it was asked.

    A function is called with the request, an exception is raised. While `gate` is not set nobody gets an answer.
    """

    provider, model, priced_as, thinking_tokens = "openai", "gpt-4o-mini", "", 0

    def __init__(self, *script):
        self.script = list(script)
        self.asked = []
        self.at_once = self.most_at_once = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def complete(self, request):
        self.asked.append(request)
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.gate.wait()
            await asyncio.sleep(0)
        finally:
            self.at_once -= 1
        if isinstance(step, Exception):
            raise step
        return step(request) if callable(step) else step

    async def close(self):
        """Nothing is open."""


class FakeNoted:
    """Remembers what it was told of calls and of jobs."""

    def __init__(self):
        self.usages, self.defects, self.fates, self.failures, self.miscounts = [], [], [], [], 0

    def called(self, usage):
        self.usages.append(usage)

    def defect(self, reason):
        self.defects.append(reason)

    def miscounted(self):
        self.miscounts += 1

    def understood(self, fate):
        self.fates.append(fate)

    def failed(self, place):
        self.failures.append(place)

    @property
    def outcomes(self):
        return [usage.outcome for usage in self.usages]


@pytest.fixture
def model():
    """The words in which a scripted language model is written."""
    return SimpleNamespace(of=FakeCompleter, says=says)


@pytest.fixture
def noted():
    return FakeNoted()


@pytest.fixture
def clock():
    return ManualClock(NOON)


@pytest.fixture
def asker_of(store, clock, noted, tmp_path):
    """Makes an asker of a completer, over the same work.db each time."""
    ids = itertools.count(1)

    def make(completer, limits=AMPLE, in_flight=8, used=store):
        return Asker(
            completer,
            Calls(used, limits),
            PromptFile.load("resolve_mentions", 1),
            TokenCounter("bytes / 4", CountSource.ESTIMATE, estimate),
            Prices(tmp_path / "prices.toml"),
            clock,
            noted,
            in_flight,
            lambda: f"call-{next(ids)}",
        )

    return make


class FakeNewcomers:
    """Users in the order in which they came; a place is how many came before it."""

    def __init__(self):
        self.accounts, self.users = [], []

    def sign_ups(self, after, most):
        return self._after(self.accounts, after, most)

    def described(self, after, most):
        return self._after(self.users, after, most)

    def end(self):
        return str(len(self.users))

    @staticmethod
    def _after(known, after, most):
        found = known[int(after or 0) :][:most]
        return found, str(int(after or 0) + len(found)) if found else after


@pytest.fixture
def newcomers():
    return FakeNewcomers()


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
def booked(store, fake_ledger):
    """What is in the ledger after a delivery, in the order in which it was settled."""

    def rows():
        deliver(store, fake_ledger)
        return list(fake_ledger.kept.values())

    return rows


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
