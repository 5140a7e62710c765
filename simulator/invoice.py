"""The invoice: what the endpoint bills, call by call, apart from all that the program under test keeps."""

from __future__ import annotations

import csv
import threading
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path

from core.money import Usd


@dataclass(frozen=True, slots=True)
class Price:
    """Billionths of a dollar a token."""

    input: int
    cached: int
    output: int


# US dollars a million tokens, times 1,000: OpenAI's list prices as of November 2026, as genai-prices 0.2.3 has them
# (github.com/pydantic/genai-prices, prices/providers/openai.yml). A test holds the two together.
PRICES = {
    "gpt-4o": Price(2_500, 1_250, 10_000),
    "gpt-4o-mini": Price(150, 75, 600),
    "gpt-4.1-mini": Price(400, 100, 1_600),
    "gpt-4.1-nano": Price(100, 25, 400),
    "gpt-5-mini": Price(250, 25, 2_000),
    "gpt-5-nano": Price(50, 5, 400),
}


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a call used. Cached tokens are a part of the input, reasoning tokens a part of the output."""

    input: int
    cached: int
    output: int
    reasoning: int

    def cost(self, price: Price) -> Usd:
        """What they cost: cached input at its own price, the other input at the full one."""
        fresh = self.input - self.cached
        return Usd(fresh * price.input + self.cached * price.cached + self.output * price.output)


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One billed call, as a row of invoice.csv; the cost is in whole billionths of a dollar."""

    id: str
    time: str
    model: str
    input: int
    cached: int
    output: int
    reasoning: int
    cost_nano: int


class Invoice:
    """Every billed call at the prices of PRICES, appended to a CSV file as it is billed. Threads may share it."""

    def __init__(self, path: Path) -> None:
        """The invoice in `path`; one that is there already goes on."""
        self._path = path
        self._lock = threading.Lock()
        if not path.exists():
            self._append(*(item.name for item in fields(InvoiceLine)))
        self._count = len(self.lines())

    def bill(self, now: datetime, model: str, tokens: Tokens) -> InvoiceLine:
        """A new line for a call of one of the models of PRICES, with an id of its own."""
        cost = tokens.cost(PRICES[model])
        with self._lock:
            self._count += 1
            name = f"chatcmpl-sim-{self._count:08d}"
            line = InvoiceLine(
                name,
                now.isoformat(),
                model,
                tokens.input,
                tokens.cached,
                tokens.output,
                tokens.reasoning,
                cost.nano,
            )
            self._append(*astuple(line))
        return line

    def lines(self) -> list[InvoiceLine]:
        """Everything billed so far."""
        with open(self._path, encoding="ascii", newline="") as file:
            return [
                InvoiceLine(row["id"], row["time"], row["model"], *(int(row[name]) for name in _NUMBERS))
                for row in csv.DictReader(file)
            ]

    def total(self) -> Usd:
        """What all calls cost together."""
        return Usd(sum(line.cost_nano for line in self.lines()))

    def _append(self, *values: object) -> None:
        with open(self._path, "a", encoding="ascii", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(values)


_NUMBERS = [item.name for item in fields(InvoiceLine)][3:]
