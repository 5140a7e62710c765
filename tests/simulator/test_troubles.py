"""Each trouble of a timetable can be seen in what the site writes, and is told by the truth."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np

from core.money import Usd
from simulator.live_log import SPOILT
from simulator.timetable import (
    DirtyLines,
    DuplicateLines,
    LateLines,
    MixChange,
    Outage,
    PriceChange,
    ScaleChange,
    SchemaChange,
    SchemaPart,
    SignUps,
)
from simulator.troubles_lines import with_stray
from simulator.world import MOVIES, USERS

BEGIN = datetime(2026, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
FROM_6_TO_18 = {"start": BEGIN + 6 * HOUR, "end": BEGIN + 18 * HOUR}
LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{3,6})?)?,\d+,"
    r"(GET /data/m/[a-z0-9+._*'-]+/\d+\.mpg|GET /rate/[a-z0-9+._*'-]+=\d+|GET /create_account|"
    r"recommendation request .*)"
)


def within(line, start, end):
    return start <= datetime.fromisoformat(line.split(",")[0]).replace(tzinfo=UTC) < end


def test_the_same_seed_gives_the_same_bytes_and_the_same_truth(live):
    assert live() == live()


def test_a_day_without_trouble_is_told_to_the_last_line(live):
    lines, truth = live()
    assert all(LINE.fullmatch(line) for line in lines)
    counts = Counter(re.search(r",\d+,(GET /\w+|rec)", line)[1] for line in lines)
    total = truth["total"]
    assert counts["GET /data"] == total["minutes"] > 1000
    assert counts["GET /rate"] == total["ratings"] > 10
    assert counts["GET /create_account"] == total["accounts"] > 0
    assert counts["rec"] == total["requests"] == total["answered"] > 30
    assert total == {name: sum(day[name] for day in truth["days"].values()) for name in total}


def test_dirty_lines_are_as_many_as_the_truth_tells_and_lie_within_their_time(live):
    lines, truth = live(DirtyLines(**FROM_6_TO_18, share=0.01))
    (trouble,) = truth["troubles"]
    clean = len([line for line in lines if LINE.fullmatch(line)])
    # A stray character in a film id, a number or a list can be one that may stand there.
    assert 0.3 * trouble["lines"] < len(lines) - clean <= trouble["lines"]
    # Binomial: half of the lines or so, 1 % of them; four standard errors.
    struck = sum(within(line, FROM_6_TO_18["start"], FROM_6_TO_18["end"]) for line in lines if LINE.fullmatch(line))
    assert abs(trouble["lines"] - 0.01 * struck) < 4 * (0.01 * struck) ** 0.5 + 1


def test_every_line_that_is_not_as_it_should_be_is_in_the_truth_beside_what_it_should_be(live):
    lines, truth = live(
        DirtyLines(**FROM_6_TO_18, share=0.01),
        ScaleChange(**FROM_6_TO_18),
        SchemaChange(start=BEGIN + 12 * HOUR, end=BEGIN + 13 * HOUR, part=SchemaPart.MINUTE_PATH),
    )
    pairs = [pair.split("\t") for pair in (live.folder / SPOILT).read_text().splitlines()]
    right = {written: right for right, written in pairs}
    assert all(LINE.fullmatch(line) for line, _ in pairs)
    assert len(pairs) > 20
    mended = Counter(re.search(r",(GET /\w+|rec)", right.get(line, line))[1] for line in lines)
    assert mended["GET /data"] == truth["total"]["minutes"]
    assert mended["GET /rate"] == truth["total"]["ratings"]
    assert (
        sum(int(line.rpartition("=")[2]) for line in (right.get(one, one) for one in lines) if "/rate/" in line)
        == (truth["total"]["stars"])
    )


def test_a_stray_character_is_one_and_printable():
    rng = np.random.default_rng(1)
    for _ in range(200):
        dirty = with_stray("heat+1995", rng)
        assert len(dirty) == 10
        assert any(dirty[:place] + dirty[place + 1 :] == "heat+1995" for place in range(10))
        assert dirty.isprintable()


def test_duplicates_stand_side_by_side(live):
    lines, truth = live(DuplicateLines(**FROM_6_TO_18, share=0.02))
    doubles = [line for line, following in pairwise(lines) if line == following]
    assert len(doubles) == truth["troubles"][0]["lines"] > 10
    assert len(set(lines)) == len(lines) - len(doubles)
    assert all(within(line, **FROM_6_TO_18) for line in doubles)


def test_late_lines_come_after_later_ones(live):
    lines, truth = live(LateLines(**FROM_6_TO_18, share=0.02, delay_s=900))
    times = [datetime.fromisoformat(line.split(",")[0]) for line in lines]
    latest = np.maximum.accumulate(np.array(times, dtype="datetime64[us]"))
    late = [
        line
        for line, time, seen in zip(lines, times, latest, strict=True)
        if seen - np.datetime64(time) > np.timedelta64(890, "s")
    ]
    assert 0.8 * truth["troubles"][0]["lines"] <= len(late) <= truth["troubles"][0]["lines"]
    assert len(late) > 10
    assert all(within(line, **FROM_6_TO_18) for line in late)


def test_lines_that_are_late_at_the_end_of_a_run_are_written_then(live):
    lines, truth = live(LateLines(start=BEGIN, end=BEGIN + 24 * HOUR, share=0.05, delay_s=30 * 3600))
    late = lines[-truth["troubles"][0]["lines"] :]
    times = [datetime.fromisoformat(line.split(",")[0]) for line in late]
    assert len(late) > 10
    assert times == sorted(times)
    assert sum(".mpg" in line for line in lines) == truth["total"]["minutes"]


def test_nothing_happens_during_an_outage(live):
    lines, truth = live(Outage(**FROM_6_TO_18))
    assert not [line for line in lines if within(line, **FROM_6_TO_18)]
    assert [line for line in lines if within(line, FROM_6_TO_18["end"], BEGIN + 24 * HOUR)]
    assert sum(".mpg" in line for line in lines) == truth["total"]["minutes"]


def test_a_trouble_to_which_the_run_did_not_come_has_not_happened(live):
    _, truth = live(Outage(**FROM_6_TO_18), Outage(start=BEGIN + 24 * HOUR, end=BEGIN + 25 * HOUR))
    assert [trouble["happened"] for trouble in truth["troubles"]] == [True, False]


def test_stars_are_on_the_scale_to_5_during_a_scale_change(live):
    lines, truth = live(ScaleChange(**FROM_6_TO_18), visits_a_day=0.6)
    stars = [(int(line.rpartition("=")[2]), within(line, **FROM_6_TO_18)) for line in lines if "/rate/" in line]
    during, else_ = ([given for given, is_during in stars if is_during is flag] for flag in (True, False))
    assert len(during) == truth["troubles"][0]["lines"]
    assert max(during) <= 5 < max(else_)
    assert (
        abs(np.mean(during) - np.mean(np.ceil(np.array(else_) / 2))) < 4 * np.std(during) * (2 / len(during)) ** 0.5
    )


def fees_told(folder):
    """Billionths by film, as the movie API tells them."""
    records = (record.partition("\t") for record in (folder / MOVIES).read_text().splitlines())
    return {movie: Usd.parse(json.loads(record)["license_cost"]).nano for movie, _, record in records}


def test_fees_rise_with_the_prices_and_the_movie_api_tells_it(live, world_folder):
    usual = fees_told(world_folder)
    lines, truth = live(PriceChange(**FROM_6_TO_18, factor=2))
    firsts = {}
    for line in lines:
        if found := re.search(r",(\d+),GET /data/m/(.+)/\d+\.mpg", line):
            firsts.setdefault(found.groups(), line)
    nano = sum(usual[movie] * (2 if within(line, **FROM_6_TO_18) else 1) for (_, movie), line in firsts.items())
    assert truth["total"]["fees_nano"] == nano
    assert truth["total"]["plays"] == len(firsts)
    assert fees_told(live.folder) == usual, "the change is over"
    live(PriceChange(start=BEGIN, end=BEGIN + 48 * HOUR, factor=2))
    assert fees_told(live.folder) == {movie: 2 * nano for movie, nano in usual.items()}


def test_a_change_of_the_mix_shows_in_the_lines(live):
    lines, _ = live(MixChange(**FROM_6_TO_18, changes={"asks": 0.0, "alone": 1.0}))
    asked = [line for line in lines if "recommendation request" in line]
    assert asked
    assert not [line for line in asked if within(line, **FROM_6_TO_18)]
    assert [line for line in lines if within(line, **FROM_6_TO_18) and "/0.mpg" in line]


def test_a_burst_of_sign_ups_has_its_members_in_the_log_and_in_the_user_records(live):
    lines, truth = live(SignUps(**FROM_6_TO_18, size=40))
    (burst,) = truth["troubles"]
    accounts = {
        int(line.split(",")[1]) for line in lines if line.endswith("/create_account") and within(line, **FROM_6_TO_18)
    }
    assert len(burst["users"]) == 40
    assert set(burst["users"]) <= accounts
    records = [line.partition("\t") for line in (live.folder / USERS).read_text().splitlines()]
    known = {int(key): json.loads(record)["user_id"] for key, _, record in records}
    assert all(known[user] == user for user in burst["users"])
