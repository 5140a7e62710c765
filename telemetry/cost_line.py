"""Lines of a cost report: what lists were expected to cost, what plays and calls did cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum

from core.money import Usd
from telemetry.span import Span

ORGANIC = "(organic: of no list)"
NOT_USED = "(LLM: used by no list yet)"
LLM_AT_LARGE = "(LLM: not of one)"
LISTS_AT_LARGE = "(lists: not of one)"
LICENCES_AT_LARGE = "(licences: not of one)"
"""Keys of lines for what a grouping can not tell apart, so that the lines are always all that there is."""

_NOTHING = Usd(0)


class CostGroup(StrEnum):
    """By what costs are added up. All but day, hour, film and prompt are of the list: its segment."""

    DAY = "day"  # UTC, as 2026-11-20
    HOUR = "hour"  # UTC, as 2026-11-20T07
    ARM = "arm"
    MODEL = "model"  # that made the list
    RANKER = "ranker"  # of the first film on the list
    USER_KIND = "user-kind"
    PROMPT = "prompt"
    FILM = "film"


class View(StrEnum):
    """When LLM charges count: on the day of the call, or with the lists that used what came of it."""

    CASH = "cash"
    AMORTISED = "amortised"


@dataclass(frozen=True, slots=True)
class CostLine:
    """Costs of a group. Each `unpriced` or `unknown` says what the amount beside it lacks.

    lists, films : lists answered and films on them. expected : licence fees by pick probabilities, without those of
        `unknown_fees` films; `unpriced_lists` had no film with a known fee.
    plays, organic_plays : attributed to a list, or to none. attributed, organic : their fees, without those of
        `unpriced_plays`, of both kinds, which are not known yet.
    calls : of language models that were made. llm : what they cost, or what of it lists bear (View.AMORTISED).
        uncertain : the part of `llm` that may turn out less; known in the view of cash.
    """

    lists: int = 0
    films: int = 0
    expected: Usd = _NOTHING
    unpriced_lists: int = 0
    unknown_fees: int = 0
    plays: int = 0
    organic_plays: int = 0
    unpriced_plays: int = 0
    attributed: Usd = _NOTHING
    organic: Usd = _NOTHING
    calls: int = 0
    llm: Usd = _NOTHING
    uncertain: Usd = _NOTHING

    def __add__(self, other: CostLine) -> CostLine:
        return CostLine(*(getattr(self, item.name) + getattr(other, item.name) for item in fields(self)))

    @property
    def licence(self) -> Usd:
        """Fees of all plays."""
        return self.attributed + self.organic

    @property
    def total(self) -> Usd:
        """All that it did cost."""
        return self.licence + self.llm

    @property
    def per_list(self) -> Usd | None:
        """What one recommendation did cost: the fees of plays that came from it, and the LLM. None without any."""
        return per(self.attributed + self.llm, self.lists)

    @property
    def expected_per_list(self) -> Usd | None:
        """What one recommendation is expected to cost in fees, over those with a known one. None without any."""
        return per(self.expected, self.lists - self.unpriced_lists)

    @property
    def per_play(self) -> Usd | None:
        """The fee of one play, over those with a known one. None without any."""
        return per(self.licence, self.plays + self.organic_plays - self.unpriced_plays)


@dataclass(frozen=True)
class CostTable:
    """A report: its lines in order, whose sum is `total`, exactly.

    active_users : who got a list in the time; None where nobody counted (CostReport.with_users) or that is
        not kept, for spans that are not of whole days.
    active_by_day : the same by day, for CostGroup.DAY.
    """

    by: str
    view: View
    span: Span
    lines: Mapping[str, CostLine]
    active_users: int | None = None
    active_by_day: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> CostLine:
        return sum(self.lines.values(), CostLine())

    @property
    def per_active_user(self) -> Usd | None:
        """What one user who got a list did cost; None when there was none, or how many is not known."""
        return per(self.total.total, self.active_users or 0)

    def regrouped(self, by: str, name_of: Callable[[str], str]) -> CostTable:
        """The same costs by another name of each line; lines of one name become one. Names in brackets stay."""
        lines: dict[str, CostLine] = {}
        for key, line in self.lines.items():
            name = key if key.startswith("(") else name_of(key)
            lines[name] = lines.get(name, CostLine()) + line
        return CostTable(by, self.view, self.span, dict(sorted(lines.items())), self.active_users)


def per(amount: Usd, count: int) -> Usd | None:
    """An amount over a count, rounded half to even at a billionth; None when there is nothing to share it.

    >>> per(Usd(10), 4), per(Usd(10), 0)
    (Usd(nano=2), None)
    """
    if count <= 0:
        return None
    quotient, rest = divmod(amount.nano, count)
    return Usd(quotient + (2 * rest > count or (2 * rest == count and quotient % 2 == 1)))
