"""What a cost report tells beside its sums: users, speeds, and what it lacks."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import NothingToReport
from core.ids import MovieId, UserId
from core.money import Usd
from telemetry import CostGroup, CostReport, Gap, Span, per, quantile_us
from telemetry.play_book import Cursor, PlayBook
from telemetry.row import to_us

HEAT = MovieId("heat+1995")


@pytest.fixture
def day(noon):
    return Span(noon.replace(hour=0), noon.replace(hour=0) + timedelta(days=1))


def book(ledger_path, noon, *starts):
    with closing(PlayBook(ledger_path)) as plays:
        after = plays.booked_until()
        plays.take_decisions(noon)
        plays.book(starts, after, Cursor(after.batch + 1, "m"), noon)


def test_users_who_got_a_list_are_counted_once_a_day(decisions, open_writer, ledger_path, noon, day):
    open_writer().write([decisions.one(), decisions.one(), decisions.one(user=UserId(43))], None)
    book(ledger_path, noon)
    with closing(CostReport(ledger_path)) as report:
        table = report.with_users(report.by(CostGroup.DAY, day))
        assert table.active_users == 2
        assert table.active_by_day == {"2026-11-20": 2}
        hour = Span(noon, noon + timedelta(hours=1))
        assert report.with_users(report.by(CostGroup.HOUR, hour)).active_users is None


def test_what_is_lacking_is_counted(decisions, open_writer, ledger_path, noon, day):
    made = decisions.one(("heat+1995", "up+2009"))
    book(ledger_path, noon, (UserId(1), HEAT, to_us(noon)))
    open_writer(lambda: {HEAT: Usd(5)}).write([made], Gap(made.request, made.request, 3))
    with closing(CostReport(ledger_path)) as report:
        found = report.unknown(day)
        assert (found.films, found.unknown_fees, found.unpriced_lists) == (2, 1, 0)
        assert (found.unpriced_plays, found.dropped, found.unbooked, found.conflicts) == (1, 3, 1, 0)
        before = Span(day.since - timedelta(days=1), day.since)
        assert report.unknown(before).dropped == 0


def test_speeds_are_kept_by_group(decisions, open_writer, ledger_path, noon):
    batch = [
        decisions.one(elapsed_us=us, arm=arm) for us, arm in ((90, "a"), (99, "a"), (700_000, "a"), (2_000, "b"))
    ]
    open_writer().write(batch, None)
    book(ledger_path, noon)
    with closing(CostReport(ledger_path)) as report:
        speeds = report.speeds(CostGroup.ARM)
    assert (quantile_us(speeds["a"], 0.5), quantile_us(speeds["a"], 0.99)) == (100, 1_000_000)
    assert quantile_us(speeds["b"], 0.5) == 2_500
    assert quantile_us({99: 1}, 0.5) is None
    assert quantile_us({}, 0.5) is None


def test_a_ledger_in_which_nothing_was_booked_has_no_report(decisions, open_writer, ledger_path):
    open_writer().write([decisions.one()], None)
    with pytest.raises(NothingToReport, match="matinee cost book"):
        CostReport(ledger_path)


def test_a_list_that_the_ledger_lacks_has_no_costs(ledger_path, noon):
    book(ledger_path, noon)
    with closing(CostReport(ledger_path)) as report:
        assert report.of_list(1) is None
        assert report.hours() is None
        assert report.by(CostGroup.DAY).lines == {}


def test_the_costs_of_a_line_are_over_what_is_known(decisions, open_writer, ledger_path, noon):
    made = [decisions.one(("heat+1995",)), decisions.one(("up+2009",))]
    open_writer(lambda: {HEAT: Usd(1_000_000)}).write(made, None)
    book(ledger_path, noon, (UserId(42), HEAT, to_us(noon + timedelta(minutes=1))))
    with closing(CostReport(ledger_path)) as report:
        line = report.total()
        assert (line.lists, line.unpriced_lists, line.plays, line.unpriced_plays) == (2, 1, 1, 1)
        assert line.expected_per_list == line.expected
        assert (line.per_list, line.per_play) == (Usd(0), None)
        costly = replace(line, attributed=Usd(7), llm=Usd(4), unpriced_plays=0)
        assert (costly.per_list, costly.per_play) == (per(Usd(11), 2), Usd(7))


@pytest.mark.parametrize(("since", "until"), [(30, 60), (0, 0), (60, 0)])
def test_a_span_is_of_full_hours_and_not_empty(noon, since, until):
    with pytest.raises(ValueError, match=r"full hour|earlier time"):
        Span(noon + timedelta(minutes=since), noon + timedelta(minutes=until))
