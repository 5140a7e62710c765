import numpy as np
import pytest

from cf import Interactions
from cf.subgroups import subgroups
from core.user import User


@pytest.fixture(scope="module")
def known(words):
    rows = [(user, f"film+{m:02d}", 8) for user, n in ((1, 3), (2, 7), (3, 25), (4, 4)) for m in range(30 - n, 30)]
    return Interactions.from_frame(words.events(rows), [f"film+{m:02d}" for m in range(30)], 10)[0]


RECORDS = {
    1: User(1, 17, "F", "writer", likes="heist films"),
    2: User(2, 18, "M", "lawyer"),
    3: User(3, None, "M", "writer", dislikes="musicals"),
}


def test_every_user_is_in_one_part_of_each_kind(known):
    parts = subgroups(np.arange(4), known, RECORDS)
    for kind in ("gender", "age", "occupation", "activity", "described", "taste"):
        members = [part for name, part in parts.items() if name.startswith(f"{kind}: ")]
        assert sorted(np.concatenate(members)) == [0, 1, 2, 3]


def test_a_user_is_where_the_record_says(known):
    parts = {name: part.tolist() for name, part in subgroups(np.arange(4), known, RECORDS).items()}
    assert (parts["gender: F"], parts["gender: unknown"]) == ([0], [3])
    assert (parts["age: 0 to 17"], parts["age: 18 to 24"], parts["age: unknown"]) == ([0], [1], [2, 3])
    assert parts["occupation: writer"] == [0, 2]
    assert parts["described: yes"] == [0, 2]


def test_activity_and_taste_come_from_the_films(known):
    parts = {name: part.tolist() for name, part in subgroups(np.arange(4), known, RECORDS).items()}
    assert parts["activity: 1 to 4 films"] == [0, 3]
    assert parts["activity: 20 and more films"] == [2]
    assert parts["taste: head"] == [0, 3]  # films that all the others have too
    assert parts["taste: tail"] == [1, 2]


def test_only_the_judged_users_are_told_apart(known):
    parts = subgroups(np.array([2]), known, RECORDS)
    assert parts["occupation: writer"].tolist() == [0]
