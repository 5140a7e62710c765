"""The feeder: each sign-up and each new text is a job once, and a backfill puts those who were there before."""

from __future__ import annotations

import pytest

from core.ids import UserId
from core.user import User
from llm import Priority
from llm.feeder import STEP, Feeder, hash_of

ANN, BEN, CAT = UserId(42), UserId(43), UserId(44)


@pytest.fixture
def feeder(jobs, newcomers):
    return Feeder(jobs, newcomers)


@pytest.fixture
def claimed(jobs, clock):
    """What is in the queue, in the order in which it would be done."""

    def all_due():
        return [(job.user, job.priority) for job in jobs.claim("w", 10_000, clock.now(), 60)]

    return all_due


def wrote(user, likes="Up"):
    return User(user, likes=likes)


def test_a_sign_up_is_a_job_once(feeder, newcomers, clock, claimed):
    newcomers.accounts += [ANN, BEN]
    assert feeder.feed(clock.now()) == 2
    assert feeder.feed(clock.now()) == 0
    assert claimed() == [(ANN, Priority.SIGN_UP), (BEN, Priority.SIGN_UP)]


def test_a_sign_up_whose_text_comes_later_is_one_job(feeder, newcomers, clock, claimed):
    newcomers.accounts.append(ANN)
    feeder.feed(clock.now())
    newcomers.users.append(wrote(ANN))
    feeder.feed(clock.now())
    assert claimed() == [(ANN, Priority.SIGN_UP)]


def test_who_was_there_before_the_first_worker_waits_for_a_backfill(feeder, newcomers, clock, claimed):
    newcomers.users.append(wrote(ANN))
    feeder.begin(clock.now())
    newcomers.users.append(wrote(BEN))
    feeder.feed(clock.now())
    assert claimed() == [(BEN, Priority.SIGN_UP)]


def test_beginning_again_changes_nothing(feeder, newcomers, clock, claimed):
    feeder.begin(clock.now())
    newcomers.users.append(wrote(ANN))
    feeder.begin(clock.now())
    feeder.feed(clock.now())
    assert claimed() == [(ANN, Priority.SIGN_UP)]


def test_a_backfill_comes_behind_newcomers_and_only_once(feeder, newcomers, clock, claimed):
    newcomers.users += [wrote(ANN), wrote(BEN)]
    feeder.begin(clock.now())
    assert [user.id for user in feeder.to_backfill()] == [ANN, BEN]
    assert feeder.backfill(clock.now()) == 2
    assert feeder.to_backfill() == []
    assert feeder.backfill(clock.now()) == 0
    newcomers.accounts.append(CAT)
    feeder.feed(clock.now())
    assert claimed() == [(CAT, Priority.SIGN_UP), (ANN, Priority.BACKFILL), (BEN, Priority.BACKFILL)]


def test_of_two_feeders_one_takes_each_step(jobs, newcomers, clock, claimed):
    newcomers.accounts += [UserId(number) for number in range(2 * STEP + 5)]
    one, other = Feeder(jobs, newcomers), Feeder(jobs, newcomers)
    assert one.feed(clock.now()) + other.feed(clock.now()) == 2 * STEP + 5
    assert len(claimed()) == 2 * STEP + 5


def test_a_changed_text_is_understood_again_and_the_same_one_is_not(feeder, newcomers, clock, jobs, a_taste):
    newcomers.users.append(wrote(ANN))
    feeder.feed(clock.now())
    (job,) = jobs.claim("w", 9, clock.now(), 60)
    jobs.done(job, a_taste(text_hash=hash_of(wrote(ANN))), clock.now())
    newcomers.users.append(wrote(ANN, "  up "))
    assert feeder.feed(clock.now()) == 0
    newcomers.users.append(wrote(ANN, "Heat"))
    assert feeder.feed(clock.now()) == 1


def test_what_would_be_understood_alike_has_one_hash():
    assert hash_of(wrote(ANN, "UP\u200b!")) == hash_of(wrote(BEN, " up! "))
    assert hash_of(wrote(ANN, "Up")) != hash_of(User(ANN, dislikes="Up"))
