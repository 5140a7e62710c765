"""A week of mixed calls: the ledger less the simulator's invoice is nothing, or explained and settled by the invoice.

All that can happen to a call happens: retries after 429 and 500, answers that are late, spoiled, cut off or refused,
connections cut after billing, workers killed with a call in flight, usages that never came, prompts that are cached,
models that reason, batches at a discount, a price that changes at midnight, and a model that no table knows.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import Counter
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest

from core.clock import ManualClock
from core.ids import UserId
from core.money import Usd
from core.usage import CallOutcome
from llm import Calls, Limits, WorkStore, deliver
from llm.asker import Asker, TryLater
from llm.completer import Completed, CompletionRequest, Message
from llm.openai_completer import OpenAiCompleter, Server
from llm.prompt_files import PromptFile
from llm.question import Answer, Defect
from llm.tokens import TokenCounter
from simulator import EndpointFault, FaultPlan, LlmEndpoint, World, WorldSize
from simulator.invoice import INVOICE, PRICES, Price
from telemetry import CallLedger, CallReport, CostReport, InvoiceFile, Match, Prices, Span, View, correct
from telemetry.play_book import PlayBook
from telemetry.reconcile import reconcile

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
WEEK = Span(MONDAY, MONDAY + timedelta(days=8))
THURSDAY = 3  # from its midnight on gpt-4o-mini costs less
MODELS = ("gpt-4o-mini", "gpt-4.1-nano", "gpt-5-mini")
BATCH_MODEL = "gpt-4.1-mini"
RATES = dict.fromkeys(EndpointFault, 0.06)
OWN_PRICES = """
[[price]]
provider = "openai"
model = "gpt-4o-mini"
from = 2026-11-19
source = "a change at midnight"
input = 0.10
cached = 0.05
output = 0.40

