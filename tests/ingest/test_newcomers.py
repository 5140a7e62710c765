from datetime import UTC, datetime

import pytest

from core.errors import StoreError
from core.user import User
from ingest import UserTable
from ingest.effects import Effects
from ingest.event_store import EventStore
from ingest.lines import parse_line
from ingest.newcomers import Newcomers

NOW = datetime(2026, 2, 14, 13, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    UserTable(tmp_path / "events.db").close()
    return tmp_path / "events.db"


def sign_up(path, *users):
    """One batch of new accounts."""
    effects = Effects()
    for user in users:
        effects.add(parse_line(f"2026-02-14T12:00:00,{user},GET /create_account".encode()))
    store = EventStore(path)
    store.commit(effects, [], {}, NOW)
    store.close()


def describe(path, *users):
    table = UserTable(path)
    table.put([User(user, 30, likes=f"Heat {user}", dislikes="Up") for user in users], 1)
    table.close()


def test_sign_ups_come_in_steps_in_the_order_in_which_they_became_known(path):
    sign_up(path, 9, 3)
    sign_up(path, 5)
    newcomers = Newcomers(path)
    first, place = newcomers.sign_ups("", 2)
    second, place = newcomers.sign_ups(place, 2)
    assert (first, second) == ([3, 9], [5])
    assert newcomers.sign_ups(place, 2) == ([], place)


def test_users_with_a_text_come_as_they_are_now(path):
    describe(path, 4, 2)
    table = UserTable(path)
    table.put([User(7, 30)], 1)
    table.close()
    newcomers = Newcomers(path)
    users, place = newcomers.described("", 10)
    assert [(user.id, user.likes) for user in users] == [(2, "Heat 2"), (4, "Heat 4")]
    describe(path, 2)  # the same again: nothing changed
    assert newcomers.described(place, 10)[0] == []


def test_a_text_that_changed_comes_again(path):
    describe(path, 2)
    newcomers = Newcomers(path)
    _, place = newcomers.described("", 10)
    table = UserTable(path)
    table.put([User(2, 30, likes="Alien", dislikes="Up")], 2)
    table.close()
    assert [user.likes for user in newcomers.described(place, 10)[0]] == ["Alien"]


def test_nothing_that_is_there_comes_after_the_end(path):
    sign_up(path, 9)
    describe(path, 9)
    newcomers = Newcomers(path)
    end = newcomers.end()
    assert (newcomers.sign_ups(end, 9)[0], newcomers.described(end, 9)[0]) == ([], [])
    sign_up(path, 1)
    assert newcomers.sign_ups(end, 9)[0] == [1]


def test_a_place_in_a_store_that_is_gone_means_from_the_start(path, tmp_path):
    sign_up(path, 9)
    _, place = Newcomers(path).sign_ups("", 9)
    other = tmp_path / "other.db"
    UserTable(other).close()
    sign_up(other, 1)
    assert Newcomers(other).sign_ups(place, 9)[0] == [1]


def test_a_store_that_is_not_there_is_named(tmp_path):
    with pytest.raises(StoreError, match="there is no store"):
        Newcomers(tmp_path / "events.db")
