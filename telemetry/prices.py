"""Prices of language models: what a call cost by the price of its day, and the most that one may cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal, localcontext
from pathlib import Path
from typing import Any

from core.errors import PriceUnknown
from core.money import NANO_PER_USD, Usd
from core.usage import CallOutcome, Charge, CountSource, Usage
from telemetry.price_file import PriceFile

FREE = "free"
CACHE = "our own cache"
NOT_SERVED = "not served"
BATCH = ":batch"
"""How `priced_as` ends for calls that a provider makes when it has time, at a discount: `openai/gpt-4o-mini:batch`.
Such a model is priced by an entry of its own in our file, as its contract says; no discount is assumed."""

UNANSWERED = (CallOutcome.TIMEOUT, CallOutcome.LOST)
EXACT = Context(prec=60)  # digits: no sum of tokens times prices comes near


class Prices:
    """Token prices: our own file first, then the packaged table of genai-prices, each as of the time of the call."""

    def __init__(self, own_file: Path) -> None:
        """own_file : as `telemetry.price_file` says; it need not exist.

        The packaged table is read here: importing it takes 0.2 s, which the service never needs.
        """
        import genai_prices

        self._calculate: Callable[..., Any] = genai_prices.calc_price
        self._packaged_usage = genai_prices.Usage
        self._packaged = f"genai-prices {genai_prices.__version__}"
        self._own = PriceFile.load(own_file)

    def charge(self, usage: Usage) -> Charge:
        """What `usage` cost, rounded half to even at a billionth of a dollar.

        The model that answered is priced, or the requested one when none did. A call that was not served (no
        tokens), that our cache saved, or that went to a server of our own costs 0, and the charge says so by name.
        Tokens that the provider did not report make the charge uncertain.
        Raises PriceUnknown when no table has a price for the model or for one of the kinds of tokens.
        """
        if usage.outcome is CallOutcome.CACHED:
            return Charge(usage.call, Usd(0), CACHE, is_certain=True)
        if usage.priced_as == FREE:
            return Charge(usage.call, Usd(0), FREE, is_certain=True)
        if not (usage.input_tokens or usage.output_tokens):
            return Charge(usage.call, Usd(0), NOT_SERVED, usage.outcome not in UNANSWERED)
        amount, price = self._worth(usage)
        is_reported = usage.source is CountSource.REPORTED and usage.outcome not in UNANSWERED
        return Charge(usage.call, amount, price, is_reported)

    def saved(self, usage: Usage) -> Usd:
        """What a CACHED usage would have cost as a call. Raises PriceUnknown as `charge` does."""
        return Usd(0) if usage.priced_as == FREE else self._worth(usage)[0]

    def _worth(self, usage: Usage) -> tuple[Usd, str]:
        provider, model = _priced(usage.priced_as, usage.provider, usage.answering_model or usage.requested_model)
        tokens = (usage.input_tokens, usage.cached_tokens, usage.output_tokens)
        dollars, price = self._dollars(provider, model, tokens, usage.time)
        return _rounded(dollars, ROUND_HALF_EVEN), price

    def most(
        self, provider: str, model: str, priced_as: str, input_tokens: int, output_tokens: int, when: datetime
    ) -> Usd:
        """The most that a call may cost, for a reservation: no token cached, rounded up.

        input_tokens, output_tokens : at most so many. Raises PriceUnknown as `charge` does.
        """
        if priced_as == FREE:
            return Usd(0)
        tokens = (input_tokens, 0, output_tokens)
        return _rounded(self._dollars(*_priced(priced_as, provider, model), tokens, when)[0], ROUND_CEILING)

    def _dollars(
        self, provider: str, model: str, tokens: tuple[int, int, int], when: datetime
    ) -> tuple[Decimal, str]:
        """Exact dollars for (input, cached, output) tokens, and where the price comes from."""
        input_tokens, cached_tokens, output_tokens = tokens
        with localcontext(EXACT):
            own = self._own.at(provider, model, when.date())
            if own is not None:
                name = f"{self._own.name} {self._own.sha256[:12]} {provider}/{model} from {own.first_day}"
                return own.cost(input_tokens, cached_tokens, output_tokens), name
            if model.endswith(BATCH):
                raise PriceUnknown(
                    f"no price for {provider}/{model} on {when.date()}: batch prices are in no packaged table; "
                    f"add a dated entry to {self._own.name} in MATINEE_HOME"
                )
            counts = self._packaged_usage(
                input_tokens=input_tokens, cache_read_tokens=cached_tokens, output_tokens=output_tokens
            )
            try:
                found = self._calculate(counts, model, provider_id=provider, genai_request_timestamp=when)
            except LookupError as error:
                raise PriceUnknown(
                    f"no price for {provider}/{model} on {when.date()}: neither {self._own.name} nor "
                    f"{self._packaged} has one; add a dated entry to {self._own.name} in MATINEE_HOME"
                ) from error
            kinds = {"input_mtok": input_tokens, "output_mtok": output_tokens}
            for kind, count in kinds.items():  # the table counts what has no price as 0, and says nothing
                if count and getattr(found.model_price, kind) is None:
                    raise PriceUnknown(
                        f"no price for {kind.partition('_')[0]} tokens of {provider}/{model} in {self._packaged}: "
                        f"add a dated entry to {self._own.name} in MATINEE_HOME"
                    )
            return found.total_price, f"{self._packaged} {provider}/{found.model.id} on {when.date()}"


def _priced(priced_as: str, provider: str, model: str) -> tuple[str, str]:
    """(provider, model) whose price counts."""
    if not priced_as:
        return provider, model
    at_provider, _, at_model = priced_as.partition("/")
    return at_provider, at_model


def _rounded(dollars: Decimal, rounding: str) -> Usd:
    """Whole billionths of a dollar."""
    with localcontext(EXACT):
        return Usd(int((dollars * NANO_PER_USD).to_integral_value(rounding)))
