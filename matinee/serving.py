"""Wiring of the service: settings become the workers' application and the ops pages.

Apart from matinee/wiring.py because what starts the processes needs no pandas and no model.
"""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from api import Address, Board, Decider, Panel, Recommends, Service, ops_app, probe, public_app, serve
from core.clock import SystemClock
from core.ids import MovieId
from core.money import Usd
from core.settings import Settings
from matinee.revision import code_revision
from telemetry import (
    SINKS,
    Fees,
    Recorder,
    RequestIds,
    clear_metrics,
    exposition,
    open_metrics,
    read_metrics,
)

if TYPE_CHECKING:
    from matinee.dashboard import Dashboard

DRAIN_S = 20.0  # twice what a write waits for a locked ledger

MakeRecommender = Callable[[Settings, Callable[[str], None]], Recommends]  # told where something failed
ReadFees = Callable[[Path], Mapping[MovieId, Usd]]


def serve_all(
    settings: Settings, make_recommender: MakeRecommender, read_fees: ReadFees, announce: Callable[[], None]
) -> None:
    """Serve both ports until SIGTERM or SIGINT; `announce` is called when nothing stands in the way.

    The other two functions are called in the workers: they must be picklable.
    Raises StoreError when the ledger can not be written, ServiceError when the service can not start.
    """
    clear_metrics(metrics_folder(settings))
    SINKS.open(settings.ledger, path=settings.ledger_db, fee_by_movie=dict).close()
    serve(
        Address(settings.host, settings.port),
        partial(worker, settings, make_recommender, read_fees),
        settings.workers,
        Address(settings.ops_host, settings.ops_port),
        partial(ops, settings),
        announce,
    )


def worker(settings: Settings, make_recommender: MakeRecommender, read_fees: ReadFees) -> Service:
    """What one worker process serves: requests are decided here, and recorded by a thread of its own."""
    clock = SystemClock()
    metrics = open_metrics(metrics_folder(settings), os.getpid())
    fees = Fees(partial(read_fees, settings.events_db), clock, metrics)
    sink = SINKS.open(settings.ledger, path=settings.ledger_db, fee_by_movie=fees)
    request_ids = RequestIds(sink.claim_writer(clock.now()))
    recorder = Recorder(sink, metrics, settings.recorder_queue)
    served = make_recommender(settings, metrics.failed)
    decider = Decider(served, recorder, metrics, request_ids, clock, settings.deadline_ms)
    recorder.start()
    return Service(public_app(decider, metrics), partial(recorder.close, DRAIN_S))


def ops(settings: Settings) -> Flask:
    """The pages of the ops port."""
    folder = metrics_folder(settings)
    versions = {"matinee": importlib.metadata.version("matinee"), "revision": code_revision()}
    public = partial(probe, settings.host, settings.port)
    return ops_app(public, lambda: exposition(read_metrics(folder)), versions, _DashboardInTime(settings))


class _DashboardInTime:
    """The dashboard, whose code is loaded while the other ops pages answer already: it takes a second or two."""

    def __init__(self, settings: Settings) -> None:
        loader = ThreadPoolExecutor(1, "dashboard")
        self._dashboard = loader.submit(_load_dashboard, settings)
        loader.shutdown(wait=False)

    def board(self, days: int) -> Board:
        return self._dashboard.result().board(days)

    def panel(self, name: str, days: int) -> Panel | None:
        return self._dashboard.result().panel(name, days)


def _load_dashboard(settings: Settings) -> Dashboard:
    from matinee.dashboard import Dashboard

    loaded = Dashboard(settings, SystemClock())
    loaded.look_at_stand_ins()
    return loaded


def metrics_folder(settings: Settings) -> Path:
    """Where each process keeps what it has counted."""
    return settings.home / "metrics"
