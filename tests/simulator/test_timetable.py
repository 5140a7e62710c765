"""A timetable says what goes wrong, from when to when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import WorldError
from simulator.timetable import Attack, AttackKind, DirtyLines, Outage, Timetable

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def load(tmp_path):
    def loaded(text):
        path = tmp_path / "trouble.toml"
        path.write_text(text)
        return Timetable.load(path, NOON)

    return loaded


def test_hours_count_from_the_begin_of_the_run(load):
    table = load('[[trouble]]\nkind = "outage"\nstart_h = 1\nend_h = 2.5\n')
    assert table.troubles == [Outage(start=NOON + HOUR, end=NOON + 2.5 * HOUR)]


def test_fields_have_their_defaults_or_what_is_given(load):
    table = load(
        '[[trouble]]\nkind = "dirty lines"\nstart_h = 0\nend_h = 1\n'
        '[[trouble]]\nkind = "attack"\nstart_h = 0\nend_h = 1\nstyle = "segment"\ntarget = "heat+1995"\nsize = 3\n'
    )
    dirty, attack = table.troubles
    assert dirty == DirtyLines(start=NOON, end=NOON + HOUR, share=0.0004)
    assert attack == Attack(start=NOON, end=NOON + HOUR, style=AttackKind.SEGMENT, target="heat+1995", size=3)


def test_a_trouble_holds_from_its_start_until_before_its_end():
    table = Timetable([Outage(start=NOON, end=NOON + HOUR)])
    moments = [NOON - HOUR / 60, NOON, NOON + 0.9 * HOUR, NOON + HOUR]
    assert [table.at(Outage, moment) is not None for moment in moments] == [False, True, True, False]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('kind = "rain"', "known kinds are dirty lines, duplicates"),
        ('kind = "outage"\nstart_h = 1', "start_h and end_h are needed"),
        ('kind = "outage"\nstart_h = 2\nend_h = 1', "0 <= start_h < end_h is needed"),
        ('kind = "outage"\nstart_h = 0\nend_h = 1\nsize = 3', "its fields are none"),
        ('kind = "attack"\nstart_h = 0\nend_h = 1\nstyle = "random"', r"target \(needed\)"),
        ('kind = "attack"\nstart_h = 0\nend_h = 1\nstyle = "sly"\ntarget = "a"', "styles are random, average"),
        ('kind = "schema change"\nstart_h = 0\nend_h = 1\npart = "soul"', "parts are fee name, runtime type"),
        ('kind = "broken model to be released"\nstart_h = 0\nend_h = 1', r"form \(needed\)"),
        ('kind = "dirty lines"\nstart_h = 0\nend_h = 1\nshare = 2', "share = 2"),
        ('kind = "sign-ups"\nstart_h = 0\nend_h = 1\nsize = "many"', "size = 'many'"),
        ('kind = "mix change"\nstart_h = 0\nend_h = 1\n[trouble.changes]\nluck = 1', "'luck'"),
        ('kind = "mix change"\nstart_h = 0\nend_h = 1\n[trouble.changes]\nasks = 2', "asks = 2"),
        ('kind = "mix change"\nstart_h = 0\nend_h = 1\n[trouble.changes]\nmemory = 1', "can not change 'memory'"),
    ],
)
def test_what_can_not_be_is_refused_with_its_reason(load, text, reason):
    with pytest.raises(WorldError, match=reason):
        load(f"[[trouble]]\n{text}\n")


def test_what_is_no_toml_is_refused(load):
    with pytest.raises(WorldError, match="is no timetable"):
        load("[[trouble")
