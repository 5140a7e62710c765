"""An attack has its members, target and filler in the log, as its truth tells."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from core.errors import WorldError
from simulator.attack import attack_ratings
from simulator.live_truth import LIVE_TRUTH
from simulator.timetable import Attack, AttackKind
from simulator.truth import Truth

BEGIN = datetime(2026, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
FROM_6_TO_18 = {"start": BEGIN + 6 * HOUR, "end": BEGIN + 18 * HOUR}


def within(line, start, end):
    return start <= datetime.fromisoformat(line.split(",")[0]).replace(tzinfo=UTC) < end


def attack_on(target, style, **changes):
    return Attack(**FROM_6_TO_18, style=AttackKind(style), target=target, size=10, filler=12, **changes)


@pytest.mark.parametrize(
    ("style", "push"), [("random", True), ("average", False), ("bandwagon", True), ("segment", True)]
)
def test_an_attack_has_its_members_target_and_filler_in_the_log(live, world_folder, style, push):
    truth = Truth.load(world_folder)
    target = str(truth.movie_ids[-1])
    lines, told = live(attack_on(target, style, push=push))
    (attack,) = told["troubles"]
    members = set(attack["users"])
    given = {}
    for line in lines:
        if (found := re.search(r",(\d+),GET /rate/(.+)=(\d+)", line)) and int(found[1]) in members:
            assert within(line, **FROM_6_TO_18)
            given.setdefault(int(found[1]), {})[found[2]] = int(found[3])
    assert len(members) == 10
    assert given.keys() == members
    assert all(len(stars) == 13 and stars[target] == (10 if push else 1) for stars in given.values())
    assert not [line for line in lines if int(line.split(",")[1]) in members and ".mpg" in line]
    shared = set.intersection(*(set(stars) for stars in given.values())) - {target}
    popular = {str(movie) for movie in truth.movie_ids[truth.popular()[:3]]}
    if style == "bandwagon":
        assert popular <= shared
        assert all(stars[movie] == 10 for stars in given.values() for movie in popular)
    if style == "segment":
        assert len(shared) >= 3
        assert {stars[movie] for stars in given.values() for movie in stars} == {1, 10}


@pytest.mark.parametrize(
    ("target", "filler", "reason"),
    [("no+such+film+1999", 12, "it is no film of this world"), (None, 120, "there are 119 other films")],
)
def test_an_attack_that_can_not_be_is_refused_before_the_run_begins(
    live, world_folder, tmp_path, target, filler, reason
):
    target = target or str(Truth.load(world_folder).movie_ids[0])
    late = {"start": BEGIN + 90 * HOUR, "end": BEGIN + 99 * HOUR}  # the run is over before
    with pytest.raises(WorldError, match=reason):
        live(Attack(**late, style=AttackKind.RANDOM, target=target, filler=filler))
    (folder,) = tmp_path.iterdir()
    assert not (folder / LIVE_TRUTH).exists()


@pytest.mark.parametrize("style", list(AttackKind))
def test_in_a_world_without_ratings_false_accounts_rate_around_the_middle(world_folder, style):
    truth = Truth.load(world_folder)
    truth = replace(truth, seen_stars=np.zeros_like(truth.seen_stars))
    attack = attack_on(str(truth.movie_ids[0]), style)
    ratings = attack_ratings(attack, range(40), truth, np.random.default_rng(1))
    harmless = [rating.stars for rating in ratings if rating.movie != attack.target]
    assert {1 <= rating.stars <= 10 for rating in ratings} == {True}
    if style in (AttackKind.RANDOM, AttackKind.AVERAGE):
        assert abs(np.mean(harmless) - 5.5) < 4 / len(harmless) ** 0.5
