"""The jury: the same users judge every model, each metric one number a user."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf import genre_metrics, metrics
from cf.biases import Biases
from cf.holdout import position
from cf.interactions import History
from cf.lists import Scorer, best_unseen, hits_of
from cf.metrics import Floats
from cf.splits import Split
from cf.subgroups import own_popularity
from core.errors import TrainingError
from core.movie import Movie

MOST_JUDGED = 20_000  # users: the standard error of NDCG is .001 then, and 137,694 would take seven times as long
_BATCH = 500


@dataclass(frozen=True)
class Jury:
    """What every model is judged by. All arrays but `watchers` and `genres` have a row a judged user."""

    parts: Split
    k: int
    rows: NDArray[np.int64]  # in `history`
    history: History  # what lists are made from
    relevant: History  # the test films
    watchers: NDArray[np.int64]  # (n_movies,): users who have each film
    own_mean: Floats  # mean watchers of the user's own films
    genres: Floats  # (n_movies, n_genres), see `genre_shares`

    @classmethod
    def of(cls, parts: Split, k: int, catalogue: Iterable[Movie] = ()) -> Jury:
        """All users who can be judged, or the first MOST_JUDGED by the hash of their ids: the same ones every time.

        Without the genres of a catalogue there are no metrics of genres. Raises TrainingError when nobody can be
        judged.
        """
        rows = parts.judged()
        if not len(rows):
            raise TrainingError("no user has films in both parts of the split: ingest more events first")
        first = np.argsort(position(parts.train.users[rows]), kind="stable")[:MOST_JUDGED]
        rows = np.sort(rows[first])
        known = parts.known()
        genres = {movie.id: movie.genres for movie in catalogue}
        return cls(
            parts,
            k,
            rows,
            known.history(),
            parts.test.history().rows(rows),
            np.bincount(known.movie, minlength=len(known.movies)),
            own_popularity(known)[rows],
            genre_metrics.genre_shares(known.movies, genres),
        )

    def columns(self, scorer: Scorer) -> dict[str, Floats]:
        """Every metric of a model, one number a judged user; rmse only of a model that predicts ratings."""
        lists = best_unseen(scorer, self.history, self.rows, self.k)
        columns = self.columns_of(lists)
        if isinstance(scorer, Biases):
            columns["rmse"] = metrics.rmse(
                self._predicted(scorer), self.relevant.weights.astype(np.float64), self.relevant.lengths
            )
        return columns

    def columns_of(self, lists: NDArray[np.int32]) -> dict[str, Floats]:
        """Every metric of these lists, shape (n_judged, k), whoever made them."""
        hits, lengths = hits_of(lists, self.relevant), self.relevant.lengths
        columns = {
            "recall": metrics.recall(hits, lengths),
            "ndcg": metrics.ndcg(hits, lengths),
            "hit": metrics.hit(hits),
            "mrr": metrics.mrr(hits),
            "coverage": metrics.coverage(lists, len(self.watchers)),
            "novelty": metrics.novelty(lists, self.watchers, len(self.parts.train.users)),
            "popularity_lift": metrics.popularity_lift(lists, self.watchers, self.own_mean),
        }
        if self.genres.any():
            own = self.history.rows(self.rows)
            columns["diversity"] = genre_metrics.diversity(lists, self.genres)
            columns["miscalibration"] = genre_metrics.miscalibration(lists, own, self.genres)
        return columns

    def _predicted(self, scorer: Biases) -> Floats:
        """The predicted weight of each test film of each judged user."""
        predicted = []
        for low in range(0, len(self.rows), _BATCH):
            of_batch = self.relevant.rows(np.arange(low, min(low + _BATCH, len(self.rows))))
            scores = scorer.scores(self.history, self.rows[low : low + _BATCH])
            predicted.append(scores[np.repeat(np.arange(len(scores)), of_batch.lengths), of_batch.movies])
        return np.concatenate(predicted).astype(np.float64)


def differences(columns: Mapping[str, Floats], base: Mapping[str, Floats]) -> dict[str, Floats]:
    """The paired differences of the metrics that both models have, one number a judged user."""
    return {name: columns[name] - base[name] for name in columns if name in base}
