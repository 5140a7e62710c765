"""Retraining: when it is due, one at a time, and what is kept of each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cf.retraining import Outcome, Refresh, Retrainings
from core.errors import RetrainingRuns

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
REFRESH = Refresh(100, 10, 20, 30, 4, 5)


def test_before_the_first_model_everything_is_new(trained, words):
    frame = words.events([(1, "film+01", 8), (1, "film+02", 8), (2, "film+01", 8)])
    assert Refresh.of(frame, ["film+01", "film+02"], None) == Refresh(3, 2, 2, 3, 2, 2)


def test_what_the_model_that_serves_does_not_know_is_new(trained, words):
    later = words.events([(7001, "film+01", 8), (7001, "film+02", 8), (7002, "film+01", 8)])
    frame = type(later)({column: [*trained.frame[column], *later[column]] for column in later})
    refresh = Refresh.of(frame, [*trained.model.movies, "film+99"], trained.model)
    assert (refresh.new_interactions, refresh.new_users, refresh.new_movies) == (3, 2, 1)
    assert refresh.interactions == len(trained.frame) + 3
    assert "3 interactions, 2 users, 1 films" in refresh.words()


@pytest.mark.parametrize(("users", "interactions", "due"), [(5, 31, False), (4, 31, True), (5, 30, True)])
def test_enough_new_users_or_enough_new_interactions_make_it_due(users, interactions, due):
    assert REFRESH.is_due(users, interactions) is due


def test_two_at_once_are_refused_and_the_lock_ends_with_its_holder(tmp_path):
    first, second = Retrainings(tmp_path), Retrainings(tmp_path)
    with first.alone(), pytest.raises(RetrainingRuns, match=r"another training has the lock"), second.alone():
        pass
    with second.alone():
        pass


def test_what_became_of_each_is_kept(tmp_path):
    log = Retrainings(tmp_path)
    log.end(log.begin(NOON, "root", REFRESH), NOON + timedelta(minutes=1), Outcome.PUBLISHED, {"version": "v1"})
    log.end(log.begin(NOON, "root", REFRESH), NOON, Outcome.REFUSED, {"version": "v2", "refusals": ["slow"]})
    first, second = log.all()
    assert (first["number"], first["outcome"], first["version"], first["new_users"]) == (1, "published", "v1", 4)
    assert (first["begun"], first["ended"]) == ("2026-11-20T12:00:00+00:00", "2026-11-20T12:01:00+00:00")
    assert (second["outcome"], second["refusals"]) == ("refused by the gate", ["slow"])


def test_one_that_was_killed_is_noted_by_the_next_one(tmp_path):
    log = Retrainings(tmp_path)
    log.begin(NOON, "root", REFRESH)
    assert "outcome" not in log.all()[0]
    assert log.begin(NOON, "root", REFRESH) == 2
    assert log.all()[0]["outcome"] == "killed"
