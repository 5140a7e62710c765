"""The log of a live world goes on where it stands, and tells who watched what in its live part."""

from __future__ import annotations

import resource

import pytest

from core.errors import WorldError
from simulator.live_log import BEGIN, LATE, SPOILT, LiveLog, settle_log

HISTORY = "2026-02-14T00:07,1,GET /data/m/heat+1995/0.mpg\n"
LIVE = ["2026-02-15T00:07,2,GET /data/m/up+2009/3.mpg", "2026-02-15T00:08,2,GET /rate/up+2009=9"]
LATE_LINES = [f"2026-02-15T00:0{minute},2,GET /data/m/up+2009/{minute}.mpg" for minute in range(5)]


def test_only_what_came_after_the_history_is_told(tmp_path):
    path = tmp_path / "movielog.log"
    path.write_text(HISTORY)
    for _ in range(2):
        log = LiveLog(path)
        log.write(LIVE)
        log.close()
    log = LiveLog(path)
    assert list(log.watched()) == [(2, "up+2009")] * 2
    log.close()
    assert path.read_text() == HISTORY + ("\n".join(LIVE) + "\n") * 2


def test_who_watched_what_is_told_under_the_changed_path_too(tmp_path):
    log = LiveLog(tmp_path / "movielog.log")
    log.write(["2026-02-15T00:07,2,GET /data/movie/up+2009/3.mpg"])
    assert list(log.watched()) == [(2, "up+2009")]
    log.close()


def test_what_was_written_is_there_for_readers_at_once(tmp_path):
    path = tmp_path / "movielog.log"
    log = LiveLog(path)
    log.write(LIVE)
    assert path.read_text().splitlines() == LIVE
    log.close()


def test_half_a_line_of_a_killed_run_spoils_no_other_line(tmp_path):
    path = tmp_path / "movielog.log"
    path.write_text(HISTORY + "2026-02-15T00:0")
    log = LiveLog(path)
    log.write(LIVE)
    log.close()
    assert path.read_text().splitlines()[-2:] == LIVE


def test_half_a_line_of_a_killed_run_is_no_other_event(tmp_path):
    path = tmp_path / "movielog.log"
    path.write_text("2026-02-15T00:08,2,GET /rate/up+2009=1")  # ten stars, it would have been
    settle_log(path)
    assert path.read_text() == "2026-02-15T00:08,2,GET /rate/up+2009=1 (cut off)\n"


def test_two_runs_at_once_are_refused(tmp_path):
    log = LiveLog(tmp_path / "movielog.log")
    with pytest.raises(WorldError, match=r"another run lives on the world in .*: wait for its end"):
        LiveLog(tmp_path / "movielog.log")
    log.close()
    settle_log(tmp_path / "movielog.log")


@pytest.mark.parametrize("text", ["", "many"])
def test_a_begin_that_is_no_number_is_refused_with_the_way_out(tmp_path, text):
    (tmp_path / BEGIN).write_text(text)
    with pytest.raises(WorldError, match=r"must say how many bytes of movielog\.log are history"):
        LiveLog(tmp_path / "movielog.log")


@pytest.fixture
def room_for():
    """Lets no file of this process grow beyond so many bytes, as a full disk does."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("room", [0, 10, len(LIVE[0]) + 20])
def test_what_can_not_be_written_wholly_is_not_written_at_all(tmp_path, room_for, room):
    path = tmp_path / "movielog.log"
    path.write_text(HISTORY)
    log = LiveLog(path)
    room_for(len(HISTORY) + room)
    with pytest.raises(WorldError, match=r"can not write to .*movielog\.log: File too large; what is told"):
        log.write(LIVE, [LATE_LINES[0]], [("right", "wrong")])
    log.close()
    assert path.read_text() == HISTORY
    assert (tmp_path / LATE).read_text() == (tmp_path / SPOILT).read_text() == ""


def left_by_a_killed_run(path, written, late):
    """The files as a run leaves them that ends without a word."""
    LiveLog(path).close()
    path.write_text("".join(f"{line}\n" for line in written))
    path.with_name(LATE).write_text("".join(f"{line}\n" for line in late))


def test_lines_that_are_late_when_a_run_is_killed_are_written_by_the_next(tmp_path):
    path = tmp_path / "movielog.log"
    left_by_a_killed_run(path, [LATE_LINES[1], *LIVE], LATE_LINES)
    settle_log(path)
    assert path.read_text().splitlines() == [LATE_LINES[1], *LIVE, *(LATE_LINES[place] for place in (0, 2, 3, 4))]
    assert not (tmp_path / LATE).exists()
    settle_log(path)
    assert len(path.read_text().splitlines()) == 7


def test_a_late_line_that_was_kept_twice_is_written_as_often(tmp_path):
    path = tmp_path / "movielog.log"
    left_by_a_killed_run(path, LATE_LINES[:1], LATE_LINES[:1] * 2)
    settle_log(path)
    assert path.read_text().splitlines() == [LATE_LINES[0]] * 2


def test_half_of_a_late_line_that_was_being_kept_is_not_written(tmp_path):
    path = tmp_path / "movielog.log"
    path.write_text(HISTORY)
    (tmp_path / LATE).write_text(LATE_LINES[0] + "\n" + LATE_LINES[1][:20])
    settle_log(path)
    assert path.read_text() == HISTORY + LATE_LINES[0] + "\n"
