"""Evaluation: every model judged on the same users, with intervals and paired differences against popularity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from cf import metrics, selection
from cf.als import Als
from cf.blend import Axes, Blend
from cf.bootstrap import Interval, mean_intervals
from cf.interactions import Interactions
from cf.lists import Scorer, best_unseen, hits_of
from cf.neighbours import ItemNeighbours
from cf.popularity import Popularity
from cf.selection import Search
from cf.splits import SPLITS, Split
from core.errors import TrainingError

BASE = "popularity"
STEPS = 2 * selection.STEPS


@dataclass(frozen=True)
class Figure:
    """A metric of a model, and how far it is from popularity's on the same users (None for popularity)."""

    value: Interval
    difference: Interval | None


@dataclass(frozen=True)
class Report:
    """What an evaluation found: figures by model, then metric; the parameters that validation chose."""

    split: str
    k: int
    users: int
    figures: Mapping[str, Mapping[str, Figure]]
    chosen: Mapping[str, Mapping[str, float | None]]

    def as_json(self) -> dict[str, object]:
        """The report under stable keys."""
        models = {
            model: {
                metric: asdict(figure.value)
                | ({"difference": asdict(figure.difference)} if figure.difference else {})
                for metric, figure in by_metric.items()
            }
            for model, by_metric in self.figures.items()
        }
        return {"split": self.split, "k": self.k, "users": self.users, "models": models, "chosen": dict(self.chosen)}


def evaluate(
    interactions: Interactions, split: str, k: int, seed: int, on_step: Callable[[], object] = lambda: None
) -> Report:
    """Judge popularity, item neighbours, ALS and the blend on the test part of `split`.

    Every parameter is chosen on validation data inside the training part, split the same way; the test part
    is used once, at the end. `on_step` is called STEPS times. Raises TrainingError when nobody can be judged.
    """
    parts = SPLITS[split](interactions)
    rows = parts.judged()
    if not len(rows):
        raise TrainingError(f"no user has films in both parts of the {split} split: ingest more events first")
    models, chosen = _models(parts, SPLITS[split], seed, on_step)
    columns = {name: _columns(scorer, parts, rows, k) for name, scorer in models.items()}
    rng = np.random.default_rng(seed)
    names = list(columns[BASE])
    base = np.column_stack(list(columns[BASE].values()))
    figures: dict[str, dict[str, Figure]] = {}
    for model, by_metric in columns.items():
        values = np.column_stack(list(by_metric.values()))
        found = mean_intervals(np.hstack([values, values - base]), rng)
        differences = [None] * len(names) if model == BASE else found[len(names) :]
        figures[model] = {n: Figure(v, d) for n, v, d in zip(names, found, differences, strict=False)}
    return Report(split, k, len(rows), figures, chosen)


def _models(
    parts: Split, splitter: Callable[[Interactions], Split], seed: int, on_step: Callable[[], object]
) -> tuple[dict[str, Scorer], dict[str, dict[str, float | None]]]:
    """Every model fitted on the training part with the parameters that validation chose, and these."""
    search = Search(parts.train, splitter, seed, on_step)
    neighbours, plain, blended = search.neighbours(), search.als(), search.blend()
    history, n_movies = parts.train.history(), len(parts.train.movies)
    popularity = Popularity.of(parts.train, search.half_life_days)
    axes = Axes.of(Als.fit(history, n_movies, blended.als, seed).movies)
    models: dict[str, Scorer] = {
        BASE: popularity,
        "item_knn": ItemNeighbours.of(history, n_movies, neighbours),
        "als": Als.fit(history, n_movies, plain, seed),
        "blend": Blend.of(axes, popularity.score, blended.blend),
    }
    chosen = {
        BASE: {"half_life_days": search.half_life_days},
        "item_knn": asdict(neighbours),
        "als": asdict(plain),
        "blend": asdict(blended.als) | asdict(blended.blend),
    }
    return models, chosen


def _columns(scorer: Scorer, parts: Split, rows: NDArray[np.int64], k: int) -> dict[str, NDArray[np.float64]]:
    """Every metric of a model, one number a judged user."""
    relevant = parts.test.history().rows(rows)
    lists = best_unseen(scorer, parts.train.history(), rows, k)
    hits = hits_of(lists, relevant)
    n_movies = len(parts.train.movies)
    watchers = np.bincount(parts.train.movie, minlength=n_movies)
    return {
        "recall": metrics.recall(hits, relevant.lengths),
        "ndcg": metrics.ndcg(hits, relevant.lengths),
        "hit": metrics.hit(hits),
        "coverage": metrics.coverage(lists, n_movies),
        "novelty": metrics.novelty(lists, watchers, len(parts.train.users)),
    }
