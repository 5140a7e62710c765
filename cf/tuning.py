"""Tuning: a wide search of ALS settings for the blend, within a budget, whose trials are kept."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import product
from math import ceil
from pathlib import Path

import numpy as np

from cf.als import AlsParameters
from cf.interactions import Interactions
from cf.selection import Chosen, Search
from core.errors import ArtefactError

TRIALS = "trials"  # the folder within that of the models
_WINNER = "winner.json"
SPACE: Mapping[str, tuple[float, ...]] = {
    "factors": (8, 16, 32, 64, 128, 192),
    "regularization": (1.0, 3.0, 10.0, 30.0, 100.0),
    "alpha": (0.5, 1.5, 4.0, 10.0),
}
ITERATIONS = (3, 7, 15)  # of the rounds; each keeps a third of the one before
_KEEP = 3
_FINALISTS = 2  # whose blend is tuned to the end


class TrialBook:
    """A file with one JSON object a line for each trial, on one set of data with one split and seed.

    It is only ever appended to, and each line is on the disk before the next trial begins: who is stopped, loses the
    trial at hand. A last line that was cut off is no trial.
    """

    def __init__(self, folder: Path, interactions: Interactions, split: str, seed: int) -> None:
        self.path = folder / f"{interactions.data_id()[:16]}-{split}-{seed}.jsonl"

    def read(self) -> dict[AlsParameters, float]:
        """NDCG of each setting that was tried. Raises ArtefactError when the file is not one of ours."""
        try:
            lines = self.path.read_text().split("\n")[:-1]  # what is behind the last line's end was cut off
        except FileNotFoundError:
            return {}
        try:
            found = [json.loads(line) for line in lines]
            return {AlsParameters(**trial["als"]): float(trial["ndcg"]) for trial in found}
        except (ValueError, TypeError, KeyError) as error:
            raise ArtefactError(f"{self.path} holds no trials of ours ({error}): move it away") from error

    def add(self, als: AlsParameters, ndcg: float, seconds: float) -> None:
        """Keep a trial for good."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"als": asdict(als), "ndcg": ndcg, "seconds": round(seconds, 3)})
        with self.path.open("ab+") as file:
            whole = file.seek(0, os.SEEK_END)
            if whole:
                file.seek(0)
                whole = file.read().rfind(b"\n") + 1
                file.truncate(whole)  # what a killed process left of a line
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def keep_winner(folder: Path, als: AlsParameters) -> None:
    """Let later trainings try these parameters beside their own; they replace the last winner at once."""
    folder.mkdir(parents=True, exist_ok=True)
    scratch = folder / f".{_WINNER}-{os.getpid()}"
    scratch.write_text(json.dumps(asdict(als)) + "\n")
    scratch.replace(folder / _WINNER)


def winner(folder: Path) -> tuple[AlsParameters, ...]:
    """The parameters of the last finished search, none before the first.

    Raises ArtefactError when the file is not one of ours.
    """
    path = folder / _WINNER
    try:
        return (AlsParameters(**json.loads(path.read_text())),)
    except FileNotFoundError:
        return ()
    except (ValueError, TypeError) as error:
        raise ArtefactError(f"{path} holds no parameters of ours ({error}): run matinee tune") from error


@dataclass(frozen=True)
class Tuned:
    """What was found. `chosen` is None when the budget was spent before the last round: run again to go on.

    fitted : trials of this run. known : trials of earlier runs that were not made again. planned : of all rounds.
    """

    chosen: Chosen | None
    best: AlsParameters | None
    best_ndcg: float
    popularity_ndcg: float
    judged_users: int
    fitted: int
    known: int
    planned: int

    def as_json(self) -> dict[str, object]:
        """The result under stable keys."""
        return asdict(self)


def planned(settings: int) -> int:
    """How many trials successive halving makes of so many settings.

    >>> planned(27), planned(4)
    (39, 7)
    """
    total, left = 0, min(settings, _size())
    for _ in ITERATIONS:
        total += left
        left = max(1, ceil(left / _KEEP))
    return total


def tune(
    search: Search,
    book: TrialBook,
    settings: int,
    seed: int,
    budget_s: float,
    monotonic: Callable[[], float],
    on_trial: Callable[[], object] = lambda: None,
) -> Tuned:
    """Successive halving over `settings` points of SPACE drawn by seed, within `budget_s` seconds.

    A trial that is in the book is not made again, so that a run that was stopped goes on where it was. The budget is
    looked at before each trial: the one at hand is finished. Source: Jamieson, Talwalkar 2016 (AISTATS).
    """
    began = monotonic()
    known = book.read()
    fitted = used = 0
    field = _drawn(settings, seed)
    for number, iterations in enumerate(ITERATIONS):
        field = [replace(als, iterations=iterations) for als in field]
        for als in field:
            if als in known:
                used += 1
            elif monotonic() - began > budget_s:
                return _result(None, known, search, fitted, used, planned(settings))
            else:
                start = monotonic()
                known[als] = search.worth(als)
                book.add(als, known[als], monotonic() - start)
                fitted += 1
            on_trial()
        ranked = sorted(field, key=lambda als: -known[als])
        last = number == len(ITERATIONS) - 1
        field = ranked[: min(_FINALISTS, len(ranked)) if last else max(1, ceil(len(ranked) / _KEEP))]
    chosen = max((search.tuned(als) for als in field), key=lambda found: found.ndcg)
    return _result(chosen, known, search, fitted, used, planned(settings))


def _drawn(settings: int, seed: int) -> list[AlsParameters]:
    """Points of the space, each once, in an order by seed."""
    points = [
        AlsParameters(int(factors), regularization, alpha, ITERATIONS[0])
        for factors, regularization, alpha in product(*SPACE.values())
    ]
    order = np.random.default_rng(seed).permutation(len(points))[:settings]
    return [points[at] for at in order.tolist()]


def _size() -> int:
    return int(np.prod([len(values) for values in SPACE.values()]))


def _result(
    chosen: Chosen | None, known: Mapping[AlsParameters, float], search: Search, fitted: int, used: int, total: int
) -> Tuned:
    best = max(known, key=lambda als: known[als], default=None)
    return Tuned(
        chosen,
        best,
        0.0 if best is None else known[best],
        search.popularity_ndcg,
        search.judged_users,
        fitted,
        used,
        total,
    )