[[price]]
provider = "openai"
model = "gpt-4.1-mini:batch"
from = 2026-01-01
source = "half of the price"
input = 0.20
cached = 0.05
output = 0.80
"""
AMPLE = Limits(Usd.parse("1000"), Usd.parse("1000"), 1000)
SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


class Reader:
    """Stands in for a question: any JSON is an answer."""

    def read(self, text):
        try:
            json.loads(text)
        except ValueError:
            return Defect("no JSON", "")
        return Answer(())


class Spoiling:
    """A completer whose answers lose their usage, or come from a model that nobody knows, when told to."""

    def __init__(self, completer: OpenAiCompleter) -> None:
        self._completer = completer
        self.change = {}

    def __getattr__(self, name):
        return getattr(self._completer, name)

    async def complete(self, request):
        completed = await self._completer.complete(request)
        return replace(completed, **self.change) if isinstance(completed, Completed) else completed


class Killed(Exception):
    """Stands for the end of a process."""


def _killed(*_):
    raise Killed


class Week:
    """Calls of a week, one after the other, over real HTTP, with a clock of their own."""

    def __init__(self, home, monkeypatch, calls_a_day: int) -> None:
        (home / "prices.toml").write_text(OWN_PRICES)
        self.home, self.rng, self.clock = home, Random(11), ManualClock(MONDAY)
        self._patch, self._calls_a_day = monkeypatch, calls_a_day
        world = home / "world"
        World.build(7, WorldSize(users=60, movies=60, days=2, films_per_user=3), date(2026, 1, 1)).write(world)
        self.endpoint = LlmEndpoint(world, faults=FaultPlan.at_rates(RATES, 3), delay_s=5, clock=self.clock).start()
        self.store = WorkStore(home / "work.db")
        self.calls = Calls(self.store, AMPLE)
        self.prices = Prices(home / "prices.toml")
        self._ids = itertools.count()

    async def live(self) -> None:
        askers = {model: self._asker(model, "") for model in MODELS}
        batch = self._asker(BATCH_MODEL, f"openai/{BATCH_MODEL}:batch")
        for day in range(7):
            if day == THURSDAY:
                self._patch.setitem(PRICES, "gpt-4o-mini", Price(100, 50, 400))
            for _ in range(self._calls_a_day):
                await self._one(*askers[self.rng.choice(MODELS)])
            whole = PRICES[BATCH_MODEL]
            with self._patch.context() as patched:
                half = Price(whole.input // 2, whole.cached // 2, whole.output // 2)
                patched.setitem(PRICES, BATCH_MODEL, half)
                for _ in range(self._calls_a_day // 4):
                    await self._one(*batch)
            self.clock.sleep((MONDAY + timedelta(days=day + 1) - self.clock.now()).total_seconds())
        self.calls.settle_lost(self.clock.now() + timedelta(hours=1))
        for _, completer in [*askers.values(), batch]:
            await completer.close()

    async def _one(self, asker: Asker, completer: Spoiling) -> None:
        number, kind = next(self._ids), self.rng.random()
        completer.change = {}
        if kind < 0.05:
            completer.change = {"tokens": None}  # as of a stream that ended before its usage
        elif kind < 0.10:
            completer.change = {"model": "gpt-6-nano"}
        key = f"k{self.rng.randrange(number + 1) if self.rng.random() < 0.2 else number} of {completer.model}"
        text = "What do they like? " * self.rng.choice([5, 300, 300])  # the longer ones share a prompt to be cached
        request = CompletionRequest((Message("user", f"{text} {number}"),), "taste", SCHEMA, 200, 5.0)
        with self._patch.context() as patched:
            if 0.10 < kind < 0.14:
                patched.setattr(asker, "_finish", _killed)
            with suppress(TryLater, Killed):
                await asker._once(UserId(number % 9), key, request, Reader(), 1)
        self.clock.sleep(30)

    def _asker(self, model: str, priced_as: str) -> tuple[Asker, Spoiling]:
        server = Server("openai", f"{self.endpoint.url}/v1", model, priced_as, is_openai=True)
        completer = Spoiling(OpenAiCompleter(server, "none", self.clock))
        nobody = SimpleNamespace(called=lambda _: None, defect=lambda _: None, miscounted=lambda: None)
        prompt, counter = PromptFile.load("resolve_mentions", 1), TokenCounter.of("", self.home)
        ids = (f"{model}-{number}" for number in itertools.count())
        asker = Asker(completer, self.calls, prompt, counter, self.prices, self.clock, nobody, 1, ids.__next__)
        return asker, completer


@pytest.fixture
def lived(tmp_path, monkeypatch, request):
    """A home in which a week of calls was made and delivered, and the invoice of that week."""
    week = Week(tmp_path, monkeypatch, request.param)
    try:
        asyncio.run(week.live())
    finally:
        week.endpoint.stop()
    PlayBook(tmp_path / "ledger.db").close()
    with closing(CallLedger(tmp_path / "ledger.db")) as ledger:
        while deliver(week.store, ledger):
            pass
    week.store.close()
    return week


short_and_long = pytest.mark.parametrize(
    "lived", [pytest.param(24, id="short"), pytest.param(400, id="long", marks=pytest.mark.prove)], indirect=True
)


@short_and_long
def test_what_the_ledger_says_of_a_week_is_what_was_billed_to_the_last_billionth(lived):
    ledger, true = lived.home / "ledger.db", lived.endpoint.invoice.total()
    invoice = InvoiceFile.load(lived.home / "world" / INVOICE)
    with closing(CallReport(ledger)) as report:
        calls, quarantined = report.usages(WEEK), report.unpriced()
        assert report.conflicts() == 0
    kinds = Counter(usage.outcome for usage, _ in calls)
    assert {*CallOutcome} - {CallOutcome.TIMEOUT} <= {*kinds}, "every kind of call was made"
    assert any(usage.cached_tokens for usage, _ in calls)
    assert any(usage.reasoning_tokens for usage, _ in calls)
    assert any(":batch from" in charge.price for _, charge in calls)
    assert {usage.answering_model for usage, _ in quarantined} == {"gpt-6-nano"}
    found = reconcile(calls, invoice, WEEK)
    counts = Counter(pair.match for pair in found.pairs)
    assert found.is_explained, [pair for pair in found.pairs if pair.match in (Match.DIFFERS, Match.ONLY_INVOICE)]
    certain = [pair for pair in found.pairs if pair.match is Match.EQUAL]
    assert sum(pair.ours.nano - pair.billed.nano for pair in certain) == 0
    assert counts[Match.EQUAL] > len(invoice.lines) / 2
    assert counts[Match.EQUAL] + counts[Match.BILLED] == len(invoice.lines)
    silent = {usage.call for usage, charge in calls if not usage.completion or usage.answering_model == "gpt-6-nano"}
    assert all(pair.billed <= pair.ours for pair in found.pairs if pair.call in silent and pair.billed is not None)
    settled = correct(ledger, found.settled(), lived.clock.now())
    assert settled.charges == counts[Match.BILLED] + counts[Match.NOT_BILLED]
    with closing(CostReport(ledger)) as costs, closing(CallReport(ledger)) as report:
        assert costs.total(WEEK).llm == costs.total(WEEK, View.AMORTISED).llm == true
        assert (costs.unknown(WEEK).uncertain_calls, report.unpriced()) == (0, [])
        again = reconcile(report.usages(WEEK), invoice, WEEK)
    assert {pair.match for pair in again.pairs} == {Match.EQUAL}
    assert again.ours == again.billed == true


@short_and_long
def test_a_price_that_changes_at_midnight_is_that_of_the_day_of_the_call(lived):
    with closing(CallReport(lived.home / "ledger.db")) as report:
        mini = [row for row in report.usages(WEEK) if row[0].answering_model == "gpt-4o-mini" and row[1].is_certain]
    midnight = MONDAY + timedelta(days=THURSDAY)
    sources = {(usage.time >= midnight, charge.price.split()[0]) for usage, charge in mini if charge.amount.nano}
    assert sources == {(False, "genai-prices"), (True, "prices.toml")}
