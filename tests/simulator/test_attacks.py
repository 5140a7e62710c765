"""An attack has its members, target and filler in the log, as its truth tells."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import WorldError
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


def test_an_attack_on_a_film_that_is_not_there_is_refused(live):
    with pytest.raises(WorldError, match="it is no film of this world"):
        live(attack_on("no+such+film+1999", "random"))
