"""The cold start over real HTTP with faults: everybody is understood, and the ledger agrees with the invoice."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime

import pytest

from core.clock import SystemClock
from core.usage import CallOutcome
from llm import Jobs, Patience, Tastes, WorkStore, undelivered
from simulator import EndpointFault, FaultPlan, ScaledClock, WorldSize
from telemetry import CallReport

RATES = {
    EndpointFault.RATE_LIMIT: 0.1,
    EndpointFault.SERVER_ERROR: 0.1,
    EndpointFault.TIMEOUT: 0.1,
    EndpointFault.MALFORMED: 0.1,
    EndpointFault.TRUNCATED: 0.05,
    EndpointFault.REFUSAL: 0.05,
}
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SPEED = 10  # so that the waits between tries take a tenth


def bills_of(site, users):
    """All calls in the ledger, and the lines of the invoice by completion."""
    with closing(CallReport(site.settings.ledger_db)) as report:
        calls = [row for user in users for row in report.of_user(user)]
        assert report.conflicts() == 0
    return calls, {line.id: line for line in site.endpoint.invoice.lines()}


def assert_to_the_billionth(calls, invoice):
    """Certain charges are the lines of the invoice; the uncertain ones are at least what else was billed."""
    certain = {usage.completion: charge.amount.nano for usage, charge in calls if usage.completion}
    assert all(charge.is_certain for usage, charge in calls if usage.completion)
    assert len(certain) == sum(bool(usage.completion) for usage, _ in calls), "no answer is booked twice"
    assert certain == {name: invoice[name].cost_nano for name in certain}
    unanswered = [line.cost_nano for name, line in invoice.items() if name not in certain]
    uncertain = [charge.amount.nano for _, charge in calls if not charge.is_certain]
    assert len(uncertain) >= len(unanswered)
    assert sum(uncertain) >= sum(unanswered)
    assert not any(charge.amount.nano for usage, charge in calls if charge.is_certain and not usage.completion)


def run(site, users, workers):
    site.start(faults=FaultPlan.at_rates(RATES, seed=5), delay_s=0)
    site.sign_up(users)
    site.understand(ScaledClock(SystemClock(), NOON, SPEED), workers)
    with closing(WorkStore(site.settings.work_db)) as store, closing(Tastes(site.settings.work_db)) as tastes:
        counts = Jobs(store, Patience(), None).counts()
        assert (counts.done, counts.dead, counts.waiting, counts.running) == (len(users), 0, 0, 0)
        assert [user for user in users if tastes.get(user) is None] == []
        assert undelivered(store) == 0
    calls, invoice = bills_of(site, users)
    assert_to_the_billionth(calls, invoice)
    return Counter(usage.outcome for usage, _ in calls)


def test_faults_of_every_kind_lose_nobody_and_no_billionth(site_of):
    site = site_of(WorldSize(600, 300, 3, 3))
    outcomes = run(site, site.described(), workers=1)
    assert outcomes[CallOutcome.ANSWERED] > 5
    assert len(outcomes) >= 3


@pytest.mark.prove
def test_three_workers_and_thousands_of_sign_ups_lose_nobody_and_no_billionth(site_of):
    site = site_of(WorldSize(6000, 1000, 3, 3))
    outcomes = run(site, site.described(), workers=3)
    assert {
        CallOutcome.ANSWERED,
        CallOutcome.INVALID,
        CallOutcome.REFUSED,
        CallOutcome.CUT_OFF,
        CallOutcome.FAILED,
        CallOutcome.RATE_LIMITED,
    } <= set(outcomes)
