"""Usages and charges as texts in work.db, on their way to the ledger."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.ids import UserId
from core.money import Usd
from core.usage import CallOutcome, Charge, CountSource, Usage


def usage_text(usage: Usage) -> str:
    """The usage as JSON."""
    fields = asdict(usage) | {"time": usage.time.isoformat()}
    return json.dumps(fields, separators=(",", ":"))


def read_usage(text: str) -> Usage:
    """The inverse of `usage_text`."""
    fields: dict[str, Any] = json.loads(text)
    user = fields["user"]
    return Usage(
        **fields
        | {
            "time": datetime.fromisoformat(fields["time"]),
            "user": None if user is None else UserId(user),
            "outcome": CallOutcome(fields["outcome"]),
            "source": CountSource(fields["source"]),
        }
    )


def charge_text(charge: Charge) -> str:
    """The charge as JSON."""
    fields = [charge.call, charge.amount.nano, charge.price, charge.is_certain]
    return json.dumps(fields, separators=(",", ":"))


def read_charge(text: str) -> Charge:
    """The inverse of `charge_text`."""
    call, nano, price, is_certain = json.loads(text)
    return Charge(call, Usd(nano), price, is_certain)
