"""Panels of the dashboard: tables of figures with a title, the command that prints them, and how they are drawn."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from core.money import Usd

Cell = str | int | float | Usd | None
"""Text, a count, a measured number, an amount; None is not known."""


class Draw(StrEnum):
    """How a panel is drawn; its table is there in any case."""

    TILES = "tiles"  # rows of a name and a value, side by side
    STACK = "stack"  # bars over time, the drawn columns on top of each other
    LINES = "lines"  # over time
    BARS = "bars"  # a bar in each row, as long as its first drawn column says
    TABLE = "table"


@dataclass(frozen=True)
class Figures:
    """A table. `drawn` names the columns that are drawn; `notes` are sentences below it, such as what it lacks."""

    head: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    drawn: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def is_drawn(self, column: int) -> bool:
        """Whether a column is drawn."""
        return self.head[column] in self.drawn

    def share(self, row: Sequence[Cell]) -> float:
        """How long the bar of a row is, from 0 to 1: its first drawn column beside the largest in the table."""
        place = self.head.index(self.drawn[0])
        largest = max((number_of(other[place]) or Decimal(0) for other in self.rows), default=Decimal(0))
        return float(max(Decimal(0), number_of(row[place]) or Decimal(0)) / largest) if largest > 0 else 0.0


@dataclass(frozen=True)
class Panel:
    """One panel. `command` prints the same numbers. `figures` is None when there are none: `absent` says why."""

    name: str
    title: str
    says: str
    command: str
    draw: Draw
    figures: Figures | None
    absent: str = ""


@dataclass(frozen=True)
class Board:
    """All panels at a time, over the last `days` days of UTC, today included; 0: over all that there is.

    stand_ins : parts that are not real, as the doctor says.
    """

    made: datetime
    days: int
    panels: Sequence[Panel]
    stand_ins: Sequence[str]


class Boards(Protocol):
    """What the dashboard asks of the rest of the program."""

    def board(self, days: int) -> Board:
        """Everything. Never raises for a store that is absent: the panel says so."""
        ...

    def panel(self, name: str, days: int) -> Panel | None:
        """One panel; None when there is none of this name."""
        ...


def shown(cell: Cell) -> str:
    """A cell for reading."""
    if isinstance(cell, Usd):
        return f"-${Usd(-cell.nano)}" if cell.nano < 0 else f"${cell}"
    if isinstance(cell, str):
        return cell
    return "unknown" if cell is None else f"{cell:,}"


def plain(cell: Cell) -> str:
    """A cell for programs: numbers without a unit, nothing for what is not known.

    Text of strangers that a spreadsheet would take for a formula gets an apostrophe before it.

    >>> plain(Usd(76113070)), plain(None), plain("=cmd|' /C calc'!A0"), plain("heat+1995")
    ('0.07611307', '', "'=cmd|' /C calc'!A0", 'heat+1995')
    """
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(cell)
    text = "".join(character if character.isprintable() else " " for character in cell)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", " "} else text


def number_of(cell: Cell) -> Decimal | None:
    """The number of a cell; None where it has none."""
    return None if cell is None or isinstance(cell, str) else Decimal(str(cell))


def as_csv(figures: Figures) -> str:
    """The table, comma-separated."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(figures.head)
    writer.writerows([plain(cell) for cell in row] for row in figures.rows)
    return out.getvalue()
