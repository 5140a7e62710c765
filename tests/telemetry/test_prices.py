"""A call costs what its tokens cost on its day, to the billionth; what has no price is an error, never 0."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PriceUnknown, SettingError
from core.money import Usd
from core.usage import CallOutcome, CountSource, Usage
from simulator.invoice import PRICES, Tokens
from telemetry.prices import Prices

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OWN = """
[[price]]
provider = "openai"
model = "gpt-4o-mini"
from = 2026-11-21
source = "https://example.com/contract"
input = 0.10
cached = 0.05
output = 0.40
"""


def a_usage(**changes) -> Usage:
    """A thousand tokens for gpt-4o-mini, unless the test says otherwise."""
    usage = Usage(
        call="c1",
        time=NOON,
        provider="openai",
        operation="resolve",
        requested_model="gpt-4o-mini",
        answering_model="gpt-4o-mini-2024-07-18",
        prompt="",
        user=None,
        attempt=1,
        outcome=CallOutcome.ANSWERED,
        source=CountSource.REPORTED,
        input_tokens=1000,
        cached_tokens=0,
        output_tokens=0,
        reasoning_tokens=0,
        latency_ms=1,
    )
    return replace(usage, **changes)


@pytest.fixture(scope="module")
def prices(tmp_path_factory):
    return Prices(tmp_path_factory.mktemp("home") / "prices.toml")


@pytest.fixture
def own_prices(tmp_path):
    def written(text):
        (tmp_path / "prices.toml").write_text(text)
        return Prices(tmp_path / "prices.toml")

    return written


def test_a_thousand_tokens_in_cost_a_thousandth_of_the_price_of_a_million(prices):
    charge = prices.charge(a_usage())
    assert charge.amount == Usd.parse("0.00015")
    assert charge.is_certain
    assert charge.price == "genai-prices 0.2.3 openai/gpt-4o-mini on 2026-11-20"


def test_cached_tokens_are_a_part_of_the_input(prices):
    assert prices.charge(a_usage(cached_tokens=400)).amount == Usd.parse("0.00012")


def test_reasoning_tokens_are_a_part_of_the_output(prices):
    said = a_usage(output_tokens=50)
    assert prices.charge(replace(said, reasoning_tokens=50)).amount == prices.charge(said).amount


@pytest.mark.parametrize("model", PRICES)
def test_the_simulated_invoice_has_the_prices_of_the_packaged_table(prices, model):
    for tokens in (Tokens(10**6, 0, 0, 0), Tokens(10**6, 10**6, 0, 0), Tokens(0, 0, 10**6, 0)):
        usage = a_usage(
            requested_model=model,
            answering_model=model,
            input_tokens=tokens.input,
            cached_tokens=tokens.cached,
            output_tokens=tokens.output,
        )
        assert prices.charge(usage).amount == tokens.cost(PRICES[model])


@given(st.sampled_from(sorted(PRICES)), st.data())
def test_any_call_costs_what_the_simulated_invoice_says_and_at_most_what_was_reserved(prices, model, data):
    whole, out = data.draw(st.integers(0, 10**6)), data.draw(st.integers(1, 10**5))
    tokens = Tokens(whole, data.draw(st.integers(0, whole)), out, data.draw(st.integers(0, out)))
    usage = a_usage(
        requested_model=model,
        answering_model=model,
        input_tokens=tokens.input,
        cached_tokens=tokens.cached,
        output_tokens=tokens.output,
        reasoning_tokens=tokens.reasoning,
    )
    amount = prices.charge(usage).amount
    assert amount == tokens.cost(PRICES[model])
    assert amount <= prices.most("openai", model, "", tokens.input, tokens.output, NOON)


@pytest.mark.parametrize(("provider", "model"), [("openai", "gpt-9"), ("10.0.0.1:8000", "gpt-4o"), ("", "")])
def test_a_model_without_a_price_is_an_error_and_never_costs_0(prices, provider, model):
    with pytest.raises(PriceUnknown, match=r"add a dated entry to prices\.toml"):
        prices.charge(a_usage(provider=provider, requested_model=model, answering_model=model))
    with pytest.raises(PriceUnknown):
        prices.most(provider, model, "", 1, 1, NOON)


def test_a_kind_of_token_without_a_price_is_an_error_and_never_costs_0(prices):
    embedding = a_usage(answering_model="text-embedding-3-small")
    assert prices.charge(embedding).amount > Usd(0)
    with pytest.raises(PriceUnknown, match="output tokens"):
        prices.charge(replace(embedding, output_tokens=1))


def test_a_server_of_our_own_is_free_and_says_so(prices):
    charge = prices.charge(a_usage(provider="127.0.0.1:8000", answering_model="smol", priced_as="free"))
    assert (charge.amount, charge.price, charge.is_certain) == (Usd(0), "free", True)
    assert prices.most("127.0.0.1:8000", "smol", "free", 10**6, 10**6, NOON) == Usd(0)


def test_another_server_is_charged_as_the_model_that_it_is_priced_as(prices):
    usage = a_usage(provider="127.0.0.1:8000", answering_model="x", priced_as="openai/gpt-4o")
    assert prices.charge(usage).amount == Usd.parse("0.0025")


def test_a_call_that_our_cache_saved_costs_nothing_and_its_worth_is_told(prices):
    usage = a_usage(outcome=CallOutcome.CACHED)
    assert prices.charge(usage).amount == Usd(0)
    assert prices.charge(usage).is_certain
    assert prices.saved(usage) == Usd.parse("0.00015")


@pytest.mark.parametrize("outcome", [CallOutcome.RATE_LIMITED, CallOutcome.FAILED])
def test_a_call_that_was_not_served_costs_nothing(prices, outcome):
    charge = prices.charge(a_usage(outcome=outcome, input_tokens=0))
    assert (charge.amount, charge.is_certain) == (Usd(0), True)


@pytest.mark.parametrize("outcome", [CallOutcome.TIMEOUT, CallOutcome.LOST])
def test_a_call_that_may_have_been_billed_is_charged_at_its_most_and_said_to_be_uncertain(prices, outcome):
    usage = a_usage(outcome=outcome, source=CountSource.ESTIMATE, answering_model="", output_tokens=100)
    charge = prices.charge(usage)
    assert charge.amount == prices.most("openai", "gpt-4o-mini", "", 1000, 100, NOON)
    assert not charge.is_certain


def test_an_answer_whose_tokens_we_counted_ourselves_is_uncertain(prices):
    assert not prices.charge(a_usage(source=CountSource.TOKENIZER)).is_certain


def test_our_own_price_holds_from_its_first_day_on(own_prices):
    prices = own_prices(OWN)
    usage = a_usage(answering_model="gpt-4o-mini")
    assert prices.charge(usage).amount == Usd.parse("0.00015")
    charge = prices.charge(replace(usage, time=NOON + timedelta(hours=12), cached_tokens=500, output_tokens=10))
    assert charge.amount == Usd.parse("0.000079")
    assert charge.price.startswith("prices.toml ")
    assert charge.price.endswith(" openai/gpt-4o-mini from 2026-11-21")


def test_our_own_price_of_a_model_is_that_of_its_dated_editions_without_one(own_prices):
    tomorrow = NOON + timedelta(days=1)
    dated = a_usage(time=tomorrow, answering_model="gpt-4o-mini-2024-07-18")
    assert own_prices(OWN).charge(dated).amount == Usd.parse("0.0001")
    edition = OWN.replace("gpt-4o-mini", "gpt-4o-mini-2024-07-18").replace("0.10", "0.30")
    assert own_prices(OWN + edition).charge(dated).amount == Usd.parse("0.0003")


def test_of_our_own_prices_the_latest_that_has_begun_holds(own_prices):
    prices = own_prices(OWN + OWN.replace("2026-11-21", "2026-11-01").replace("0.10", "0.20"))
    assert prices.charge(a_usage(answering_model="gpt-4o-mini")).amount == Usd.parse("0.0002")


def test_an_amount_between_two_billionths_goes_to_the_even_one_and_a_reservation_up(own_prices):
    prices = own_prices(OWN.replace("0.10", "0.0005").replace("2026-11-21", "2026-01-01"))
    one = a_usage(answering_model="gpt-4o-mini", input_tokens=1)
    assert prices.charge(one).amount == Usd(0)
    assert prices.charge(replace(one, input_tokens=3)).amount == Usd(2)
    assert prices.most("openai", "gpt-4o-mini", "", 1, 0, NOON) == Usd(1)


def test_prices_are_read_as_decimal_numbers(own_prices):
    prices = own_prices(OWN.replace("0.10", "0.1000000000000000055511151231257827"))
    own = prices._own.at("openai", "gpt-4o-mini", date(2026, 12, 1))
    assert own is not None
    assert own.input == Decimal("0.1000000000000000055511151231257827")


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("input = 0.10", "input = -0.10"),
        ("input = 0.10", "input = nan"),
        ("input = 0.10", "input = true"),
        ("input = 0.10", 'input = "0.10"'),
        ("input = 0.10", ""),
        ("input = 0.10", "input = 1e9"),
        ("from = 2026-11-21", "from = 2026-11-21T00:00:00Z"),
        ("from = 2026-11-21", "from = 20261121"),
        ('"gpt-4o-mini"', '""'),
        ("[[price]]", "[price]"),
        ("[[price]]", "default = 1\n[[price]]"),
        ("output = 0.40", f"output = 0.40\n{OWN}"),
        ("output = 0.40", "output = "),
    ],
)
def test_a_file_of_prices_with_anything_else_in_it_is_refused(own_prices, was, becomes):
    with pytest.raises(SettingError, match=r"prices\.toml"):
        own_prices(OWN.replace(was, becomes))


def test_a_call_in_a_batch_costs_what_our_file_says_of_batches_and_no_discount_is_assumed(prices, own_prices):
    usage = a_usage(priced_as="openai/gpt-4o-mini:batch", time=NOON + timedelta(days=1))
    batch = OWN.replace("gpt-4o-mini", "gpt-4o-mini:batch").replace("0.10", "0.05")
    assert own_prices(OWN + batch).charge(usage).amount == Usd(50_000)
    for table in (prices, own_prices(OWN)):
        with pytest.raises(PriceUnknown, match="batch prices are in no packaged table"):
            table.charge(usage)
