"""A timetable says what goes wrong, from when to when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import WorldError
from simulator.timetable import (
    Attack,
    AttackKind,
    DirtyLines,
    MixChange,
    Outage,
    PriceChange,
    ScaleChange,
    SchemaChange,
    SchemaPart,
    Timetable,
)

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


WHEN = "start_h = 0\nend_h = 1"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[[troubles]]\nkind = "outage"', "has troubles: a timetable has tables"),
        ('[trouble]\nkind = "outage"', "write each trouble as a table"),
        ("trouble = 5", "has trouble = 5: write each trouble as a table"),
        ("trouble = [1]", "write each trouble as a table"),
        ('[[trouble]]\nkind = ["a"]', r"kind \['a'\] is unknown"),
        ('[[trouble]]\nkind = "outage"\nstart_h = 0\nend_h = inf', "end_h = inf"),
        ('[[trouble]]\nkind = "outage"\nstart_h = 0\nend_h = 1e9', "up to 876,000"),
        ('[[trouble]]\nkind = "outage"\nstart_h = nan\nend_h = 1', "start_h = nan"),
        ('[[trouble]]\nkind = "outage"\nstart_h = "0"\nend_h = 1', "start_h and end_h are needed, in hours"),
        (f'[[trouble]]\nkind = "price change"\n{WHEN}\nfactor = inf', "factor = inf"),
        (f'[[trouble]]\nkind = "price change"\n{WHEN}\nfactor = 1e300', "up to 1,000"),
        (f'[[trouble]]\nkind = "late lines"\n{WHEN}\ndelay_s = inf', "delay_s = inf"),
        (f'[[trouble]]\nkind = "late lines"\n{WHEN}\ndelay_s = 1e300', "up to 31,536,000"),
        (f'[[trouble]]\nkind = "dirty lines"\n{WHEN}\nshare = true', "share = True"),
        (f'[[trouble]]\nkind = "sign-ups"\n{WHEN}\nsize = true', "size = True"),
        (f'[[trouble]]\nkind = "sign-ups"\n{WHEN}\nsize = 1000000000000', "up to 100,000"),
        (f'[[trouble]]\nkind = "attack"\n{WHEN}\nstyle = "random"\ntarget = "a"\npush = "no"', "give true or false"),
        (f'[[trouble]]\nkind = "attack"\n{WHEN}\nstyle = "random"\ntarget = 5', "target = 5"),
        (f'[[trouble]]\nkind = "mix change"\n{WHEN}\nchanges = "abc"', "give a table of numbers"),
        (f'[[trouble]]\nkind = "mix change"\n{WHEN}\nchanges = {{}}', "give a table of numbers"),
        (f'[[trouble]]\nkind = "mix change"\n{WHEN}\nchanges = {{asks = "x"}}', "asks = 'x' is no number"),
        (f'[[trouble]]\nkind = "mix change"\n{WHEN}\nchanges = {{appeal = nan}}', "appeal = nan can not be"),
        (f'[[trouble]]\nkind = "mix change"\n{WHEN}\nchanges = {{pull = 1000}}', "from -10 to 10"),
        (f'[[trouble]]\nkind = "mix change"\n{WHEN}\nchanges = {{minute_s = 1e12}}', "up to 86,400"),
        (f'[[trouble]]\nkind = "mix change"\n{WHEN}\nchanges = {{visits_a_day = inf}}', "visits_a_day = inf"),
    ],
)
def test_what_would_break_a_run_or_do_nothing_is_refused_with_its_reason(load, text, reason):
    with pytest.raises(WorldError, match=reason):
        load(text)


def at_hours(kind, start, end, **changes):
    return kind(start=NOON + start * HOUR, end=NOON + end * HOUR, **changes)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (PriceChange, {}),
        (ScaleChange, {}),
        (MixChange, {"changes": {"asks": 0.5}}),
        (SchemaChange, {"part": SchemaPart.FEE_NAME}),
    ],
)
def test_two_changes_of_one_thing_at_a_time_are_refused(kind, changes):
    first = at_hours(kind, 1, 3, **changes)
    for start, end in ((0, 2), (2, 4), (1, 3), (0, 4)):
        with pytest.raises(WorldError, match="let the first end before the second starts"):
            Timetable([at_hours(kind, start, end, **changes), Outage(start=NOON, end=NOON + HOUR), first])
    Timetable([first, at_hours(kind, 3, 4, **changes), at_hours(kind, 0, 1, **changes)])


def test_two_troubles_that_can_go_together_may():
    Timetable([at_hours(DirtyLines, 0, 2), at_hours(DirtyLines, 1, 3)])
    Timetable([at_hours(SchemaChange, 0, 2, part=part) for part in SchemaPart])


def test_what_is_no_toml_is_refused(load):
    with pytest.raises(WorldError, match="is no timetable"):
        load("[[trouble")
