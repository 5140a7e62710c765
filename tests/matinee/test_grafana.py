"""Grafana asks only for series and labels that exist, and for every series that exists."""

from __future__ import annotations

import json
import re

import promql_parser
import pytest

from matinee.grafana import PANELS, grafana_dashboard, queries
from telemetry.series import TABLE, WORKERS, Kind


def exposed():
    """Every name that /metrics has, with the values that its labels can take; None where they are not bounded."""
    found = {WORKERS.name: {"model": None}}
    for item in TABLE:
        labels = {name: {str(value) for value in values} for name, values in item.labels.items()}
        if item.kind is Kind.HISTOGRAM:
            found |= {f"{item.name}_bucket": labels | {"le": None}}
            found |= {f"{item.name}_sum": labels, f"{item.name}_count": labels}
        else:
            found[item.name] = labels
    return found


def selectors(query):
    """The selectors of a query, and the labels that it groups by."""
    found, groups = [], []

    def look(node):
        if isinstance(node, promql_parser.VectorSelector):
            found.append(node)
        if isinstance(node, promql_parser.AggregateExpr) and node.modifier is not None:
            groups.extend(node.modifier.labels)

    promql_parser.walk(promql_parser.parse(query), pre_visit=look)
    return found, groups


def refused(query):
    """What is wrong with a query, in words; empty when Prometheus would find everything that it asks for."""
    known, wrong = exposed(), []
    found, groups = selectors(query)
    for selector in found:
        labels = known.get(selector.name)
        if labels is None:
            wrong.append(f"no series {selector.name}")
            continue
        for matcher in selector.matchers.matchers:
            values = labels.get(matcher.name, set())
            asked = matcher.value.split("|")
            if values is not None and not values.issuperset(asked):
                wrong.append(f"no {matcher.name}={matcher.value} in {selector.name}")
        wrong += [f"no label {name} in {selector.name}" for name in groups if name not in labels]
    return wrong if found else ["asks for nothing"]


@pytest.mark.parametrize(("title", "query"), list(queries()))
def test_a_panel_asks_for_what_exists(title, query):
    assert refused(query) == []


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("sum(rate(matinee_request_total[5m]))", "no series matinee_request_total"),
        ('matinee_requests_total{status="201"}', "no status=201"),
        ('matinee_requests_total{code="200"}', "no code=200"),
        ("sum by (code) (matinee_requests_total)", "no label code"),
        ("1 + 1", "asks for nothing"),
    ],
)
def test_a_query_for_what_does_not_exist_is_found_out(query, reason):
    assert reason in refused(query)[0]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
def test_a_legend_names_only_labels_that_its_query_keeps(panel):
    for legend, query in panel.queries.items():
        named = re.findall(r"{{(\w+)}}", legend)
        assert set(named) == set(selectors(query.replace("$__rate_interval", "5m"))[1]) - {"le"}


def test_every_series_is_on_a_panel():
    asked = {selector.name for _, query in queries() for selector in selectors(query)[0]}
    missing = [item.name for item in (*TABLE, WORKERS) if not {item.name, f"{item.name}_bucket"} & asked]
    assert missing == []


def test_the_dashboard_has_each_panel_once_and_none_over_another():
    panels = json.loads(grafana_dashboard())["panels"]
    assert [panel["title"] for panel in panels] == [panel.title for panel in PANELS]
    assert len({panel["id"] for panel in panels}) == len({str(panel["gridPos"]) for panel in panels}) == len(PANELS)
