"""BM25 over titles: the weights of rank_bm25, held by word, so that a query costs what its words weigh."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

Postings = tuple[NDArray[np.int32], NDArray[np.float64]]


class TitleWeights:
    """What each word adds to the score of each title in which it stands.

    rank_bm25 keeps a dictionary a title and asks all of them at each query; the same products are made once here.
    """

    def __init__(self, titles: Sequence[Sequence[str]]) -> None:
        """titles : the words of each title, in the order in which scores come out."""
        self.count = len(titles)
        self._postings: dict[str, Postings] = {}
        if any(titles):  # rank_bm25 divides by the mean length
            self._postings = _postings(BM25Okapi(titles))

    def scores(self, words: Iterable[str]) -> NDArray[np.float64]:
        """The score of every title, shape (count,): equal to BM25Okapi.get_scores of the same words.

        Source: Trotman, Puurula & Burgess 2014 (ADCS), "Improvements to BM25"; k1 1.5, b .75, idf floor .25.
        """
        total = np.zeros(self.count)
        for word in words:
            if word in self._postings:
                places, weights = self._postings[word]
                total[places] += weights
        return total

    def places(self, word: str) -> NDArray[np.int32]:
        """The titles in which a word stands."""
        return self._postings[word][0] if word in self._postings else np.empty(0, np.int32)

    def best(self, words: Iterable[str], count: int) -> list[tuple[int, float]]:
        """(place, score) of the best titles, the best first; of equal ones the earlier first."""
        scores = self.scores(words)
        found = np.flatnonzero(scores > 0)
        if len(found) > count:
            found = found[np.argpartition(-scores[found], count)[: count + 1]]
        ordered = sorted(found.tolist(), key=lambda place: (-scores[place], place))[:count]
        return [(place, float(scores[place])) for place in ordered]


def _postings(model: BM25Okapi) -> dict[str, Postings]:
    """By word the places and weights: get_scores of one word, at the titles that have it."""
    lengths = np.array(model.doc_len)
    scale = model.k1 * (1 - model.b + model.b * lengths / model.avgdl)
    places: dict[str, list[int]] = {word: [] for word in model.idf}
    counts: dict[str, list[int]] = {word: [] for word in model.idf}
    for place, frequencies in enumerate(model.doc_freqs):
        for word, frequency in frequencies.items():
            places[word].append(place)
            counts[word].append(frequency)
    made = {}
    for word, idf in model.idf.items():
        where, often = np.array(places[word], np.int32), np.array(counts[word], np.float64)
        made[word] = (where, idf * (often * (model.k1 + 1) / (often + scale[where])))
    return made
