import sqlite3
from contextlib import closing

import pytest

from core.user import User
from ingest.user_table import UserTable


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.db"


@pytest.fixture
def table(path):
    with closing(UserTable(path)) as opened:
        yield opened


def test_a_user_comes_back_as_it_was_put(table):
    known, unknown = User(1, 33, "F", "writer", "Alien", "Grease"), User(2)
    assert table.put([known, unknown], 5) == 2
    assert (table.find(1), table.find(2), table.find(3)) == (known, unknown, None)
    assert table.ids() == {1, 2}


def test_the_described_are_those_with_a_text(table):
    written, silent = User(1, 33, likes="Alien", dislikes="Grease"), User(2, 44)
    table.put([written, silent], 5)
    assert table.described() == {1: written}


def test_an_unknown_age_is_none_not_0(table):
    table.put([User(1, 0), User(2, None)], 5)
    assert table.ages() == {1: 0, 2: None}


def test_a_later_record_replaces_the_earlier_one_whole(table):
    table.put([User(1, 33, likes="Alien", dislikes="Grease")], 5)
    table.put([User(1, None)], 6)
    assert table.find(1) == User(1, None)


def test_ages_after_a_batch_are_those_that_it_did_not_know(table, path):
    table.put([User(1, 33), User(2, 44)], 5)
    batch = last_batch(path)
    assert table.put([User(1, 33), User(2, 45), User(3, 9)], 6) == 2
    assert table.ages(after_batch=batch) == {2: 45, 3: 9}
    assert table.ages(after_batch=last_batch(path)) == {}


def test_each_put_is_one_batch_that_says_what_it_is(table, path):
    table.put([User(1), User(2)], 5)
    table.put([User(3)], 6)
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT source, lines, rejected, first_us, last_us, committed_us FROM batches"
        rows = connection.execute(query).fetchall()
    assert rows == [("users", 2, 0, 5, 5, 5), ("users", 1, 0, 6, 6, 6)]


def test_no_records_are_no_batch(table, path):
    assert table.put([], 5) == 0
    assert last_batch(path) is None


def last_batch(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT max(batch) FROM batches").fetchone()[0]
