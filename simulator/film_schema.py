"""The schema of a film's record: its usual form, and those that a timetable may bring."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from simulator.timetable import SchemaPart

FEE, OTHER_FEE = "license_cost", "cost"
RUNTIME = "runtime"
ANSWERS = "changed_answers.log"  # answers of the movie API in another form: a line for each part that was changed
_SIGNS = {SchemaPart.FEE_NAME: f'"{OTHER_FEE}":', SchemaPart.RUNTIME_TYPE: f'"{RUNTIME}": "'}


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


class ChangedAnswers:
    """Counts answers of the movie API in another form: the server adds them, the live world reads their number."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / ANSWERS
        self._lock = threading.Lock()

    def add(self, records: Iterable[str]) -> None:
        """Count an answer with these records, JSON as `json.dumps` writes it."""
        text = "".join(records)
        changed = [part for part, sign in _SIGNS.items() if sign in text]
        if changed:
            with self._lock, open(self._path, "a", encoding="ascii") as file:
                file.writelines(f"{part}\n" for part in changed)

    def count(self) -> Counter[SchemaPart]:
        """The answers so far by what was changed in them."""
        if not self._path.exists():
            return Counter()
        whole, _, _ = self._path.read_text(encoding="ascii").rpartition("\n")
        return Counter(SchemaPart(line) for line in whole.splitlines())
