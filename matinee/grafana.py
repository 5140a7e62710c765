"""Grafana's dashboard as code: what Prometheus scrapes from /metrics, as panels; `make docs` writes the JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.decision import Outcome
from core.usage import CallOutcome

WIDTH, HEIGHT, PANELS_A_ROW = 12, 8, 2
SCHEMA_VERSION = 39  # of Grafana 11; later ones read it and bring it up to date by themselves
RATE = "[$__rate_interval]"
SOURCE = {"type": "prometheus", "uid": "${source}"}


@dataclass(frozen=True)
class GrafanaPanel:
    """One panel: its title, what it says, the unit of its axis in Grafana's words, and queries by legend."""

    title: str
    says: str
    unit: str
    queries: Mapping[str, str]


def _quantile(share: float) -> str:
    return f"histogram_quantile({share}, sum by (le) (rate(matinee_request_seconds_bucket{RATE})))"


def _per_second(series: str, by: str) -> str:
    return f"sum by ({by}) (rate({series}{RATE}))"


PANELS: Sequence[GrafanaPanel] = (
    GrafanaPanel(
        "Availability",
        "Share of requests that were not answered with 500.",
        "percentunit",
        {
            "available": f'1 - (sum(rate(matinee_requests_total{{status="500"}}{RATE}))'
            f" / sum(rate(matinee_requests_total{RATE})))"
        },
    ),
    GrafanaPanel(
        "Requests by status",
        "On the public port.",
        "reqps",
        {"{{status}}": _per_second("matinee_requests_total", "status")},
    ),
    GrafanaPanel(
        "Time of a request",
        "From a request for a list to its answer; the caller waits 0.6 s at most.",
        "s",
        {"half": _quantile(0.5), "95 %": _quantile(0.95), "99 %": _quantile(0.99)},
    ),
    GrafanaPanel(
        "Lists by ranker",
        "Which ranker put films on lists; a fallback shows here.",
        "ops",
        {"{{ranker}}": f'sum by (ranker) (rate(matinee_attempts_total{{outcome="{Outcome.SERVED.value}"}}{RATE}))'},
    ),
    GrafanaPanel(
        "Rankers that failed or were late",
        "Every other end than films on the list, or a user whom the ranker does not know.",
        "ops",
        {
            "{{ranker}}, {{outcome}}": "sum by (ranker, outcome) "
            f'(rate(matinee_attempts_total{{outcome=~"{Outcome.FAILED.value}|{Outcome.LATE.value}"}}{RATE}))'
        },
    ),
    GrafanaPanel(
        "Empty lists and films filtered away",
        "Per second.",
        "ops",
        {
            "empty lists": f"sum(rate(matinee_empty_lists_total{RATE}))",
            "films, {{filter}}": _per_second("matinee_filtered_films_total", "filter"),
        },
    ),
    GrafanaPanel(
        "Decisions by fate",
        "Dropped and lost ones are not in the ledger.",
        "ops",
        {
            "{{fate}}": _per_second("matinee_decisions_total", "fate"),
            "writes tried again": f"sum(rate(matinee_ledger_retries_total{RATE}))",
        },
    ),
    GrafanaPanel(
        "Decisions that wait",
        "To be recorded, now.",
        "short",
        {"waiting": "sum(matinee_recorder_queue_decisions)"},
    ),
    GrafanaPanel(
        "Errors",
        "That nothing more exact counts.",
        "ops",
        {"{{place}}": _per_second("matinee_errors_total", "place")},
    ),
    GrafanaPanel(
        "Plays booked",
        "With their licence fee; reversed ones were corrected.",
        "ops",
        {"{{fate}}": _per_second("matinee_plays_booked_total", "fate")},
    ),
    GrafanaPanel(
        "Users understood",
        "New users whose words the worker took up.",
        "ops",
        {"{{fate}}": _per_second("matinee_descriptions_total", "fate")},
    ),
    GrafanaPanel(
        "LLM calls by outcome",
        "Those from the cache cost nothing.",
        "ops",
        {"{{outcome}}": _per_second("matinee_llm_calls_total", "outcome")},
    ),
    GrafanaPanel(
        "Cache hits",
        "Share of questions that the cache answered.",
        "percentunit",
        {
            "from the cache": f'sum(rate(matinee_llm_calls_total{{outcome="{CallOutcome.CACHED.value}"}}{RATE}))'
            f" / sum(rate(matinee_llm_calls_total{RATE}))"
        },
    ),
    GrafanaPanel(
        "LLM tokens",
        "As reported; cached input is part of the input, reasoning of the output.",
        "short",
        {"{{kind}}": _per_second("matinee_llm_tokens_total", "kind")},
    ),
    GrafanaPanel(
        "Answers not accepted, and input miscounted",
        "By what was wrong.",
        "ops",
        {
            "{{reason}}": _per_second("matinee_llm_defects_total", "reason"),
            "miscounted": f"sum(rate(matinee_llm_miscounts_total{RATE}))",
        },
    ),
    GrafanaPanel(
        "Processes by model",
        "Which version of the model they serve: a switch shows here.",
        "short",
        {"{{model}}": "sum by (model) (matinee_workers)"},
    ),
)


def queries() -> Iterator[tuple[str, str]]:
    """Every query with the title of its panel, as Prometheus gets it: Grafana's interval filled in."""
    for panel in PANELS:
        for query in panel.queries.values():
            yield panel.title, query.replace("$__rate_interval", "5m")


def grafana_dashboard() -> str:
    """deploy/grafana/matinee.json."""
    found: dict[str, Any] = {
        "uid": "matinee",
        "title": "matinee",
        "tags": ["matinee"],
        "schemaVersion": SCHEMA_VERSION,
        "editable": False,
        "timezone": "utc",
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [{"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"}]
        },
        "panels": [_panel(number, panel) for number, panel in enumerate(PANELS)],
    }
    return json.dumps(found, indent=2) + "\n"


def _panel(number: int, panel: GrafanaPanel) -> dict[str, Any]:
    row, column = divmod(number, PANELS_A_ROW)
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.says,
        "datasource": SOURCE,
        "gridPos": {"x": WIDTH * column, "y": HEIGHT * row, "w": WIDTH, "h": HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
        "targets": [
            {"refId": chr(ord("A") + place), "datasource": SOURCE, "expr": query, "legendFormat": legend}
            for place, (legend, query) in enumerate(panel.queries.items())
        ],
    }
