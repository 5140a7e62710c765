"""Stores open one way: created, migrated, durable; and refuse what is not ours."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlite_utils import Migrations

from core.errors import StoreError
from core.sqlite import open_store, open_to_read


def a_migration() -> Migrations:
    migrations = Migrations("test")

    @migrations()
    def films(database):
        database["films"].create({"id": str}, pk="id")

    return migrations


def test_a_new_store_is_created_with_its_folder_and_migrated(tmp_path):
    database = open_store(tmp_path / "a" / "b.db", a_migration())
    assert "films" in database.table_names()


def test_opening_again_applies_nothing_twice(tmp_path):
    open_store(tmp_path / "b.db", a_migration())["films"].insert({"id": "heat+1995"})
    assert open_store(tmp_path / "b.db", a_migration())["films"].count == 1


def test_the_journal_is_a_wal_and_foreign_keys_are_on(tmp_path):
    connection = open_store(tmp_path / "b.db").conn
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_name_with_marks_of_a_uri_is_a_plain_name(tmp_path):
    path = tmp_path / "what?is#100%.db"
    open_store(path, a_migration())
    assert path.exists()
    assert open_to_read(path).execute("SELECT count(*) FROM films").fetchone() == (0,)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "b.db"
    path.write_bytes(b"these are not the rows you are looking for" * 100)
    with pytest.raises(StoreError, match="can not open the store"):
        open_store(path, a_migration())
    assert path.read_bytes().startswith(b"these are not")


def test_reading_a_store_that_is_not_there_says_how_it_comes_about(tmp_path):
    with pytest.raises(StoreError, match="made by the first command that writes it"):
        open_to_read(tmp_path / "none.db")


@pytest.mark.parametrize("content", [b"", b"these are not the rows you are looking for" * 100])
def test_a_file_that_is_none_of_our_stores_is_refused_before_it_is_read(tmp_path, content):
    path = tmp_path / "b.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="move it away"):
        open_to_read(path, "films")


def test_a_store_without_a_table_that_its_reader_needs_is_refused_by_name(tmp_path):
    open_store(tmp_path / "b.db", a_migration())
    with pytest.raises(StoreError, match=r"b\.db lacks the table fees"):
        open_to_read(tmp_path / "b.db", "films", "fees")


def test_a_folder_in_place_of_a_store_can_not_be_read(tmp_path):
    with pytest.raises(StoreError, match="can not read the store"):
        open_to_read(tmp_path)


def test_a_reading_connection_can_not_write(tmp_path):
    open_store(tmp_path / "b.db", a_migration())
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        open_to_read(tmp_path / "b.db").execute("DELETE FROM films")


def test_a_new_store_that_is_opened_by_several_at_once_is_there_for_all(tmp_path):
    """Four threads, each with its own connection, stand for four processes: the lock is on the open folder."""

    def opened(path, start):
        start.wait()
        return open_store(path, a_migration()).table_names()

    with ThreadPoolExecutor(4) as pool:
        for trial in range(10):
            start = threading.Barrier(4)
            waiting = [pool.submit(opened, tmp_path / f"{trial}.db", start) for _ in range(4)]
            assert all("films" in future.result() for future in waiting)
