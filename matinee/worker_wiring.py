"""Wiring of the worker: settings become all that it takes to understand what users write.

Apart from matinee/wiring.py because the service must not load a tokenizer, prices or a client of language models.
"""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial

import requests

from core.clock import Clock
from core.ids import UserId
from core.settings import Settings
from core.user import User
from ingest import Catalogue, Directory, Newcomers, UserTable, microseconds
from llm import Calls, Jobs, Limits, Patience, WorkStore, deliver
from llm.asker import Asker
from llm.completer import COMPLETERS, Completer
from llm.feeder import Feeder
from llm.prompt_files import PromptFile
from llm.tokens import TokenCounter
from llm.understander import Understander
from llm.worker import Outside, Worker
from matinee.serving import metrics_folder
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


@contextmanager
def worker(settings: Settings, clock: Clock) -> Iterator[Works]:
    """A worker that begins to feed and work when it is run. Its stores and connections are closed in the end.

    Raises SettingError for a completer, a prompt or a price file that can not be used, StoreError for stores.
    """
    rng = random.Random()  # noqa: S311  jitter is no secret
    with (
        requests.Session() as session,
        closing(UserTable(settings.events_db)) as users,
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
        records = SiteRecords(users, Directory(settings.directory, session, clock, rng), clock)
        outside = Outside(reader.now, asker, records, partial(deliver, store, ledger))
        name = f"worker {os.getpid()}"
        yield Works(Worker(name, jobs, feeder, outside, clock, metrics), jobs, feeder, reader, completer)


def asker_of(settings: Settings, completer: Completer, store: WorkStore, clock: Clock, metrics: Metrics) -> Asker:
    """The asker of a completer, with the budget that the settings say."""
    return Asker(
        completer,
        Calls(store, Limits(settings.llm_day_usd, settings.llm_user_usd, settings.llm_in_flight)),
        PromptFile.load(*PROMPT),
        TokenCounter.of(completer.model, settings.vocabularies),
        Prices(settings.prices),
        clock,
        metrics,
        settings.llm_in_flight,
        lambda: uuid.uuid4().hex,
    )


class CatalogueReader:
    """An understander of the catalogue: made again when a film changed, but not at every step of an import."""

    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._batch = -1
        self._due_s = clock.monotonic()
        self._understander: Understander | None = None

    def now(self) -> Understander:
        """The understander of the films as they are, or were RENEW_S ago."""
        now_s = self._clock.monotonic()
        if self._understander is None or now_s >= self._due_s:
            self._due_s = now_s + RENEW_S
            batch = self._catalogue.last_batch()
            if self._understander is None or batch != self._batch:
                self._batch, self._understander = batch, Understander.of(self._catalogue.movies())
        return self._understander


class SiteRecords:
    """User records from events.db; those that are not there are asked for and stored."""

    def __init__(self, table: UserTable, directory: Directory, clock: Clock) -> None:
        self._table = table
        self._directory = directory
        self._clock = clock

    def users(self, ids: Sequence[UserId]) -> Mapping[UserId, User]:
        """See `llm.worker.Records`. Raises DirectoryError, StoreError."""
        known = {user.id: user for one in ids if (user := self._table.find(one)) is not None}
        wanted = [one for one in ids if one not in known]
        if wanted:
            fetched = self._directory.users(wanted).records
            self._table.put(fetched, microseconds(self._clock.now()))
            known |= {user.id: user for user in fetched}
        return known
