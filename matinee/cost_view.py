"""How the cost report is shown: one table as text, Markdown, CSV or JSON, with stable keys."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from core.money import Usd
from telemetry import LISTS_AT_LARGE, CostLine, CostTable, per

Cells = Sequence[str]

_UNKNOWN = "unknown"


def line_as_json(line: CostLine) -> dict[str, Any]:
    """A line with stable keys; amounts are dollars as text, exact; null is unknown."""
    return {
        "lists": line.lists,
        "films": line.films,
        "plays_attributed": line.plays,
        "plays_organic": line.organic_plays,
        "llm_calls": line.calls,
        "licence_expected_usd": _expected(line),
        "licence_attributed_usd": str(line.attributed),
        "licence_organic_usd": str(line.organic),
        "llm_usd": str(line.llm),
        "total_usd": str(line.total),
        "per_recommendation_usd": _text(line.per_list),
        "expected_per_recommendation_usd": _text(line.expected_per_list),
        "per_play_usd": _text(line.per_play),
        "films_without_fee": line.unknown_fees,
        "lists_without_fee": line.unpriced_lists,
        "plays_without_fee": line.unpriced_plays,
        "llm_uncertain_usd": str(line.uncertain),
    }


def table_as_json(table: CostTable) -> dict[str, Any]:
    """The whole report: its lines by key in order, and their sum."""
    total = line_as_json(table.total) | {
        "active_users": table.active_users,
        "per_active_user_usd": _text(table.per_active_user),
    }
    lines = {key: line_as_json(line) for key, line in table.lines.items()}
    if LISTS_AT_LARGE in lines:
        lines[LISTS_AT_LARGE]["per_recommendation_usd"] = None  # what they led to is in other lines
    for day, users in table.active_by_day.items():
        if day in table.lines:
            per_user = per(table.lines[day].total, users)
            lines[day] |= {"active_users": users, "per_active_user_usd": _text(per_user)}
    return {"by": table.by, "view": table.view, "lines": lines, "total": total}


HEAD = (
    "", "lists", "expected", "attributed", "organic", "LLM", "total", "a list", "plays", "a play", "without fee",
)  # fmt: skip


def rows(table: CostTable) -> list[Cells]:
    """The report as text cells, the head first and the sum last. Amounts in dollars, all nine digits that count."""
    body = [_cells(key, line) for key, line in table.lines.items()]
    head = (table.by, *HEAD[1:])
    return [head, *body, _cells("total", table.total)]


def as_text(cells: Sequence[Cells]) -> str:
    """Columns for reading, the first to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        f"{row[0]:<{widths[0]}}  "
        + "  ".join(f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in cells
    )


def as_markdown(cells: Sequence[Cells]) -> str:
    """A Markdown table."""
    head, *body = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in cells]
    return "\n".join([head, f"|{' --- |' * len(cells[0])}", *body])


def as_csv(table: CostTable) -> str:
    """Comma-separated, with the keys of JSON; an unknown figure is empty. The sum is not among the rows."""
    out = io.StringIO()
    found: Mapping[str, Mapping[str, Any]] = table_as_json(table)["lines"]
    writer = csv.DictWriter(out, [table.by, *line_as_json(CostLine())], extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for key, line in found.items():
        writer.writerow({table.by: key, **line})
    return out.getvalue()


def dollars(amount: Usd | None) -> str:
    """An amount for a sentence."""
    return _UNKNOWN if amount is None else f"${amount}"


def nano(amount: int) -> str:
    """Billionths of a dollar as dollars."""
    return str(Usd(amount))


def _cells(key: str, line: CostLine) -> Cells:
    return (
        key,
        f"{line.lists:,}",
        _expected(line) or ("-" if not line.lists else _UNKNOWN),
        str(line.attributed),
        str(line.organic),
        str(line.llm),
        str(line.total),
        "-" if key == LISTS_AT_LARGE else _text(line.per_list) or "-",
        f"{line.plays + line.organic_plays:,}",
        _text(line.per_play) or "-",
        f"{line.unpriced_plays:,}",
    )


def _expected(line: CostLine) -> str | None:
    """None where no list had a film with a known fee."""
    return str(line.expected) if line.lists > line.unpriced_lists else None


def _text(amount: Usd | None) -> str | None:
    return None if amount is None else str(amount)
