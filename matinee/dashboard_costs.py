"""Panels of what was spent: every figure is one of the cost report."""

from __future__ import annotations

from collections.abc import Callable

from api import Draw, Figures
from core.errors import NothingToReport
from matinee.dashboard_reading import PanelSource, Reading
from telemetry import CostGroup, CostLine, CostTable, View

FILMS_SHOWN = 15
OTHER_FILMS = "(all other films)"


def _lines(table: CostTable) -> dict[str, CostLine]:
    if not table.lines:
        raise NothingToReport("nothing of this time is in the ledger")
    return dict(table.lines)


def _total(reading: Reading) -> Figures:
    table = reading.by(reading.times)
    _lines(table)
    line = table.total
    lacking = f"{line.unpriced_plays:,} plays without a known fee are in no sum" if line.unpriced_plays else ""
    return Figures(
        ("what", "dollars or number"),
        [
            ("all costs", line.total),
            ("licences, from lists", line.attributed),
            ("licences, organic", line.organic),
            ("LLM", line.llm),
            ("a recommendation", line.per_list),
            ("expected of a recommendation", line.expected_per_list),
            ("a play", line.per_play),
            ("recommendations", line.lists),
            ("plays from lists", line.plays),
            ("organic plays", line.organic_plays),
        ],
        notes=(lacking,) if lacking else (),
    )


def _over_time(reading: Reading) -> Figures:
    lines = _lines(reading.by(reading.times))
    return Figures(
        (reading.times.value, "from lists", "organic", "LLM", "total", "expected", "recommendations", "plays"),
        [
            (
                *(key, line.attributed, line.organic, line.llm, line.total),
                line.expected if line.lists > line.unpriced_lists else None,
                *(line.lists, line.plays + line.organic_plays),
            )
            for key, line in lines.items()
        ],
        drawn=("from lists", "organic", "LLM"),
    )


def _each(reading: Reading) -> Figures:
    return Figures(
        (reading.times.value, "a recommendation", "expected", "a play"),
        [
            (key, line.per_list, line.expected_per_list, line.per_play)
            for key, line in _lines(reading.by(reading.times)).items()
        ],
        drawn=("a recommendation", "expected"),
    )


def _by(group: CostGroup) -> Callable[[Reading], Figures]:
    """What a recommendation of each group costs, with what it bears of the LLM."""

    def read(reading: Reading) -> Figures:
        lines = sorted(_lines(reading.by(group, View.AMORTISED)).items(), key=lambda item: -item[1].total.nano)
        return Figures(
            (group.value, "a recommendation", "expected", "recommendations", "plays", "from lists", "LLM"),
            [
                (key, line.per_list, line.expected_per_list, line.lists, line.plays, line.attributed, line.llm)
                for key, line in lines
                if line.lists or line.llm.nano  # what came from no list says nothing of lists
            ],
            drawn=("a recommendation",),
        )

    return read


def _films(reading: Reading) -> Figures:
    lines = {key: line for key, line in _lines(reading.by(CostGroup.FILM)).items() if line.licence.nano}
    if not lines:
        raise NothingToReport("no play with a known fee in this time")
    ranked = sorted(lines.items(), key=lambda item: (-item[1].licence.nano, item[0]))
    shown, others = ranked[:FILMS_SHOWN], ranked[FILMS_SHOWN:]
    if others:
        shown.append((OTHER_FILMS, sum((line for _, line in others), CostLine())))
    return Figures(
        ("film", "licences", "plays", "of them from lists", "a play"),
        [(film, line.licence, line.plays + line.organic_plays, line.plays, line.per_play) for film, line in shown],
        drawn=("licences",),
    )


def _led_to(reading: Reading) -> Figures:
    return Figures(
        (reading.times.value, "plays from lists a hundred lists", "share of plays from lists, %"),
        [
            (
                key,
                round(100 * line.plays / line.lists, 2) if line.lists else None,
                round(100 * line.plays / (line.plays + line.organic_plays), 2)
                if line.plays + line.organic_plays
                else None,
            )
            for key, line in _lines(reading.by(reading.times)).items()
        ],
        drawn=("plays from lists a hundred lists", "share of plays from lists, %"),
    )


def _unknown(reading: Reading) -> Figures:
    found = reading.costs.unknown(reading.span)
    return Figures(
        ("what", "number"),
        [
            (f"films on lists without a fee, of {found.films:,}", found.unknown_fees),
            ("lists of only such films", found.unpriced_lists),
            ("plays without a known fee, in no sum", found.unpriced_plays),
            ("calls that may have cost less than is charged", found.uncertain_calls),
            ("at most so much less", found.uncertain),
            ("calls of a model without a price, in quarantine", found.unpriced_calls),
            ("lists answered and not recorded", found.dropped),
            ("lists that plays were not looked up for yet", found.unbooked),
            ("rows that contradict the ledger", found.conflicts),
        ],
    )


_REPORT = "matinee cost report --by "
COST_PANELS = (
    PanelSource(
        "total",
        "What it cost",
        "All that was spent in this time, and what one of each cost.",
        _REPORT + "{times}{since}",
        Draw.TILES,
        _total,
    ),
    PanelSource(
        "costs",
        "Cost over time, by part",
        "Licence fees of plays that came from a list, of all others, and calls of language models on their day.",
        _REPORT + "{times}{since}",
        Draw.STACK,
        _over_time,
    ),
    PanelSource(
        "each",
        "A recommendation",
        "What one did cost, and what its licences were expected to cost when it was made.",
        _REPORT + "{times}{since}",
        Draw.LINES,
        _each,
    ),
    PanelSource(
        "led-to",
        "What recommendations lead to",
        "Plays that came from a list within a day, by time.",
        "matinee dashboard led-to --days {days}",
        Draw.LINES,
        _led_to,
    ),
    *(
        PanelSource(
            f"by-{group}",
            f"A recommendation, by {title}",
            f"Licences of the plays it led to and its share of the LLM. {more}".rstrip(),
            f"{_REPORT}{group} --view amortised{{since}}",
            Draw.BARS,
            _by(group),
        )
        for group, title, more in (
            (CostGroup.ARM, "arm", "Without an experiment, differences may be chance."),
            (CostGroup.MODEL, "model", ""),
            (CostGroup.RANKER, "ranker", "The ranker of its first film."),
            (CostGroup.USER_KIND, "kind of user", "Warm: by what they watched; described: by what they wrote."),
        )
    ),
    PanelSource(
        "films",
        "Films by spend",
        "Where the licence fees went.",
        _REPORT + "film{since}",
        Draw.BARS,
        _films,
    ),
    PanelSource(
        "unknown",
        "What is not known",
        "So that no sum looks more complete than it is.",
        _REPORT + "{times} --json{since}",
        Draw.TABLE,
        _unknown,
    ),
)
