"""The schema of a film's record: its usual form, and those that a timetable may bring."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from simulator.timetable import SchemaPart

FEE, OTHER_FEE = "license_cost", "cost"
RUNTIME = "runtime"


def in_schema(record: Mapping[str, Any], changed: Collection[SchemaPart]) -> dict[str, Any]:
    """The record with the parts in `changed` in their other form and the rest in the usual one, whatever it has now.

    >>> in_schema({"runtime": 170, "license_cost": "0.09"}, [SchemaPart.FEE_NAME, SchemaPart.RUNTIME_TYPE])
    {'runtime': '170', 'cost': '0.09'}
    >>> in_schema({"runtime": "170", "cost": "0.09"}, [])
    {'runtime': 170, 'license_cost': '0.09'}
    """
    fee = OTHER_FEE if SchemaPart.FEE_NAME in changed else FEE
    runtime_type = str if SchemaPart.RUNTIME_TYPE in changed else int
    named = {fee if name in (FEE, OTHER_FEE) else name: value for name, value in record.items()}
    return named | {RUNTIME: runtime_type(record[RUNTIME])}
