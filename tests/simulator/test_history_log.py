"""The log tells the whole history, as the site would have written it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import numpy as np
import pytest

LINE = re.compile(r"(?P<time>[^,]+),(?P<user>\d+),(?P<body>.*)")
MINUTE = re.compile(r"GET /data/m/(?P<movie>[^/]+)/(?P<minute>\d+)\.mpg")
RATING = re.compile(r"GET /rate/(?P<movie>.+)=(?P<stars>\d+)")
REQUEST = re.compile(r"recommendation request recommender:8082, status (\d+), result: (.*), (\d+) ms")


@pytest.fixture(scope="module")
def lines(small_world):
    return [LINE.fullmatch(line) for lines in small_world.log.slices() for line in lines]


@pytest.fixture(scope="module")
def minutes(lines):
    """Minutes and times by (user, film)."""
    found = defaultdict(list)
    for line in lines:
        if match := MINUTE.fullmatch(line["body"]):
            time = datetime.fromisoformat(line["time"])
            found[int(line["user"]), match["movie"]].append((int(match["minute"]), time))
    return found


def test_every_line_is_of_a_known_kind_and_the_count_is_as_foretold(small_world, lines):
    kinds = (MINUTE.pattern, RATING.pattern, REQUEST.pattern, "GET /create_account")
    assert all(re.fullmatch("|".join(f"(?:{re.sub(r'[?]P<[a-z]+>', '', kind)})" for kind in kinds), line["body"])
               for line in lines)  # fmt: skip
    assert len(lines) == len(small_world.log)


def test_each_viewing_has_its_minutes_from_0_one_a_minute(small_world, minutes):
    seen, people, films = small_world.viewings, small_world.people, small_world.films
    assert len(minutes) == len(seen.user)
    for user, film, start_us, watched in zip(seen.user, seen.film, seen.start_us, seen.minutes, strict=True):
        found = sorted(minutes[int(people.ids[user]), str(films.ids[film])])
        assert [minute for minute, _ in found] == list(range(watched))
        start = start_us.astype("datetime64[us]").item()
        assert all(timedelta() <= time - start - timedelta(minutes=minute) < timedelta(seconds=4)
                   for minute, time in found)  # fmt: skip


def test_a_rating_follows_the_last_minute_by_seconds(small_world, lines, minutes):
    stars = Counter()
    for line in lines:
        if match := RATING.fullmatch(line["body"]):
            last = max(time for _, time in minutes[int(line["user"]), match["movie"]])
            since = datetime.fromisoformat(line["time"]) - last
            assert timedelta(seconds=0) < since < timedelta(seconds=120)
            stars[int(match["stars"])] += 1
    given = small_world.viewings.stars
    assert stars == Counter(given[given > 0].tolist())


def test_requests_carry_the_most_famous_films_or_a_timeout(small_world, lines):
    found = [match.groups() for line in lines if (match := REQUEST.fullmatch(line["body"]))]
    assert len(found) == small_world.viewings.requested.sum()
    famous = small_world.films.ids[np.argsort(-small_world.films.fame)[:20]].tolist()
    answered = [result for status, result, _ in found if status == "200"]
    late = [(result, int(elapsed)) for status, result, elapsed in found if status == "0"]
    assert len(answered) + len(late) == len(found)
    assert set(answered) == {", ".join(famous)}
    assert late
    assert all(result.endswith("after 600 ms") and elapsed > 600 for result, elapsed in late)


def test_a_newcomers_account_is_made_before_anything_else(small_world, lines):
    created = [line for line in lines if line["body"] == "GET /create_account"]
    assert len(created) == small_world.viewings.newcomer.sum() > 0
    for line in created:
        times = [datetime.fromisoformat(other["time"]) for other in lines if other["user"] == line["user"]]
        assert min(times) == datetime.fromisoformat(line["time"])


def test_lines_are_nearly_but_not_strictly_in_order(lines):
    times = np.array([line["time"] for line in lines], dtype="datetime64[us]")
    behind = np.maximum.accumulate(times) - times
    assert 0 < (behind > np.timedelta64(0)).mean() < 0.5
    assert behind.max() < np.timedelta64(60, "s")


def test_times_have_the_shapes_of_a_java_time(lines):
    shapes = Counter(len(line["time"]) for line in lines if MINUTE.fullmatch(line["body"]))
    assert set(shapes) == {16, 19, 23}
    # One in 60 is on the full minute, one in 50 carries milliseconds; over 100,000 lines both hold within a tenth.
    assert shapes[16] / shapes.total() == pytest.approx(0.98 / 60, rel=0.1)
    assert shapes[23] / shapes.total() == pytest.approx(0.02, rel=0.1)


def test_minutes_are_98_of_100_lines(lines):
    share = sum(1 for line in lines if MINUTE.fullmatch(line["body"])) / len(lines)
    assert share == pytest.approx(0.98, abs=0.006)
