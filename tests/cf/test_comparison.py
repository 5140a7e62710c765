from dataclasses import replace

import numpy as np
import pytest

from cf import Cost
from cf.bootstrap import Interval
from cf.comparison import Row, arrays_of, memory_bytes, recommended
from cf.popularity import Popularity

COST = Cost(1.0, 10.0, 100.0, 5000.0, 1.0, 1.0)


def a_row(model, ndcg, above=None, short=None, **cost):
    """A model with this NDCG; intervals are .01 to both sides."""
    return Row(
        model,
        around(ndcg),
        around(ndcg),
        around(0.1),
        None if above is None else around(above),
        None if short is None else around(short),
        replace(COST, **cost),
    )


def around(value):
    return Interval(value, value - 0.01, value + 0.01)


POPULARITY = a_row("popularity", 0.09, short=-0.07)


def test_nothing_that_is_not_shown_to_be_better_than_popularity_serves():
    rows = [a_row("blend", 0.095, above=0.005), POPULARITY, a_row("als", 0.05, above=-0.04, short=-0.05)]
    serve, because = recommended(rows)
    assert serve == "popularity"
    assert "no model is better than popularity" in because


def test_the_blend_stays_while_it_is_not_shown_to_be_worse():
    rows = [a_row("linear", 0.165, above=0.075), a_row("blend", 0.16, above=0.07, short=-0.005), POPULARITY]
    serve, because = recommended(rows)
    assert serve == "blend"
    assert "linear (0.1650) is the best, which the chosen one is not shown to be worse than" in because


def test_a_model_that_is_shown_to_be_better_than_the_blend_is_named_though_it_can_not_be_served():
    rows = [a_row("linear", 0.2, above=0.11), a_row("blend", 0.16, above=0.07, short=-0.04), POPULARITY]
    serve, because = recommended(rows)
    assert serve == "linear"
    assert "no other model is as good" in because
    assert "the service can not serve it yet" in because


def test_of_other_equals_the_one_with_the_cheapest_lists_serves():
    rows = [
        a_row("linear", 0.2, above=0.11, list_us=900.0),
        a_row("als", 0.195, above=0.105, short=-0.005, list_us=80.0),
        a_row("blend", 0.16, above=0.07, short=-0.04, list_us=20.0),
        POPULARITY,
    ]
    assert recommended(rows)[0] == "als"


def test_the_size_of_a_model_is_that_of_all_its_arrays(even_world):
    popularity = Popularity.of(even_world, None)
    assert memory_bytes(popularity) == 12 * 4
    assert sum(array.nbytes for array in arrays_of({"no": "array"})) == 0
    assert [array.dtype for array in arrays_of(popularity)] == [np.float32]


@pytest.mark.parametrize("low", [-0.001, 0.001])
def test_one_end_of_an_interval_decides_whether_a_model_may_serve(low):
    row = replace(a_row("blend", 0.1, above=0.01), against_popularity=Interval(0.01, low, 0.02))
    assert recommended([row, POPULARITY])[0] == ("blend" if low > 0 else "popularity")
