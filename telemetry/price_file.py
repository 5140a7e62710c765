"""The file of our own token prices: dated entries with their source, which go before the packaged table.

[[price]]
provider = "openai"
model = "gpt-4o-mini"
from = 2026-01-01                   # the first day (UTC) of this price; it holds until the next entry's
source = "https://example.com/our-contract"
input = 0.15                        # US dollars a million tokens
cached = 0.075                      # of input that the provider had in its prompt cache
output = 0.60                       # reasoning tokens are output
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.errors import SettingError

_NAMES = {"provider", "model", "from", "source", "input", "cached", "output"}
_EDITION = re.compile(r"-\d{4}-\d{2}-\d{2}\Z")
_MOST_USD = 1_000_000  # a million tokens at a dollar each: what is above is a slip of the unit


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """US dollars a million tokens, from a day on."""

    provider: str
    model: str
    first_day: date
    source: str
    input: Decimal
    cached: Decimal
    output: Decimal

    def cost(self, input_tokens: int, cached_tokens: int, output_tokens: int) -> Decimal:
        """Dollars. Cached tokens are a part of the input."""
        fresh = input_tokens - cached_tokens
        return (self.input * fresh + self.cached * cached_tokens + self.output * output_tokens) / 1_000_000


@dataclass(frozen=True, slots=True)
class PriceFile:
    """The entries of one file, latest first. `sha256` tells which text they come from."""

    name: str
    sha256: str
    prices: tuple[TokenPrice, ...]

    @classmethod
    def load(cls, path: Path) -> PriceFile:
        """The prices in `path`; none when there is no such file.

        Raises SettingError for a file that can not be read, an entry that is not as above, or two of one day.
        """
        try:
            data = path.read_bytes() if path.exists() else b""
            entries = tomllib.loads(data.decode(), parse_float=Decimal)
        except (OSError, ValueError) as error:
            raise SettingError(f"no prices can be read from {path}: {error}; mend it or take it away") from error
        rows = entries.pop("price", [])
        if entries or not isinstance(rows, list):
            raise SettingError(f"{path} holds more than [[price]] entries: take away {', '.join(entries) or 'price'}")
        prices = [_price(path, row) for row in rows]
        days = {(price.provider, price.model, price.first_day) for price in prices}
        if len(days) < len(prices):
            raise SettingError(f"{path} gives one model two prices from one day on: keep one of them")
        latest_first = sorted(prices, key=lambda price: price.first_day, reverse=True)
        return cls(path.name, hashlib.sha256(data).hexdigest(), tuple(latest_first))

    def at(self, provider: str, model: str, day: date) -> TokenPrice | None:
        """The price that holds on `day`, None when the file has none from then or before.

        A dated edition of a model (gpt-4o-mini-2024-07-18) without entries of its own has the price of the model.
        """
        for name in (model, without_edition(model)):
            for price in self.prices:
                if (price.provider, price.model) == (provider, name) and price.first_day <= day:
                    return price
        return None


def without_edition(model: str) -> str:
    """The model of which a dated edition is one.

    >>> without_edition("gpt-4o-mini-2024-07-18"), without_edition("gpt-4o-mini")
    ('gpt-4o-mini', 'gpt-4o-mini')
    """
    return _EDITION.sub("", model)


def _price(path: Path, row: Any) -> TokenPrice:
    if not isinstance(row, dict) or set(row) != _NAMES:
        raise SettingError(f"an entry of {path} is no price: it needs {', '.join(sorted(_NAMES))} and nothing else")
    texts = [row["provider"], row["model"], row["source"]]
    amounts = [row["input"], row["cached"], row["output"]]
    first_day = row["from"]
    if not all(isinstance(text, str) and text for text in texts):
        raise SettingError(f"an entry of {path} has no provider, model or source: each must be a text")
    if not isinstance(first_day, date) or isinstance(first_day, datetime):
        raise SettingError(f"from = {first_day} in {path} is no day: write 2026-01-01")
    for amount in amounts:
        is_number = isinstance(amount, (int, Decimal)) and not isinstance(amount, bool)
        if not (is_number and Decimal(amount).is_finite() and 0 <= amount <= _MOST_USD):
            raise SettingError(f"{amount!r} in {path} is no price: dollars a million tokens, 0 to {_MOST_USD}")
    provider, model, source = texts
    return TokenPrice(provider, model, first_day, source, *(Decimal(amount) for amount in amounts))
