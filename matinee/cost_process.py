"""A process that measures what a model costs: one fit, then lists, with nothing else in its memory."""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cf import Cost, Interactions
from cf.comparison import arrays_of, memory_bytes
from cf.lists import best_unseen
from cf.trainers import Trainer
from core.errors import TrainingError

_ONE_BY_ONE = 100  # users whose lists are timed one at a time
_AT_ONCE = 2000
_MB = 1e6
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def measured(trainer: Trainer, interactions: Interactions, rows: NDArray[np.int64], k: int, seed: int) -> Cost:
    """What the trainer costs, measured in a new process. rows : users whose lists are made.

    Raises TrainingError when the process ends without an answer, as it does when memory runs out.
    """
    context = multiprocessing.get_context("spawn")  # a forked one would begin with all of our memory
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(theirs, trainer, interactions, rows, k, seed))
    process.start()
    theirs.close()
    try:
        found: Cost = ours.recv()
    except EOFError as error:
        process.join()
        raise TrainingError(
            f"the process that measured {type(trainer).__name__} ended with {process.exitcode}: free some memory"
        ) from error
    finally:
        ours.close()
    process.join()
    return found


def _measure(
    answer: Connection, trainer: Trainer, interactions: Interactions, rows: NDArray[np.int64], k: int, seed: int
) -> None:
    history = interactions.history()
    before = _memory_mb("VmRSS")
    _CLEAR.write_text("5")  # the highest mark begins again here
    begin = time.process_time()
    model = trainer.fit(interactions, seed)
    cpu_s = time.process_time() - begin
    peak_mb = _memory_mb("VmHWM") - before
    one_by_one = []
    for row in rows[:_ONE_BY_ONE]:
        began = time.perf_counter()
        best_unseen(model, history, np.array([row]), k)
        one_by_one.append(time.perf_counter() - began)
    many = rows[:_AT_ONCE]
    began = time.perf_counter()
    best_unseen(model, history, many, k)
    at_once_s = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        for number, array in enumerate(arrays_of(model)):
            np.save(Path(folder) / f"{number}.npy", array, allow_pickle=False)
        disk = sum(path.stat().st_size for path in Path(folder).iterdir())
    answer.send(
        Cost(
            train_cpu_s=cpu_s,
            train_peak_mb=max(0.0, peak_mb),
            list_us=statistics.median(one_by_one) * 1e6,
            lists_per_s=len(many) / at_once_s,
            memory_mb=memory_bytes(model) / _MB,
            disk_mb=disk / _MB,
        )
    )


def _memory_mb(name: str) -> float:
    """A line of the kernel's account of this process, in megabytes."""
    [line] = [line for line in _STATUS.read_text().splitlines() if line.startswith(f"{name}:")]
    return int(line.split()[1]) * 1024 / _MB
