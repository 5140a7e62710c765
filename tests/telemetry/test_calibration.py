from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import MovieId
from core.money import Usd
from telemetry.calibration import deciles
from telemetry.licence import LIST_LENGTH, PICK_PRIOR_PPM, expected_licence
from telemetry.picks import learned_ppm

LISTS = 20_000
TRUE = 0.15 * 0.75 ** np.arange(LIST_LENGTH)  # steeper than the prior: 0.6 plays a list against 0.5


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), max_size=40))
def test_parts_are_of_one_size_in_order_and_add_up_to_all_lists(costs):
    expected, realised = np.array(costs, np.int64).reshape(-1, 2).T
    parts = deciles(expected, realised)
    assert sum((part.expected for part in parts), Usd(0)) == Usd(int(expected.sum()))
    assert sum((part.realised for part in parts), Usd(0)) == Usd(int(realised.sum()))
    sizes = [part.lists for part in parts]
    assert sum(sizes) == len(costs)
    assert not sizes or max(sizes) - min(sizes) <= 1
    means = [part.expected.nano / part.lists for part in parts]
    assert means == sorted(means)


def test_lists_that_nothing_is_expected_of_have_no_ratio():
    (part,) = deciles(np.array([0]), np.array([5]))
    assert part.ratio is None


def test_costs_of_different_lists_are_refused():
    with pytest.raises(ValueError, match="2 lists have an expected cost, 1 a realised one"):
        deciles(np.array([1, 2]), np.array([1]))


def test_learned_probabilities_are_calibrated_in_every_tenth_and_the_prior_is_not():
    """Learned from one half of the lists, judged on the other.

    Ten tenths within 4 standard errors: by chance one of them is not in 1 of 1,600 runs; of what is learned from as
    many lists as it is judged on, the error is at most that of the judgement, so 4 * sqrt(2).
    """
    rng = np.random.default_rng(11)
    fees = rng.integers(6_000_000, 365_000_000, 500)
    films = np.argsort(rng.random((LISTS, len(fees))), axis=1)[:, :LIST_LENGTH]
    picked = rng.random(films.shape) < TRUE
    half = LISTS // 2
    learned = learned_ppm([half] * LIST_LENGTH, picked[:half].sum(axis=0).tolist())
    realised = (picked * fees[films])[half:].sum(axis=1)

    def judged(ppm):
        fee_by_movie = {MovieId(str(film)): Usd(fee) for film, fee in enumerate(fees.tolist())}
        lists = ([MovieId(str(film)) for film in row] for row in films[half:].tolist())
        return deciles(np.array([expected_licence(movies, fee_by_movie, ppm)[0].nano for movies in lists]), realised)

    def misses(parts):
        return [abs(part.realised.nano - part.expected.nano) / part.error.nano for part in parts]

    assert max(misses(judged(learned))) < 4 * np.sqrt(2)
    assert max(misses(judged(PICK_PRIOR_PPM))) > 4 * np.sqrt(2)
