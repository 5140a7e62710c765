"""Wiring of the worker: settings become all that it takes to understand what users write.

Apart from matinee/wiring.py because the service must not load a tokenizer, prices or a client of language models.
"""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import requests

from core.clock import Clock
from core.ids import UserId
from core.settings import Settings
from core.user import User
from ingest import Catalogue, Directory, Newcomers, UserTable
from llm import Calls, Jobs, Limits, Patience, WorkStore
from llm.asker import Asker
from llm.completer import COMPLETERS, Completer
from llm.delivery import Delivery
from llm.feeder import Feeder
from llm.outside import Outside
from llm.prompt_files import PromptFile
from llm.second_look import SecondLook
from llm.tokens import TokenCounter
from llm.understander import Understander
from llm.worker import Worker
from matinee.serving import metrics_folder
from matinee.store_files import StoreFiles
from matinee.worker_records import EndableClock, SiteRecords
from telemetry import CallLedger, Metrics, Prices, open_metrics

PROMPT = ("resolve_mentions", 1)
RENEW_S = 30.0  # a new film can be named half a minute after it came; making an understander takes seconds


@dataclass(frozen=True)
class Works:
    """A worker with what else a command may need of it."""

    worker: Worker
    jobs: Jobs
    feeder: Feeder
    reader: CatalogueReader
    completer: Completer
    again: SecondLook
    catalogue: Catalogue
    records: SiteRecords
    files: StoreFiles

    def to_backfill(self) -> tuple[list[User], list[UserId]]:
        """Whom a backfill would read, and which of them were read before."""
        first = self.feeder.to_backfill()
        again = self.again.users(bool(self.completer.model), self.catalogue.last_change())
        known = self.records.known(sorted(set(again) - {user.id for user in first}))
        return [*first, *known.values()], again


@contextmanager
def worker(settings: Settings, clock: Clock) -> Iterator[Works]:
    """A worker that begins to feed and work when it is run. Its stores and connections are closed in the end.

    Raises SettingError for a completer, a prompt or a price file that can not be used, StoreError for stores.
    """
    rng = random.Random()  # noqa: S311  jitter is no secret
    with (
        requests.Session() as session,
        closing(UserTable(settings.events_db)) as users,
        closing(UserTable(settings.events_db)) as fetched,
        closing(Catalogue(settings.events_db)) as catalogue,
        closing(Newcomers(settings.events_db)) as newcomers,
        closing(WorkStore(settings.work_db)) as store,
        closing(CallLedger(settings.ledger_db)) as ledger,
    ):
        metrics = open_metrics(metrics_folder(settings), os.getpid())
        completer: Completer = COMPLETERS.open(settings.completer, key=settings.llm_key, clock=clock)
        asker = asker_of(settings, completer, store, clock, metrics) if completer.model else None
        jobs = Jobs(store, Patience(), rng)
        feeder = Feeder(jobs, newcomers)
        reader = CatalogueReader(catalogue, clock)
        endable = EndableClock(clock)
        records = SiteRecords(users, fetched, Directory(settings.directory, session, endable, rng), endable)
        outside = Outside(reader, asker, records, Delivery(store, calls_of(settings, store), ledger, clock))
        name = f"worker {os.getpid()}"
        files = StoreFiles(settings.events_db, settings.work_db, settings.ledger_db)
        does = Worker(name, jobs, feeder, outside, clock, metrics)
        yield Works(does, jobs, feeder, reader, completer, SecondLook(store), catalogue, records, files)


def asker_of(settings: Settings, completer: Completer, store: WorkStore, clock: Clock, metrics: Metrics) -> Asker:
    """The asker of a completer, with the budget that the settings say."""
    return Asker(
        completer,
        calls_of(settings, store),
        PromptFile.load(*PROMPT),
        TokenCounter.of(completer.model, settings.vocabularies),
        Prices(settings.prices),
        clock,
        metrics,
        settings.llm_in_flight,
        lambda: uuid.uuid4().hex,
    )


def calls_of(settings: Settings, store: WorkStore) -> Calls:
    """The calls in work.db, within the budget that the settings say."""
    return Calls(store, Limits(settings.llm_day_usd, settings.llm_user_usd, settings.llm_in_flight))


class CatalogueReader:
    """An understander of the catalogue: made again when a film changed, but not at every step of an import.

    `renew` is for one thread at a time, `now` for any. See `llm.outside.Readers`.
    """

    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._batch = 0
        self._due_s = clock.monotonic()
        self._understander: Understander | None = None

    def now(self) -> Understander | None:
        """The understander that is made; None before the first `renew`, and while the catalogue is empty."""
        return self._understander

    def renew(self) -> None:
        """Make an understander of the films as they are, unless one of RENEW_S ago is there or nothing changed."""
        now_s = self._clock.monotonic()
        if self._understander is not None and now_s < self._due_s:
            return
        self._due_s = now_s + RENEW_S
        batch = self._catalogue.last_batch()
        if batch != self._batch:
            movies = self._catalogue.movies()
            self._batch, self._understander = batch, Understander.of(movies) if movies else None
