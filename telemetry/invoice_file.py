"""A provider's invoice: one line a billed call, from a CSV file with a head.

what           columns that may hold it; the first that is there counts
id             id, completion, completion_id, response_id, request_id: the provider's id of its answer
time           time, timestamp, created, created_at: ISO 8601 (UTC where no zone is given) or seconds since 1970
model          model, model_id
cost           cost_nano: billionths of a dollar; cost_usd, amount_usd, cost, amount: dollars

Other columns are not read. The invoice of the simulator (simulator/invoice.py) is such a file.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.errors import NothingToReport, NotMoney
from core.money import Usd

_IDS = ("id", "completion", "completion_id", "response_id", "request_id")
_TIMES = ("time", "timestamp", "created", "created_at")
_MODELS = ("model", "model_id")
_NANO = "cost_nano"
_DOLLARS = ("cost_usd", "amount_usd", "cost", "amount")


@dataclass(frozen=True, slots=True)
class Billed:
    """One billed call."""

    id: str
    time: datetime
    model: str
    cost: Usd


@dataclass(frozen=True, slots=True)
class InvoiceFile:
    """The lines of one invoice in the order of time; `name` and `sha256` tell which text they come from."""

    name: str
    sha256: str
    lines: tuple[Billed, ...]

    @classmethod
    def load(cls, path: Path) -> InvoiceFile:
        """Raises NothingToReport for a file that is no such invoice, or one without any line."""
        try:
            data = path.read_bytes()
            rows = csv.DictReader(data.decode("utf-8-sig").splitlines())
        except (OSError, ValueError) as error:
            raise NothingToReport(f"no invoice can be read from {path}: {error}") from error
        lines = [_billed(path, number, row) for number, row in enumerate(rows, start=2)]
        if not lines:
            raise NothingToReport(f"{path} holds no billed call: there is nothing to compare with")
        return cls(path.name, hashlib.sha256(data).hexdigest(), tuple(sorted(lines, key=lambda line: line.time)))

    @property
    def provenance(self) -> str:
        """What a correction names as its source."""
        return f"{self.name} {self.sha256[:12]}"


def _billed(path: Path, number: int, row: Mapping[str, str | None]) -> Billed:
    try:
        name = _first(row, _IDS)
        if not name or any(letter.isspace() for letter in name):
            raise ValueError(f"{name!r} is no id of a call")
        cost = Usd(int(row[_NANO] or "")) if _NANO in row else Usd.parse(_first(row, _DOLLARS))
        if cost < Usd(0):
            raise ValueError("a cost below 0 is no billed call")
        return Billed(name, _time(_first(row, _TIMES)), _first(row, _MODELS), cost)
    except (KeyError, ValueError, NotMoney, OverflowError) as error:
        raise NothingToReport(
            f"line {number} of {path} is no billed call: {error}; needed are columns for id, time, model and cost, "
            "see docs/cost.md"
        ) from error


def _first(row: Mapping[str, str | None], names: tuple[str, ...]) -> str:
    for name in names:
        if name in row:
            return row[name] or ""
    raise KeyError(f"no column {' or '.join(names)}")


def _time(text: str) -> datetime:
    if text.isascii() and text.isdigit():
        return datetime.fromtimestamp(int(text), UTC)
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
