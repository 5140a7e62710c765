"""Metrics of one process: whole numbers in an array, which may be a memory-mapped file that others read.

prometheus_client's own multiprocess mode decides on import, by the environment, and takes 11 to 13 microseconds a
request; an array with a place for every series of the table takes 4 and needs neither (decision 5).
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Mapping
from typing import Protocol

from core.decision import Decision
from core.usage import CallOutcome, Usage
from telemetry import series
from telemetry.play_book import Booked
from telemetry.series import OTHER, TABLE, Series

Labels = tuple[str, ...]
_MODEL_CELLS = 8  # 64 bytes for the version of the model that the process serves


class Cells(Protocol):
    """An array of whole numbers from 0 to 2**64 - 1: a list, or a memory view."""

    def __getitem__(self, index: int, /) -> int: ...
    def __setitem__(self, index: int, value: int, /) -> None: ...


def _layout() -> tuple[Mapping[tuple[str, Labels], int], int]:
    """The place of every series and labels in the array, and the length of the array."""
    places: dict[tuple[str, Labels], int] = {}
    end = _MODEL_CELLS
    for item in TABLE:
        for labels in item.label_values():
            places[item.name, labels] = end
            end += item.width()
    return places, end


PLACES, LENGTH = _layout()


class Metrics:
    """Counts what happens in this process. Any thread may call; none ever waits for more than an addition."""

    def __init__(self, cells: Cells) -> None:
        """`cells` has LENGTH numbers, all 0."""
        self._cells = cells
        self._lock = threading.Lock()
        self._model = ""

    def answered(self, status: int) -> None:
        """A request was answered."""
        self._add(series.REQUESTS, str(status))

    def decided(self, decision: Decision) -> None:
        """A list was made."""
        ranking = decision.ranking
        for attempt in ranking.attempts:
            self._add(series.ATTEMPTS, attempt.ranker, attempt.outcome)
        for name, count in ranking.filtered:
            self._add(series.FILTERED, name, amount=count)
        if not ranking.movies:
            self._add(series.EMPTY_LISTS)
        self._observe(series.REQUEST_SECONDS, decision.elapsed_us)

    def serves(self, model: str) -> None:
        """The process serves this version of the model. Costs next to nothing while it stays the same."""
        if model == self._model:
            return
        text = model.encode()[: 8 * _MODEL_CELLS].ljust(8 * _MODEL_CELLS, b"\0")
        with self._lock:
            for cell in range(_MODEL_CELLS):
                self._cells[cell] = int.from_bytes(text[8 * cell : 8 * cell + 8], "little")
            self._model = model

    def kept(self, fate: str, decisions: int) -> None:
        """So many decisions were "recorded", "dropped" or "lost"."""
        self._add(series.DECISIONS, fate, amount=decisions)

    def retried(self) -> None:
        """A write to the ledger failed and will be tried again."""
        self._add(series.LEDGER_RETRIES)

    def waiting(self, decisions: int) -> None:
        """So many decisions wait to be recorded."""
        self._cells[PLACES[series.QUEUE.name, ()]] = decisions

    def failed(self, place: str) -> None:
        """Something failed at `place`, one of `series.PLACES`."""
        self._add(series.ERRORS, place)

    def booked(self, booked: Booked) -> None:
        """Plays were booked, and bookings reversed."""
        self._add(series.BOOKED, "booked", amount=booked.plays)
        self._add(series.BOOKED, "reversed", amount=booked.reversed)

    def understood(self, fate: str) -> None:
        """The worker took up the words of a user, with this end, one of `series.FATES`."""
        self._add(series.UNDERSTOOD, fate)

    def called(self, usage: Usage) -> None:
        """A language model was called, or the cache spared it."""
        self._add(series.LLM_CALLS, usage.outcome)
        if usage.outcome is not CallOutcome.CACHED:
            counts = (usage.input_tokens, usage.cached_tokens, usage.output_tokens, usage.reasoning_tokens)
            for kind, count in zip(series.TOKENS, counts, strict=True):
                self._add(series.LLM_TOKENS, kind, amount=count)

    def defect(self, reason: str) -> None:
        """An answer of the language model was not accepted."""
        self._add(series.LLM_DEFECTS, reason)

    def miscounted(self) -> None:
        """The input of a call had other tokens than were counted before it."""
        self._add(series.LLM_MISCOUNTS)

    def _add(self, item: Series, *labels: str, amount: int = 1) -> None:
        place = PLACES.get((item.name, labels))
        if place is None:
            place = PLACES[item.name, _bounded(item, labels)]
        with self._lock:
            self._cells[place] += amount

    def _observe(self, item: Series, value_us: int) -> None:
        start = PLACES[item.name, ()]
        bucket = start + bisect_left(item.buckets_us, value_us)
        total = start + len(item.buckets_us) + 1
        with self._lock:
            self._cells[bucket] += 1
            self._cells[total] += value_us


def model_of(cells: Cells) -> str:
    """The version that `Metrics.serves` was told last; empty before that."""
    text = b"".join(cells[cell].to_bytes(8, "little") for cell in range(_MODEL_CELLS))
    return text.rstrip(b"\0").decode(errors="replace")


def _bounded(item: Series, labels: Labels) -> Labels:
    """The labels with each value that the table does not list replaced by OTHER."""
    return tuple(
        value if value in known else OTHER for value, known in zip(labels, item.labels.values(), strict=True)
    )
