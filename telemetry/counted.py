"""What all processes have counted of one series, as whole numbers."""

from __future__ import annotations

from collections.abc import Iterable

from telemetry.metric_files import MetricFile
from telemetry.metrics import PLACES
from telemetry.series import Series


def counted(item: Series, files: Iterable[MetricFile]) -> dict[tuple[str, ...], int]:
    """The sum over all processes of a counter, by the values of its labels in the order of the table."""
    cells = [file.cells for file in files]
    return {labels: sum(numbers[PLACES[item.name, labels]] for numbers in cells) for labels in item.label_values()}
