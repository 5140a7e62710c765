"""Retraining: whether it is due, one at a time, and a record of each."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cf.json_lines import JsonLines
from cf.model import Model
from core.errors import RetrainingRuns

_LOCK = ".retraining"
_LOG = "retrainings.jsonl"


class Outcome(StrEnum):
    """How a retraining ended."""

    PUBLISHED = "published"
    REFUSED = "refused by the gate"
    NOT_DUE = "too little is new"
    FAILED = "failed"
    KILLED = "killed"


@dataclass(frozen=True)
class Refresh:
    """What there is to train on, and what of it the model that serves does not know. Interactions are (user, film).

    new_movies : films that the model does not have; they have no events yet, or the catalogue did not know them.
    """

    interactions: int
    users: int
    movies: int
    new_interactions: int
    new_users: int
    new_movies: int

    @classmethod
    def of(cls, frame: pd.DataFrame, movies: list[str], serving: Model | None) -> Refresh:
        """frame : what `EventReader.interactions()` gives. movies : ids of the catalogue."""
        users = np.unique(frame["user_id"].to_numpy(np.int64))
        if serving is None:
            return cls(len(frame), len(users), len(movies), len(frame), len(users), len(movies))
        card = serving.card
        return cls(
            len(frame),
            len(users),
            len(movies),
            max(0, len(frame) - card.interactions - card.unknown_interactions),
            len(np.setdiff1d(users, serving.users, assume_unique=True)),
            len(set(movies).difference(serving.movies)),
        )

    def is_due(self, least_users: int, least_interactions: int) -> bool:
        """Whether so many users, or so many interactions, are new. Both count from the model that serves."""
        return self.new_users >= least_users or self.new_interactions >= least_interactions

    def words(self) -> str:
        return (
            f"{self.interactions:,} interactions of {self.users:,} users, {self.movies:,} films; new since the "
            f"model that serves: {self.new_interactions:,} interactions, {self.new_users:,} users, "
            f"{self.new_movies:,} films"
        )


class Retrainings:
    """The record of all retrainings, and the lock that lets one run at a time."""

    def __init__(self, models: Path) -> None:
        self._models = models
        self._log = JsonLines(models / _LOG)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock; it ends with its process, however that ends. Raises RetrainingRuns when it is held."""
        self._models.mkdir(parents=True, exist_ok=True)
        with (self._models / _LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RetrainingRuns(
                    f"another training has the lock {self._models / _LOCK}: wait for it, or end that process"
                ) from error
            yield

    def begin(self, at: datetime, by: str, refresh: Refresh) -> int:
        """Note that a retraining begins, by who holds the lock; returns its number. One without an end was killed."""
        entries = self._log.entries()
        if entries and entries[-1]["event"] == "begun":
            self.end(entries[-1]["number"], at, Outcome.KILLED, {})
        number = 1 + max((entry["number"] for entry in entries), default=0)
        self._log.append(
            {"number": number, "event": "begun", "at": at.isoformat(), "by": by, "refresh": asdict(refresh)}
        )
        return number

    def end(self, number: int, at: datetime, outcome: Outcome, details: Mapping[str, object]) -> None:
        """Note how it ended: the version, or the reasons."""
        entry = {"number": number, "event": "ended", "at": at.isoformat(), "outcome": outcome.value}
        self._log.append(entry | dict(details))

    def all(self) -> list[dict[str, Any]]:
        """Every retraining, the oldest first: what was noted when it began and when it ended (if it has)."""
        merged: dict[int, dict[str, Any]] = {}
        for entry in self._log.entries():
            number = entry["number"]
            if entry["event"] == "begun":
                merged[number] = {"number": number, "begun": entry["at"], "by": entry["by"], **entry["refresh"]}
            else:
                kept = {key: value for key, value in entry.items() if key not in ("number", "event", "at")}
                merged[number] |= {"ended": entry["at"], **kept}
        return list(merged.values())
