"""A record file is followed while a live world adds to it."""

from __future__ import annotations

import pytest

from simulator.record_file import RecordFile, append_record, replace_records


@pytest.fixture
def path(tmp_path):
    replace_records(tmp_path / "users.tsv", [("1", "{}"), ("2", '{"text":"a\u2028b"}')])
    return tmp_path / "users.tsv"


def test_records_come_back_by_id(path):
    records = RecordFile(path)
    assert [records.get("1"), records.get("2"), records.get("3")] == ["{}", '{"text":"a\u2028b"}', None]


def test_what_is_appended_is_there_at_the_next_look(path):
    records = RecordFile(path)
    append_record(path, "3", "[]")
    assert records.get("3") == "[]"


def test_half_a_line_is_left_for_later(path):
    records = RecordFile(path)
    with open(path, "a") as file:
        file.write('3\t{"a"')
    assert records.get("3") is None
    with open(path, "a") as file:
        file.write(":1}\n")
    assert records.get("3") == '{"a":1}'


def test_a_file_that_was_replaced_is_read_anew(path):
    records = RecordFile(path)
    replace_records(path, [("1", "[1]")])
    assert (records.get("1"), records.get("2")) == ("[1]", None)


def test_a_file_that_was_replaced_again_and_again_is_read_anew_each_time(path):
    records = RecordFile(path)
    for text in ("[1]", "[1,2]", "[1,2,3]", "[1,2,3,4]"):  # the first file's inode is free for the third one
        replace_records(path, [("1", text), ("2", text)])
        replace_records(path, [("1", f"{text[:-1]},0]"), ("2", f"{text[:-1]},0]")])
        assert records.all() == {"1": f"{text[:-1]},0]", "2": f"{text[:-1]},0]"}
