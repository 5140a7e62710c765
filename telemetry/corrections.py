"""Corrections: what charges turned out to be later, as rows that are only ever added."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.errors import StoreError
from core.money import Usd
from core.sqlite import writing
from core.usage import Charge
from telemetry.ledger_file import open_ledger
from telemetry.rollup_schema import UNPRICED
from telemetry.row import to_us

_STANDING = "SELECT nano, price, is_certain FROM standing WHERE call = ?"
_ADD = """
INSERT INTO corrections(call, at_us, nano, uncertain_nano, uncertain, unpriced, price) VALUES (?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What was corrected: `charges` of them, `difference` added to what stood (negative: they were less)."""

    charges: int
    difference: Usd


def correct(path: Path, charges: Sequence[Charge], now: datetime) -> Corrected:
    """Let these charges stand from now on, in one transaction. What is certain already stays as it is.

    A charge that stands for the same amount is corrected as well: it is known now. Made again, nothing is added.
    Raises StoreError when the ledger can not be written, ValueError for a call that it does not have.
    """
    database = open_ledger(path)
    count = difference = 0
    try:
        with writing(database):
            for charge in charges:
                found = database.conn.execute(_STANDING, (charge.call,)).fetchone()
                if found is None:
                    raise ValueError(f"the ledger has no call {charge.call}: only what was charged can be corrected")
                nano, price, is_certain = found
                if is_certain:
                    continue
                row = _row(charge, to_us(now), nano, price)
                count, difference = count + 1, difference + charge.amount.nano - nano
                database.conn.execute(_ADD, row)
    except sqlite3.Error as error:
        raise StoreError(f"can not correct {len(charges)} charges: {error}") from error
    finally:
        database.close()
    return Corrected(count, Usd(difference))


def _row(charge: Charge, now_us: int, nano: int, price: str) -> tuple[object, ...]:
    """The differences to an uncertain charge of `nano` at `price`."""
    still_uncertain = 0 if charge.is_certain else charge.amount.nano
    return (
        charge.call,
        now_us,
        charge.amount.nano - nano,
        still_uncertain - nano,
        -1 if charge.is_certain else 0,
        -1 if price.startswith(UNPRICED) else 0,
        charge.price,
    )
