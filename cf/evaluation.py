"""Evaluation: every model judged on the same users, with intervals and paired differences against popularity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from cf import selection
from cf.bootstrap import Interval, mean_intervals
from cf.interactions import Interactions
from cf.jury import Jury, differences
from cf.leaks import Leak, leaks_of_figures, leaks_of_split
from cf.metrics import Floats
from cf.selection import Search
from cf.splits import VIEWS, Splitter, hold_out, per_user_last, time_split
from cf.subgroups import LEAST_USERS, Rows, subgroups
from cf.trainers import (
    AlsTrainer,
    BiasTrainer,
    BlendTrainer,
    LinearTrainer,
    NeighbourTrainer,
    PopularityTrainer,
    Trainer,
)
from core.ids import UserId
from core.movie import Movie
from core.user import User

BASE = "popularity"
BLEND = "blend"
_MODELS = 6
STEPS = 2 * selection.STEPS + _MODELS
_OF_GROUPS = ("recall", "ndcg")  # what is told of subgroups


@dataclass(frozen=True)
class Figure:
    """A metric of a model, and how far it is from popularity's on the same users (None for popularity)."""

    value: Interval
    difference: Interval | None


Figures = Mapping[str, Mapping[str, Figure]]  # by model, then metric


@dataclass(frozen=True)
class GroupFigures:
    """A subgroup; `figures` are empty where it has fewer than LEAST_USERS users."""

    name: str
    users: int
    figures: Figures


@dataclass(frozen=True)
class Report:
    """What an evaluation found: figures by model, then metric; the parameters that validation chose.

    leaks : reasons not to believe the figures, by model, and for the parts themselves under "split"; none is good.
    """

    split: str
    k: int
    users: int
    figures: Figures
    chosen: Mapping[str, Mapping[str, float | None]]
    groups: Sequence[GroupFigures] = ()
    leaks: Mapping[str, Sequence[Leak]] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The report under stable keys."""
        return {
            "split": self.split,
            "k": self.k,
            "users": self.users,
            "models": _as_json(self.figures),
            "chosen": dict(self.chosen),
            "groups": [
                {"name": group.name, "users": group.users, "models": _as_json(group.figures)} for group in self.groups
            ],
            "leaks": {model: [asdict(leak) for leak in leaks] for model, leaks in self.leaks.items()},
        }


@dataclass(frozen=True)
class Judged:
    """Every model as a trainer with the parameters that were chosen, and each metric as one number a user."""

    jury: Jury
    trainers: Mapping[str, Trainer]
    columns: Mapping[str, Mapping[str, Floats]]


def evaluate(
    interactions: Interactions,
    split: str,
    k: int,
    seed: int,
    on_step: Callable[[], object] = lambda: None,
    catalogue: Iterable[Movie] = (),
    users: Mapping[UserId, User] | None = None,
) -> Report:
    """Judge every model on the test part of `split`, a name in VIEWS.

    Every parameter is chosen on validation data inside the training part, split the same way (for the hold-out: each
    user's last films); the test part is used once, at the end. `on_step` is called STEPS times.
    catalogue : for metrics of genres. users : records, for subgroups; without any there are none.
    Raises TrainingError when nobody can be judged.
    """
    judged = judge_all(interactions, split, k, seed, on_step, catalogue)
    jury, columns, parts = judged.jury, judged.columns, judged.jury.parts
    leaks = {"split": leaks_of_split(parts, by_time=VIEWS[split] is time_split)}
    base_ndcg = float(columns[BASE]["ndcg"].mean())
    leaks |= {name: leaks_of_figures(of_model, base_ndcg, k) for name, of_model in columns.items()}
    found = subgroups(jury.rows, parts.known(), users) if users else {}
    return Report(
        split,
        k,
        len(jury.rows),
        figures_of(columns, np.arange(len(jury.rows)), seed),
        {name: _flat(asdict(trainer)) for name, trainer in judged.trainers.items()},  # type: ignore[call-overload]
        [_group(name, rows, columns, seed) for name, rows in found.items()],
        {name: of_model for name, of_model in leaks.items() if of_model},
    )


def judge_all(
    interactions: Interactions,
    split: str,
    k: int,
    seed: int,
    on_step: Callable[[], object] = lambda: None,
    catalogue: Iterable[Movie] = (),
) -> Judged:
    """Choose, fit and judge every model, as `evaluate` does."""
    view = VIEWS[split]
    parts = view(interactions)
    jury = Jury.of(parts, k, catalogue)
    trainers = chosen_trainers(parts.train, view, seed, on_step)
    columns = {}
    for name, trainer in trainers.items():
        columns[name] = jury.columns(trainer.fit(parts.train, seed))
        on_step()
    return Judged(jury, trainers, columns)


def chosen_trainers(
    training: Interactions, view: Splitter, seed: int, on_step: Callable[[], object] = lambda: None
) -> dict[str, Trainer]:
    """Every model with the parameters that validation data inside the training part chose.

    ALS by itself is not among them where judged users are held out: it knows only users that it was trained on.
    """
    search = Search(training, per_user_last if view is hold_out else view, seed, on_step)
    blend = search.blend()
    trainers: dict[str, Trainer] = {
        BASE: PopularityTrainer(search.half_life_days),
        "biases": BiasTrainer(),
        "item_knn": NeighbourTrainer(search.neighbours()),
    }
    if view is not hold_out:
        trainers["als"] = AlsTrainer(search.als())
    return trainers | {"linear": LinearTrainer(search.linear()), BLEND: BlendTrainer(blend.als, blend.blend)}


def figures_of(columns: Mapping[str, Mapping[str, Floats]], rows: Rows, seed: int) -> Figures:
    """Means over the users in `rows` with intervals; all models share the resampled users."""
    names = [(model, metric) for model, by_metric in columns.items() for metric in by_metric]
    apart = {model: differences(of_model, columns[BASE]) for model, of_model in columns.items() if model != BASE}
    pairs = [(model, metric) for model, by_metric in apart.items() for metric in by_metric]
    values = [columns[model][metric][rows] for model, metric in names]
    values += [apart[model][metric][rows] for model, metric in pairs]
    found = mean_intervals(np.column_stack(values), np.random.default_rng(seed))
    difference = dict(zip(pairs, found[len(names) :], strict=True))
    figures: dict[str, dict[str, Figure]] = {model: {} for model in columns}
    for (model, metric), value in zip(names, found, strict=False):
        figures[model][metric] = Figure(value, difference.get((model, metric)))
    return figures


def _group(name: str, rows: Rows, columns: Mapping[str, Mapping[str, Floats]], seed: int) -> GroupFigures:
    if len(rows) < LEAST_USERS:
        return GroupFigures(name, len(rows), {})
    told = {model: {metric: of_model[metric] for metric in _OF_GROUPS} for model, of_model in columns.items()}
    return GroupFigures(name, len(rows), figures_of(told, rows, seed))


def _as_json(figures: Figures) -> dict[str, object]:
    return {
        model: {
            metric: asdict(figure.value) | ({"difference": asdict(figure.difference)} if figure.difference else {})
            for metric, figure in by_metric.items()
        }
        for model, by_metric in figures.items()
    }


def _flat(parameters: Mapping[str, object]) -> dict[str, float | None]:
    """All parameters of a trainer by name, whichever part they belong to."""
    flat: dict[str, float | None] = {}
    for name, value in parameters.items():
        flat |= _flat(value) if isinstance(value, dict) else {name: value}  # type: ignore[dict-item]
    return flat
