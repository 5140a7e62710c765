"""Laws of calls: whatever happens in whatever order, the budget holds and each call begun has exactly one usage."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from core.ids import UserId
from core.money import Usd
from core.usage import CallOutcome, Charge, CountSource, Usage
from llm import Begun, Cached, Calls, Limits, OverBudget, PlannedCall, Settled, Wait, WorkStore, deliver
from llm.call_rows import charge_text, read_charge, read_usage, usage_text
from telemetry import CallGroup, CallLedger, CallReport

LIMITS = Limits(day=Usd(300), user=Usd(250), in_flight=3)  # narrow: two calls of the most fill a day
START = datetime(2026, 11, 20, 23, 50, tzinfo=UTC)  # the day ends while they call
LEASE_S = 60
DAYS = (START, START + timedelta(days=1))
ALICE, BOB = UserId(1), UserId(2)


class ManyCallers(RuleBasedStateMachine):
    """Two processes' views of one file. Calls may be finished, forgotten (a killed worker) or made longer."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name)
        self.stores = [WorkStore(path / "work.db") for _ in range(2)]
        self.calls = [Calls(store, LIMITS) for store in self.stores]
        self.ledger = CallLedger(path / "ledger.db")
        self.report = CallReport(path / "ledger.db")
        self.now = START
        self.ids = 0
        self.begun: set[str] = set()
        self.hits: set[str] = set()

    held = Bundle("held")

    @rule(
        target=held,
        who=st.integers(0, 1),
        key=st.sampled_from("abcdef"),
        user=st.sampled_from([ALICE, BOB]),
        most=st.integers(0, 150),
    )
    def begin(self, who, key, user, most):
        self.ids += 1
        planned = PlannedCall(
            f"c{self.ids}", key, user, "p", "chat", "m", "free", "v1", 1, Usd(most), "table", 40, 10
        )
        got = self.calls[who].begin(planned, self.now, LEASE_S)
        if isinstance(got, Begun):
            self.begun.add(planned.call)
            return got
        if isinstance(got, Cached):
            self.hits.add(planned.call)
        elif isinstance(got, OverBudget):
            assert got.left == 0 or most > got.left.nano
        else:
            assert isinstance(got, Wait)
            assert got.until > self.now
        return None

    @rule(begun=consumes(held), who=st.integers(0, 1), share=st.floats(0, 1), is_valid=st.booleans())
    def finish(self, begun, who, share, is_valid):
        if begun is None:
            return
        cost = Usd(int(begun.planned.most.nano * share))
        outcome = CallOutcome.ANSWERED if is_valid else CallOutcome.INVALID
        usage = begun.usage(outcome, CountSource.REPORTED, 5, input_tokens=30, output_tokens=3)
        charge = Charge(begun.planned.call, cost, "table", is_certain=True)
        settled = self.calls[who].finish(begun, usage, charge, "{}" if is_valid else None)
        assert settled is not Settled.ABOVE_MOST
        if begun.until > self.now:
            assert settled is Settled.IN_TIME

    @rule(begun=consumes(held))
    def die(self, begun):
        """Nobody holds this call any more."""

    @rule(target=held, begun=consumes(held), who=st.integers(0, 1))
    def extend(self, begun, who):
        return None if begun is None else self.calls[who].extend(begun, self.now, LEASE_S)

    @rule(seconds=st.sampled_from([1, 30, 60, 700]))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.begun)
    @rule(who=st.integers(0, 1), most=st.integers(1, 5))
    def deliver(self, who, most):
        deliver(self.stores[who], self.ledger, most)

    @invariant()
    def no_limit_is_exceeded(self):
        for day in DAYS:
            spending = self.calls[0].spending(day)
            assert spending.spent + spending.reserved <= LIMITS.day
        assert self.calls[1].spending(self.now).in_flight <= LIMITS.in_flight
        rows = "SELECT user_id, nano FROM spent_users UNION ALL SELECT user_id, most_nano FROM calls"
        query = f"SELECT user_id, sum(nano) FROM ({rows}) GROUP BY user_id"
        with self.stores[0].reading() as connection:
            assert all(nano <= LIMITS.user.nano for _, nano in connection.execute(query))

    def teardown(self):
        self.now += timedelta(seconds=LEASE_S + 1)
        self.calls[0].settle_lost(self.now)
        while deliver(self.stores[0], self.ledger):
            pass
        rows = [self.report.of_call(f"c{number}") for number in range(1, self.ids + 1)]
        kept = [usage for usage, _ in filter(None, rows)]
        assert {usage.call for usage in kept if usage.outcome is not CallOutcome.CACHED} == self.begun
        assert {usage.call for usage in kept if usage.outcome is CallOutcome.CACHED} == self.hits
        assert self.report.conflicts() == 0
        spent = sum(self.calls[0].spending(day).spent.nano for day in DAYS)
        for group in CallGroup:  # parts equal the total in any grouping
            totals = self.report.totals(group).values()
            assert sum(part.charged.nano for part in totals) == spent
            assert sum(part.calls for part in totals) == len(self.begun)
            assert sum(part.hits for part in totals) == len(self.hits)
        for part in (*self.stores, self.ledger, self.report):
            part.close()
        self.folder.cleanup()


TestManyCallers = ManyCallers.TestCase
TestManyCallers.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)

counts = st.integers(0, 2**40)
usages = st.builds(
    lambda whole, said, **fields: Usage(
        input_tokens=max(whole),
        cached_tokens=min(whole),
        output_tokens=max(said),
        reasoning_tokens=min(said),
        **fields,
    ),
    st.tuples(counts, counts),
    st.tuples(counts, counts),
    call=st.text(),
    time=st.datetimes(timezones=st.just(UTC)),
    provider=st.text(),
    operation=st.text(),
    requested_model=st.text(),
    answering_model=st.text(),
    prompt=st.text(),
    user=st.none() | st.integers(0, 2**31 - 1).map(UserId),
    attempt=counts,
    outcome=st.sampled_from(CallOutcome),
    source=st.sampled_from(CountSource),
    latency_ms=counts,
    completion=st.text(),
    priced_as=st.text(),
)
charges = st.builds(Charge, st.text(), st.builds(Usd, counts), st.text(), st.booleans())


@given(usages)
def test_a_usage_written_and_read_is_itself(usage):
    assert read_usage(usage_text(usage)) == usage


@given(charges)
def test_a_charge_written_and_read_is_itself(charge):
    assert read_charge(charge_text(charge)) == charge
