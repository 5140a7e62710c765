"""The comparison of a live run as the simulated site knows it with what our stores have of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.events import AccountCreated, MinuteWatched, RatingGiven, RecommendationRequested
from core.ids import MovieId
from core.money import Usd
from ingest import parse_line
from matinee.measured import Measured
from simulator import SPOILT, InvoiceLine, Totals

FEES, LLM_COST = "licence fees, USD", "LLM cost, USD"  # figures in billionths, told in dollars
TAKEN_UP = "of them understood"  # or found to have written nothing


@dataclass(frozen=True)
class LogPart:
    """The lines of a run: what was written to the log, and what should have been."""

    written: frozenset[str]
    right: frozenset[str]

    @classmethod
    def since(cls, log: Path, begin: int, spoilt_begin: int) -> LogPart:
        """What stands in the log, and in the list of spoilt lines, behind these bytes."""
        written = frozenset(_lines(log, begin))
        pairs = [pair.split("\t") for pair in _lines(log.with_name(SPOILT), spoilt_begin)]
        return cls(written, written.difference(wrong for _, wrong in pairs).union(right for right, _ in pairs))


def size(path: Path) -> int:
    """Bytes of a file, 0 when there is none."""
    return path.stat().st_size if path.exists() else 0


def _lines(path: Path, begin: int) -> list[str]:
    if not path.exists():
        return []
    with open(path, "rb") as file:
        file.seek(begin)
        return file.read().decode("utf-8", "replace").split("\n")[:-1]


def spoilt_effect(part: LogPart, fees: Mapping[MovieId, Usd], stars_max: int) -> dict[str, int]:
    """What the spoilt lines of a run add to each figure of it: mostly less than nothing.

    A spoilt line may be rejected, or be read as something else that nobody did: another user, another film.
    fees : of a play of each film whose fee is known, as we know it.
    """
    as_written, as_right = (_figures(lines, fees, stars_max) for lines in (part.written, part.right))
    return {name: as_written[name] - right for name, right in as_right.items()}


def _figures(lines: Iterable[str], fees: Mapping[MovieId, Usd], stars_max: int) -> dict[str, int]:
    """The figures of a log, line by line; what a line repeats is counted once."""
    requests, minutes, ratings, accounts = set(), set(), set(), set()
    for line in lines:
        match parse_line(line.encode(), stars_max):
            case RecommendationRequested() as request:
                requests.add(request)
            case MinuteWatched(user=user, movie=movie, minute=minute):
                minutes.add((user, movie, minute))
            case RatingGiven(user=user, movie=movie):
                ratings.add((user, movie))
            case AccountCreated(user=user):
                accounts.add(user)
    plays = {(user, movie) for user, movie, _ in minutes}
    return {
        "requests": len(requests),
        "plays": len(plays),
        "minutes": len(minutes),
        "ratings": len(ratings),
        "accounts": len(accounts),
        FEES: sum(fees[movie].nano for _, movie in plays if movie in fees),
    }


@dataclass(frozen=True)
class Billed:
    """What the provider of the language model bills, by its own invoice."""

    calls: int
    tokens: int
    cost: Usd

    @classmethod
    def of(cls, lines: Iterable[InvoiceLine]) -> Billed:
        kept = list(lines)
        return cls(
            len(kept), sum(line.input + line.output for line in kept), Usd(sum(line.cost_nano for line in kept))
        )


@dataclass(frozen=True)
class Row:
    """A figure as the site knows it, what spoilt lines add to it, and as we have it."""

    name: str
    true: int
    spoilt: int
    measured: int

    def agrees(self) -> bool:
        return self.true + self.spoilt == self.measured


@dataclass(frozen=True)
class Comparison:
    """The same run as the simulated site knows it and as our stores have it.

    spoilt : see `spoilt_effect`. prices_changed : fees can not agree then, as we learn a fee later than it holds.
    """

    true: Totals
    billed: Billed
    measured: Measured
    spoilt: Mapping[str, int]
    prices_changed: bool = False

    def rows(self) -> list[Row]:
        """Figures of which each must be equal when spoilt lines are taken into account. The fees stand last."""
        true, billed, measured = self.true, self.billed, self.measured
        pairs = [
            ("requests", true.requests, measured.requests),
            ("plays", true.plays, measured.plays),
            ("minutes", true.minutes, measured.minutes),
            ("ratings", true.ratings, measured.ratings),
            ("accounts", true.accounts, measured.accounts),
            (TAKEN_UP, true.accounts, measured.taken_up),
            ("LLM calls", billed.calls, measured.llm_calls),
            ("LLM tokens", billed.tokens, measured.llm_tokens),
            (LLM_COST, billed.cost.nano, measured.llm_cost.nano),
            (FEES, true.fees.nano, measured.fees.nano),
        ]
        spoilt = {**self.spoilt, TAKEN_UP: self.spoilt["accounts"]}
        return [Row(name, one, spoilt.get(name, 0), other) for name, one, other in pairs]

    def agrees(self) -> bool:
        """Whether all rows agree, and every answered request is a decision. Fees are left out when prices changed."""
        rows = self.rows()[:-1] if self.prices_changed else self.rows()
        return all(row.agrees() for row in rows) and self.true.answered == self.measured.decisions

    def table(self) -> list[str]:
        """Lines for reading; the column of spoilt lines is there when they make a difference."""
        rows, differs = self.rows(), any(self.spoilt.values())
        heads = ["true", *(["spoilt lines"] if differs else []), "measured"]
        lines = [_line("", heads) + "   (true: known to the simulated site, a stand-in)"]
        for row in rows:
            figures = [row.true, *([row.spoilt] if differs else []), row.measured]
            lines.append(_line(row.name, map(Usd, figures) if row.name in (FEES, LLM_COST) else figures))
        if self.prices_changed:
            lines.append(
                "  prices changed meanwhile: fees are not compared, since we learn a fee later than it holds"
            )
        return lines


def _line(name: str, values: Iterable[object]) -> str:
    return f"  {name:<18}" + "".join(f"{value!s:>16}" for value in values)
