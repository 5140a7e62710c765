from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.decision import Attempt, Outcome, Ranking
from core.errors import StoreError
from core.usage import CallOutcome, CountSource, Usage
from telemetry import Metrics, clear_metrics, exposition, metric_table, open_metrics, read_metrics
from telemetry.metric_files import MetricFile
from telemetry.metrics import LENGTH, model_of
from telemetry.series import TABLE, WORKERS

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def exposed(*processes: Metrics, alive=True) -> dict[str, float]:
    text = exposition([MetricFile(process._cells, alive) for process in processes]).decode()
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def a_usage(outcome: CallOutcome) -> Usage:
    model, source = "gpt-4o-mini", CountSource.REPORTED
    return Usage("c", NOON, "openai", "chat", model, model, "p", None, 1, outcome, source, 300, 128, 20, 4, 900)


def test_a_decision_is_counted_by_attempt_and_filter(metrics, decisions):
    attempts = (Attempt("blend", Outcome.LATE, 0, 9), Attempt("popularity", Outcome.SERVED, 20, 9))
    ranking = Ranking(("heat+1995",), "m", attempts, (("seen", 3), ("age", 2)))
    metrics.decided(decisions.one(ranking=ranking, elapsed_us=300))
    seen = exposed(metrics)
    assert seen['matinee_attempts_total{outcome="out of time",ranker="blend"}'] == 1
    assert seen['matinee_attempts_total{outcome="served",ranker="popularity"}'] == 1
    assert seen['matinee_filtered_films_total{filter="seen"}'] == 3
    assert seen["matinee_empty_lists_total"] == 0


def test_an_empty_list_is_counted(metrics, decisions):
    metrics.decided(decisions.one(()))
    assert exposed(metrics)["matinee_empty_lists_total"] == 1


def test_values_that_the_table_does_not_list_are_counted_as_other(metrics, decisions):
    ranking = Ranking(("heat+1995",), "m", (Attempt("a new ranker", Outcome.SERVED, 1, 9),), (("a new filter", 4),))
    metrics.decided(decisions.one(ranking=ranking))
    metrics.answered(418)
    seen = exposed(metrics)
    assert seen['matinee_attempts_total{outcome="served",ranker="other"}'] == 1
    assert seen['matinee_filtered_films_total{filter="other"}'] == 4
    assert seen['matinee_requests_total{status="other"}'] == 1


def test_a_time_falls_into_the_buckets_from_its_bound_up(metrics, decisions):
    for elapsed_us in (100, 101, 2_000_000):
        metrics.decided(decisions.one(elapsed_us=elapsed_us))
    seen = exposed(metrics)
    assert seen['matinee_request_seconds_bucket{le="0.0001"}'] == 1
    assert seen['matinee_request_seconds_bucket{le="0.00025"}'] == 2
    assert seen['matinee_request_seconds_bucket{le="1.0"}'] == 2
    assert seen['matinee_request_seconds_bucket{le="+Inf"}'] == seen["matinee_request_seconds_count"] == 3
    assert seen["matinee_request_seconds_sum"] == pytest.approx(2.000201)


def test_processes_are_added_up_and_a_dead_one_keeps_its_counts_but_not_its_gauges(metrics):
    other = Metrics([0] * LENGTH)
    for process in (metrics, other):
        process.kept("recorded", 5)
        process.waiting(7)
        process.serves("m")
    files = [MetricFile(metrics._cells, True), MetricFile(other._cells, False)]
    text = exposition(files).decode()
    assert 'matinee_decisions_total{fate="recorded"} 10.0' in text
    assert "matinee_recorder_queue_decisions 7.0" in text
    assert 'matinee_workers{model="m"} 1.0' in text


def test_every_series_of_the_table_is_exposed_from_the_start(metrics):
    names = {name.partition("{")[0] for name in exposed(metrics)}
    for item in TABLE:
        assert {item.name, f"{item.name}_count"} & names, item.name


def test_metrics_in_a_file_are_seen_by_another_reader(tmp_path):
    folder = tmp_path / "metrics"
    mine = open_metrics(folder, os.getpid())
    for model in ("2026-11-19-b", "2026-11-20-a", "2026-11-20-a"):
        mine.serves(model)
    mine.answered(200)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    open_metrics(folder, dead.pid).answered(200)
    (folder / "77777.metrics").write_bytes(b"only being made")
    files = list(read_metrics(folder))
    assert sorted(file.alive for file in files) == [False, True]
    assert [model_of(file.cells) for file in files if file.alive] == ["2026-11-20-a"]
    assert b'matinee_requests_total{status="200"} 2.0' in exposition(files)
    clear_metrics(folder)
    assert [file.alive for file in read_metrics(folder)] == [True]


def test_a_process_that_serves_no_requests_is_no_worker_of_the_service(tmp_path):
    open_metrics(tmp_path, os.getpid()).understood("by titles")
    page = exposition(read_metrics(tmp_path))
    assert b'matinee_descriptions_total{fate="by titles"} 1.0' in page
    assert b"matinee_workers{" not in page


def test_tokens_that_the_cache_saved_are_not_counted_as_used(metrics):
    metrics.called(a_usage(outcome=CallOutcome.ANSWERED))
    metrics.called(a_usage(outcome=CallOutcome.CACHED))
    seen = exposed(metrics)
    assert seen['matinee_llm_calls_total{outcome="cached"}'] == 1
    assert seen['matinee_llm_tokens_total{kind="input"}'] == 300
    assert seen['matinee_llm_tokens_total{kind="reasoning output"}'] == 4


def test_a_process_of_another_user_is_alive(tmp_path, monkeypatch):
    def not_allowed(pid, signal):
        raise PermissionError

    open_metrics(tmp_path, 1)
    monkeypatch.setattr(os, "kill", not_allowed)
    assert [file.alive for file in read_metrics(tmp_path)] == [True]


def test_a_folder_that_can_not_be_made_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="can not make metrics"):
        open_metrics(tmp_path / "file", 1)


def test_a_long_model_version_is_cut_not_refused(metrics):
    metrics.serves("v" * 100)
    assert model_of(metrics._cells) == "v" * 64


def test_the_metrics_page_agrees_with_the_table():
    page = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text()
    assert metric_table() in page
    assert WORKERS.name in page
