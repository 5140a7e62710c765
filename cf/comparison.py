"""A comparison: what every model is worth and what it costs, and which one should serve by a stated rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from cf.bootstrap import Interval, mean_intervals
from cf.evaluation import BASE, BLEND, Judged, figures_of
from cf.lists import Scorer

METRIC = "ndcg"  # decides
SERVED = (BASE, BLEND)  # what the service can serve: a blend, which may have a weight of 0 for all but popularity


@dataclass(frozen=True)
class Cost:
    """What a model cost in a process of its own, on the machine that compared.

    train_cpu_s : processor seconds of a fit, over all threads. train_peak_mb : the most memory that the fit held at
    one time beyond the data. list_us : middle time of one list for one user, in microseconds, in full, without any
    table made before. lists_per_s : many users at once. memory_mb, disk_mb : arrays held, files written.
    """

    train_cpu_s: float
    train_peak_mb: float
    list_us: float
    lists_per_s: float
    memory_mb: float
    disk_mb: float


@dataclass(frozen=True)
class Row:
    """A model: means with intervals, NDCG against popularity and against the best (None for these themselves)."""

    model: str
    ndcg: Interval
    recall: Interval
    coverage: Interval
    against_popularity: Interval | None
    against_best: Interval | None
    cost: Cost


@dataclass(frozen=True)
class Comparison:
    """All models, the best first, and what follows."""

    split: str
    k: int
    users: int
    rows: Sequence[Row]
    serve: str
    because: str

    def as_json(self) -> dict[str, object]:
        """The comparison under stable keys."""
        return asdict(self)


def compare(judged: Judged, costs: Mapping[str, Cost], split: str, k: int, seed: int) -> Comparison:
    """Join what was judged with what was measured, for the models that have a cost."""
    columns = {model: judged.columns[model] for model in costs}
    figures = figures_of(columns, np.arange(len(judged.jury.rows)), seed)
    order = sorted(columns, key=lambda model: -figures[model][METRIC].value.point)
    best = order[0]
    short = np.column_stack([columns[model][METRIC] - columns[best][METRIC] for model in order])
    against_best = dict(zip(order, mean_intervals(short, np.random.default_rng(seed)), strict=True))
    rows = [
        Row(
            model,
            figures[model][METRIC].value,
            figures[model]["recall"].value,
            figures[model]["coverage"].value,
            figures[model][METRIC].difference,
            None if model == best else against_best[model],
            costs[model],
        )
        for model in order
    ]
    return Comparison(split, k, len(judged.jury.rows), rows, *recommended(rows))


def recommended(rows: Sequence[Row]) -> tuple[str, str]:
    """The model to serve, and why. rows : the best first.

    1. A model may serve that is better than popularity, its whole interval above 0; if none is, popularity serves.
    2. Of these all are good enough that are not worse than the best of them, unless the whole interval is below 0.
    3. Of the good ones the blend, which serves already, else the one whose lists cost least.
    """
    better = [row for row in rows if row.against_popularity is not None and row.against_popularity.low > 0]
    if not better:
        return BASE, "no model is better than popularity with its whole interval above 0"
    good = [row for row in better if row.against_best is None or row.against_best.high >= 0] or better[:1]
    chosen = next((row for row in good if row.model == BLEND), min(good, key=lambda row: row.cost.list_us))
    above = chosen.against_popularity
    assert above is not None
    words = [
        f"{METRIC} {chosen.ndcg.point:.4f}",
        f"{above.point:+.4f} [{above.low:+.4f}, {above.high:+.4f}] against popularity",
        f"{chosen.cost.list_us:.0f} us a list",
    ]
    others = [row for row in good if row is not chosen]
    words += [_beside(row, chosen) for row in others]
    if not others:
        words.append("no other model is as good")
    if chosen.model not in SERVED:
        words.append("the service can not serve it yet: until then the blend or popularity does")
    return chosen.model, "; ".join(words)


def _beside(row: Row, chosen: Row) -> str:
    """What else would be good enough, and why it is not taken."""
    gap = chosen.against_best
    said = (
        f"the best, which the chosen one is not shown to be worse than ([{gap.low:+.4f}, {gap.high:+.4f}])"
        if row.against_best is None and gap is not None
        else "as good by its interval"
    )
    return f"{row.model} ({row.ndcg.point:.4f}) is {said}, at {row.cost.list_us:.0f} us a list"


def arrays_of(model: object) -> list[NDArray[np.generic]]:
    """All arrays that a model is made of, however deep."""
    if isinstance(model, np.ndarray):
        return [model]
    if isinstance(model, sp.csr_matrix):
        return [model.data, model.indices, model.indptr]
    if is_dataclass(model):
        return [array for field in fields(model) for array in arrays_of(getattr(model, field.name))]
    return []


def memory_bytes(model: Scorer) -> int:
    """What a model's arrays take in memory."""
    return sum(array.nbytes for array in arrays_of(model))
