"""What a new user costs: tokens and money over all who described themselves, and how little is asked."""

from __future__ import annotations

from contextlib import closing

import pytest

from core.clock import SystemClock
from core.money import Usd
from ingest import UserTable
from llm import Understander
from llm.screening import screen
from simulator import WorldSize
from telemetry import CallGroup, CallReport

MOST_TOKENS, MOST_USD, MOST_ASKED = 500, Usd.parse("0.0001"), 0.30  # a new user, and of the mentions


def measured(site):
    """(tokens, dollars) a described user, and the share of mentions that were asked about."""
    users = site.described()
    site.start()
    site.sign_up(users)
    site.understand(SystemClock())
    with closing(CallReport(site.settings.ledger_db)) as report:
        totals = list(report.totals(CallGroup.DAY).values())
    assert sum((part.charged for part in totals), Usd(0)) == site.endpoint.invoice.total()
    assert sum((part.uncertain for part in totals), Usd(0)) == Usd(0)
    reader = Understander.of(site.movies)
    with closing(UserTable(site.settings.events_db)) as table:
        read = [
            reader.read(screen(user.likes).text, screen(user.dislikes).text) for user in table.described().values()
        ]
    assert len(read) == len(users)
    tokens = sum(part.input_tokens + part.output_tokens for part in totals) / len(users)
    dollars = Usd(sum(part.charged.nano for part in totals) // len(users))
    asked = sum(len(one.open_mentions()) for one in read) / sum(len(one.mentions) for one in read)
    calls = sum(part.calls for part in totals)
    print(
        f"{len(users)} described users, {calls} calls: {tokens:.1f} tokens and ${dollars} a user, {asked:.1%} asked"
    )
    return tokens, dollars, asked


def assert_cheap(tokens, dollars, asked):
    assert 0 < tokens <= MOST_TOKENS
    assert dollars <= MOST_USD
    assert asked <= MOST_ASKED


def test_a_new_user_costs_at_most_500_tokens_and_a_hundredth_of_a_cent(site_of):
    assert_cheap(*measured(site_of(WorldSize(600, 300, 3, 3))))


@pytest.mark.prove
def test_among_thousands_of_users_and_films_it_is_no_more(site_of):
    assert_cheap(*measured(site_of(WorldSize(6000, 5000, 3, 3))))
