"""Panels of how the service does: speed, answers, the language model, the cold start, models, data."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict

from api import Draw, Figures
from cf import Registry
from core.errors import NothingToReport
from core.money import Usd
from ingest import EventReader, RejectedLines
from llm import Tastes
from matinee import cost_llm
from matinee.dashboard_reading import PanelSource, Reading
from telemetry import REQUESTS, CallGroup, CallTotals, CostGroup, View, counted, quantile_us, read_metrics

QUANTILES = {"half within": 0.5, "95 % within": 0.95, "99 % within": 0.99}
SWITCHES_SHOWN = 10


def _speed(reading: Reading) -> Figures:
    speeds = reading.costs.speeds(reading.times, reading.span)
    if not speeds:
        raise NothingToReport("no list was answered in this time")
    quantiles = {
        key: [quantile_us(buckets, share) for share in QUANTILES.values()] for key, buckets in speeds.items()
    }
    return Figures(
        (reading.times.value, *(f"{name}, ms" for name in QUANTILES), "recommendations"),
        [
            (key, *(None if bound is None else bound / 1000 for bound in bounds), sum(speeds[key].values()))
            for key, bounds in sorted(quantiles.items())
        ],
        drawn=tuple(f"{name}, ms" for name in QUANTILES),
        notes=("Bounds of the buckets of matinee_request_seconds; the caller waits 600 ms.",),
    )


def _answers(reading: Reading) -> Figures:
    found = counted(REQUESTS, read_metrics(reading.settings.home / "metrics"))
    total = sum(found.values())
    if not total:
        raise NothingToReport("no request was counted since the service started")
    failed = found["500",]
    return Figures(
        ("status", "requests", "share, %"),
        [(status, count, round(100 * count / total, 4)) for (status,), count in found.items() if count],
        drawn=("requests",),
        notes=(f"Since the service started. Available: {100 * (1 - failed / total):.4f} % (all but 500).",),
    )


def _calls_head(by: str) -> tuple[str, ...]:
    return by, "calls", "from cache", "input", "of it cached", "output", "of it reasoning", "charged", "uncertain"


def _calls_row(name: str, found: CallTotals) -> tuple[str | int | Usd, ...]:
    tokens = found.input_tokens, found.cached_tokens, found.output_tokens, found.reasoning_tokens
    return name, found.calls, found.hits, *tokens, found.charged, found.uncertain


def _calls(reading: Reading, group: CallGroup, *drawn: str) -> Figures:
    groups = reading.calls.totals(group, reading.span)
    if not groups:
        raise NothingToReport("no call of a language model is in the ledger for this time")
    rows = [_calls_row(name, found) for name, found in groups.items()]
    return Figures(_calls_head(group.value), rows, drawn)


def _tokens(reading: Reading) -> Figures:
    return _calls(reading, CallGroup.DAY, "input", "of it cached", "output", "of it reasoning")


def _outcomes(reading: Reading) -> Figures:
    return _calls(reading, CallGroup.OUTCOME, "calls")


def _budget(reading: Reading) -> Figures:
    spending = cost_llm.spending(reading.settings, reading.now)
    limit = reading.settings.llm_day_usd
    if spending is None:
        raise NothingToReport("no worker has run yet")
    return Figures(
        ("what", "dollars"),
        [
            ("LLM, spent today", spending.spent),
            ("reserved for calls in flight", spending.reserved),
            ("limit of a day", limit),
        ],
        drawn=("dollars",),
        notes=(f"{spending.spent.nano / limit.nano:.1%} of today's limit is spent.",) if limit.nano else (),
    )


def _funnel(reading: Reading) -> Figures:
    with closing(EventReader(reading.settings.events_db)) as reader:
        accounts = reader.counts()["accounts"]
    understood = films = None
    if reading.settings.work_db.exists():
        with closing(Tastes(reading.settings.work_db)) as tastes:
            understood, films = asdict(tastes.counts()).values()
    kinds = reading.by(CostGroup.USER_KIND, View.AMORTISED).lines  # as another panel has it
    lists = kinds["described"].lists if "described" in kinds else 0
    return Figures(
        ("step", "number"),
        [
            ("accounts created in the log", accounts),
            ("users understood from what they wrote", understood),
            ("of these, with films by name", films),
            ("recommendations by taste, in this time", lists),
        ],
        drawn=("number",),
        notes=("Users of all times. Understood are also those from before the log, who created no account in it.",),
    )


def _switches(reading: Reading) -> Figures:
    entries = Registry(reading.settings.models).history()
    if not entries:
        raise NothingToReport("no model was published: run matinee train")
    newest = entries[::-1][:SWITCHES_SHOWN]
    return Figures(
        ("at", "model", "what", "by", "reason"),
        [tuple(entry[name] for name in ("at", "version", "what", "by", "reason")) for entry in newest],
        notes=(f"The newest {len(newest)} of {len(entries):,}, the one that serves first.",),
    )


def _rejected(reading: Reading) -> Figures:
    with closing(RejectedLines(reading.settings.events_db)) as lines:
        found = lines.counts()
    if not found:
        raise NothingToReport("no line was rejected")
    rows = [(reason.value, count) for reason, count in found.items()]
    return Figures(("reason", "lines"), rows, drawn=("lines",), notes=("Of all times.",))


def _rows(reading: Reading) -> Figures:
    with closing(EventReader(reading.settings.events_db)) as reader:
        return Figures(("table", "rows"), list(reader.counts().items()), drawn=("rows",))


SERVICE_PANELS = (
    PanelSource(
        "speed",
        "Speed of a recommendation",
        "From the request to its answer, as measured in the service.",
        "matinee dashboard speed --days {days}",
        Draw.LINES,
        _speed,
    ),
    PanelSource(
        "answers",
        "Answers",
        "Requests on the public port by status.",
        "matinee dashboard answers",
        Draw.BARS,
        _answers,
    ),
    PanelSource(
        "tokens",
        "Tokens",
        "What calls of language models used; cached input is part of the input, reasoning of the output.",
        "matinee cost llm --by day{since}",
        Draw.LINES,
        _tokens,
    ),
    PanelSource(
        "outcomes",
        "Calls and cache hits, by outcome",
        "Answers from the cache are no calls and cost nothing.",
        "matinee cost llm --by outcome{since}",
        Draw.BARS,
        _outcomes,
    ),
    PanelSource("budget", "Budget", "Today's LLM budget.", "matinee cost llm", Draw.BARS, _budget),
    PanelSource(
        "cold-start",
        "Cold start",
        "From a new account to a list by what its user wrote.",
        "matinee dashboard cold-start --days {days}",
        Draw.BARS,
        _funnel,
    ),
    PanelSource(
        "models",
        "Models and switches",
        "Which model was let serve, when, and why.",
        "matinee models history",
        Draw.TABLE,
        _switches,
    ),
    PanelSource(
        "rejected",
        "Rejected lines",
        "Lines of the log that could not be used: each is kept with its reason.",
        "matinee ingest rejected",
        Draw.BARS,
        _rejected,
    ),
    PanelSource("rows", "Data", "Rows of what the log told.", "matinee doctor", Draw.BARS, _rows),
)
