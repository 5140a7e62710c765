import numpy as np
import pytest

from cf import Interactions
from cf.weights import weigh
from core.errors import TrainingError


def test_films_outside_the_catalogue_take_no_part_and_are_counted(words):
    frame = words.events([(1, "film+00", 8), (2, "stray", 8), (3, "stray", 9), (3, "film+01", 2)])
    whole, unknown = Interactions.from_frame(frame, ["film+01", "film+00"], 10)
    assert unknown == {"stray": 2}
    assert whole.users.tolist() == [1, 3]
    assert whole.movies == ("film+00", "film+01")
    assert [(whole.users[u], whole.movies[m]) for u, m in zip(whole.user, whole.movie, strict=True)] == [
        (1, "film+00"),
        (3, "film+01"),
    ]


def test_a_history_is_in_the_order_of_time(words):
    frame = words.events([(7, "b", 9), (5, "a", 9), (7, "a", 1), (7, "c", 4)])
    whole, _ = Interactions.from_frame(frame, "abc", 10)
    history = whole.history()
    assert history.lengths.tolist() == [1, 3]
    assert history.movies.tolist() == [0, 1, 0, 2]
    assert history.weights.tolist() == pytest.approx([0.9, 0.9, 0.1, 0.4])


def test_rows_of_a_history_keep_their_films(words):
    frame = words.events([(u, f"{m}", 5) for u in range(4) for m in range(u + 1)])
    history = Interactions.from_frame(frame, "0123", 10)[0].history()
    picked = history.rows(np.array([3, 0]))
    assert picked.movies.tolist() == [0, 1, 2, 3, 0]
    assert picked.lengths.tolist() == [4, 1]


def test_of_users_drops_users_and_keeps_films(even_world):
    keep = even_world.users % 2 == 0
    part = even_world.of_users(keep)
    assert part.users.tolist() == list(range(0, 31, 2))
    assert part.movies == even_world.movies
    assert set(part.users[part.user]) == set(range(0, 31, 2))


def test_equal_data_has_an_equal_id_and_any_change_another(words):
    rows = [(1, "a", 9), (2, "b", 9)]
    ids = [
        Interactions.from_frame(words.events(changed), films, 10)[0].data_id()
        for changed, films in (
            (rows, "ab"),
            (rows, "ba"),
            (rows[::-1], "ab"),
            ([(1, "a", 8), rows[1]], "ab"),
            (rows, "abc"),
        )
    ]
    assert ids[0] == ids[1]
    assert len(set(ids[1:])) == 4


def test_stars_count_before_minutes():
    weight = weigh(np.array([90, 90, 0]), np.array([2.0, np.nan, 2.0]), 10)
    assert weight.tolist() == pytest.approx([0.2, 0.7, 0.2])


def test_more_stars_than_there_can_be_are_refused_with_the_way_out():
    with pytest.raises(TrainingError, match="10 stars and MATINEE_STARS_MAX says that 5"):
        weigh(np.array([0, 9, 0]), np.array([10.0, np.nan, 2.0]), 5)


def test_every_interaction_weighs_something_and_at_most_one():
    weight = weigh(np.array([1, 500, 0, 0]), np.array([np.nan, np.nan, 1, 5]), 5)
    assert (weight > 0).all()
    assert (weight <= 1).all()
