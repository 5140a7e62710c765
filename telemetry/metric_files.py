"""Metric files: the numbers of each process in a file of its own, which another process reads at any time."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import StoreError
from telemetry.metrics import LENGTH, Cells, Metrics

_BYTES = 8 * LENGTH
_SUFFIX = ".metrics"


@dataclass(frozen=True)
class MetricFile:
    """The numbers of one process; `alive` when it still runs, so that its gauges count."""

    cells: Cells
    alive: bool


def open_metrics(folder: Path, pid: int) -> Metrics:
    """The metrics of process `pid`, in a new file in `folder`. Raises StoreError when it can not be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{pid}{_SUFFIX}"
        path.touch(mode=0o600)
        with path.open("wb+") as file:
            file.truncate(_BYTES)
            cells = memoryview(mmap.mmap(file.fileno(), _BYTES)).cast("Q")
    except OSError as error:
        raise StoreError(f"can not make metrics in {folder}: {error}; check that it is ours and writable") from error
    return Metrics(cells)


def clear_metrics(folder: Path) -> None:
    """Remove what processes left that have ended: their counters begin at 0 when the service starts."""
    for path in folder.glob(f"*{_SUFFIX}"):
        if not _is_alive(_pid(path)):
            path.unlink(missing_ok=True)


def read_metrics(folder: Path) -> Iterator[MetricFile]:
    """What every process since `clear_metrics` has counted. A file that is only being made is left out."""
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        content = path.read_bytes()
        if len(content) == _BYTES:
            yield MetricFile(memoryview(content).cast("Q"), _is_alive(_pid(path)))


def _pid(path: Path) -> int:
    return int(path.name.removesuffix(_SUFFIX))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
