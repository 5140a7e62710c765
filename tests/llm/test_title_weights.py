"""BM25 over titles: the same scores as rank_bm25."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from llm.title_weights import TitleWeights

WORDS = st.sampled_from(["star", "wars", "the", "heat", "2", "love", "of", "alien"])
TITLES = st.lists(st.lists(WORDS, max_size=6), min_size=1, max_size=12).filter(any)


@given(titles=TITLES, query=st.lists(WORDS | st.just("never"), max_size=6))
def test_scores_are_those_of_rank_bm25(titles, query):
    np.testing.assert_allclose(
        TitleWeights(titles).scores(query), BM25Okapi(titles).get_scores(query), rtol=1e-12, atol=1e-12
    )


def test_titles_without_words_score_nothing():
    assert TitleWeights([[], []]).scores(["heat"]).tolist() == [0.0, 0.0]
    assert TitleWeights([]).best(["heat"], 5) == []


def test_of_equal_titles_the_earlier_one_is_better():
    weights = TitleWeights([["alien"], ["heat"], ["heat"], ["star", "wars"], ["big", "fish"]])
    assert [place for place, _ in weights.best(["heat"], 2)] == [1, 2]
