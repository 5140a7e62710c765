"""The invoice: what the endpoint bills, call by call, apart from all that the program under test keeps."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass, fields
from datetime import datetime
from io import FileIO, StringIO
from pathlib import Path
from typing import Any

from core.errors import WorldError
from core.money import Usd
from simulator.whole_lines import cut_half_line, write_all

INVOICE = "invoice.csv"


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
        """The invoice in `path`; one that is there already goes on.

        Half a row, which a killed endpoint may leave, is taken away: a call is answered after its row was written,
        so that one was never answered.
        """
        self._path = path
        self._lock = threading.Lock()
        if path.exists():
            cut_half_line(path)
        if not path.exists() or not path.stat().st_size:
            self._append(*(item.name for item in fields(InvoiceLine)))
        self._count = len(self.lines())

    def bill(self, now: datetime, model: str, tokens: Tokens) -> InvoiceLine:
        """A new line for a call of one of the models of PRICES, with an id of its own.

        Raises WorldError when it can not be written: then the call is not billed, and must not be answered.
        """
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
        return read_invoice(self._path)

    def total(self) -> Usd:
        """What all calls cost together."""
        return Usd(sum(line.cost_nano for line in self.lines()))

    def _append(self, *values: object) -> None:
        row = StringIO()
        csv.writer(row, lineterminator="\n").writerow(values)
        try:
            with FileIO(self._path, "a") as file:
                write_all(file, row.getvalue().encode("ascii"))
        except OSError as error:
            raise WorldError(
                f"can not bill to {self._path}: {error.strerror}; make room, or let it be written"
            ) from error


_NUMBERS = tuple(item.name for item in fields(InvoiceLine))[3:]


def read_invoice(path: Path) -> list[InvoiceLine]:
    """The whole lines of an invoice, none when there is no invoice; another process may be writing to it."""
    if not path.exists():
        return []
    whole, _, _ = path.read_text(encoding="ascii").rpartition("\n")
    return [
        InvoiceLine(row["id"], row["time"], row["model"], *(int(row[name]) for name in _NUMBERS))
        for row in csv.DictReader(whole.splitlines())
    ]


@dataclass(slots=True)
class _Sum:
    """What some calls used and cost."""

    calls: int = 0
    input: int = 0
    cached: int = 0
    output: int = 0
    reasoning: int = 0
    cost_nano: int = 0

    def add(self, line: InvoiceLine) -> None:
        self.calls += 1
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(line, name))


def sums(lines: Iterable[InvoiceLine]) -> dict[str, Any]:
    """Stable keys: `total`, and `models` by name, each with calls, tokens and cost_nano."""
    total, models = _Sum(), dict[str, _Sum]()
    for line in lines:
        for one in (total, models.setdefault(line.model, _Sum())):
            one.add(line)
    return {"total": asdict(total), "models": {name: asdict(one) for name, one in sorted(models.items())}}
