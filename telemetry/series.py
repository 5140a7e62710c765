"""The metric table: every series that the service exposes, with its unit, help and all values of its labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product

from core.decision import Outcome
from core.usage import CallOutcome


class Kind(StrEnum):
    """What a series is, in the words of Prometheus."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True)
class Series:
    """One metric. `labels` maps each label to every value that it can take, so the number of series is known.

    `buckets_us` are the upper bounds of a histogram in microseconds; it is exposed in seconds.
    """

    name: str
    kind: Kind
    help: str
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    buckets_us: tuple[int, ...] = ()

    def label_values(self) -> Iterator[tuple[str, ...]]:
        """Every combination of label values, in order; one empty combination when there are no labels."""
        return product(*self.labels.values())

    def width(self) -> int:
        """Numbers kept for each combination: a histogram has its buckets, the one beyond them, and its sum."""
        return len(self.buckets_us) + 2 if self.kind is Kind.HISTOGRAM else 1


OTHER = "other"  # a value that the table does not list is counted here, so that no label can grow without bound
STATUSES = ("200", "400", "404", "405", "414", "500", OTHER)
RANKERS = ("blend", "taste", "popularity", "last resort", "viewer", "recommender", OTHER)
FILTERS = ("seen", "disliked", "age", OTHER)
PLACES = (
    "request",
    "recorder",
    "fees",
    "model",
    "refresh",
    "tastes",
    "queue",
    "job",
    "llm",
    "delivery",
    "booking",
    OTHER,
)
FATES = (
    "by titles",
    "with the model",
    "by titles, rest left open",
    "no text",
    "failed, to be tried again",
    OTHER,
)
TOKENS = ("input", "cached input", "output", "reasoning output")

REQUESTS = Series(
    "matinee_requests_total", Kind.COUNTER, "Requests on the public port, by status.", {"status": STATUSES}
)
REQUEST_SECONDS = Series(
    "matinee_request_seconds",
    Kind.HISTOGRAM,
    "Time from a request for a list to its answer; the caller waits 0.6 s at most.",
    buckets_us=(
        100,
        250,
        500,
        1000,
        2500,
        5000,
        10_000,
        25_000,
        50_000,
        100_000,
        250_000,
        400_000,
        600_000,
        1_000_000,
    ),
)
ATTEMPTS = Series(
    "matinee_attempts_total",
    Kind.COUNTER,
    "Tries of a ranker at a list, by how they ended; a fallback shows here.",
    {"ranker": RANKERS, "outcome": tuple(Outcome)},
)
FILTERED = Series(
    "matinee_filtered_films_total",
    Kind.COUNTER,
    "Films that rankers offered and a filter took away.",
    {"filter": FILTERS},
)
EMPTY_LISTS = Series("matinee_empty_lists_total", Kind.COUNTER, "Requests answered with no film at all.")
DECISIONS = Series(
    "matinee_decisions_total",
    Kind.COUNTER,
    "Decisions by what became of them: recorded in the ledger, dropped because more came than could be kept,"
    " or lost to a defect or to a ledger that failed until the end.",
    {"fate": ("recorded", "dropped", "lost")},
)
LEDGER_RETRIES = Series(
    "matinee_ledger_retries_total", Kind.COUNTER, "Writes to the ledger that failed and were tried again."
)
QUEUE = Series("matinee_recorder_queue_decisions", Kind.GAUGE, "Decisions that wait to be recorded.")
ERRORS = Series(
    "matinee_errors_total", Kind.COUNTER, "Errors that nothing more exact counts, by place.", {"place": PLACES}
)
DEFECTS = (
    "empty",
    "too long",
    "no JSON",
    "wrong form",
    "unknown film",
    "film twice",
    "too many films",
    "cut off",
    "refused",
    OTHER,
)
BOOKED = Series(
    "matinee_plays_booked_total",
    Kind.COUNTER,
    "Plays that were booked with their licence fee, and bookings that were reversed as more became known.",
    {"fate": ("booked", "reversed")},
)
UNDERSTOOD = Series(
    "matinee_descriptions_total",
    Kind.COUNTER,
    "Users whose words the worker took up, by what became of it.",
    {"fate": FATES},
)
LLM_CALLS = Series(
    "matinee_llm_calls_total",
    Kind.COUNTER,
    "Calls of the language model by how they ended; cached ones cost nothing.",
    {"outcome": tuple(CallOutcome)},
)
LLM_TOKENS = Series(
    "matinee_llm_tokens_total",
    Kind.COUNTER,
    "Tokens of calls that were made, as reported; cached input is part of the input, reasoning of the output.",
    {"kind": TOKENS},
)
LLM_DEFECTS = Series(
    "matinee_llm_defects_total", Kind.COUNTER, "Answers that were not accepted, by reason.", {"reason": DEFECTS}
)
LLM_MISCOUNTS = Series(
    "matinee_llm_miscounts_total",
    Kind.COUNTER,
    "Calls whose input, as counted before, differed from what was reported by more than 2 %.",
)

TABLE = (
    REQUESTS,
    REQUEST_SECONDS,
    ATTEMPTS,
    FILTERED,
    EMPTY_LISTS,
    DECISIONS,
    LEDGER_RETRIES,
    QUEUE,
    ERRORS,
    BOOKED,
    UNDERSTOOD,
    LLM_CALLS,
    LLM_TOKENS,
    LLM_DEFECTS,
    LLM_MISCOUNTS,
)

WORKERS = Series(
    "matinee_workers", Kind.GAUGE, "Processes that answer requests, by the version of the model they serve."
)
"""Not in TABLE: model versions are not known beforehand; there are as many series as versions live at once."""


def metric_table() -> str:
    """All series as a Markdown table."""
    rows = [f"| `{item.name}` | {item.kind} | {_labels(item)} | {item.help} |" for item in TABLE]
    rows.append(f"| `{WORKERS.name}` | {WORKERS.kind} | `model` | {WORKERS.help} |")
    return "\n".join(["| series | type | labels | what it says |", "| --- | --- | --- | --- |", *rows]) + "\n"


def _labels(series: Series) -> str:
    return ", ".join(f"`{name}`: {', '.join(values)}" for name, values in series.labels.items())
