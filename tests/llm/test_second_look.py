"""The second look: who has open words is read again when a model is there, and who was read by too few films."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.ids import UserId
from llm import Wanted, erase_user
from llm.second_look import SecondLook

ANN, BEN = UserId(42), UserId(43)


@pytest.fixture
def read(jobs, clock, a_taste):
    """A user whose job is done with a taste."""

    def done(user=42, **changes):
        jobs.put([Wanted(UserId(user))], clock.now())
        (job,) = jobs.claim("w", 1, clock.now(), 60)
        jobs.done(job, a_taste(user, made=clock.now(), **changes), clock.now())

    return done


@pytest.fixture
def look(store):
    return SecondLook(store)


def test_what_titles_left_open_is_asked_again_once_a_model_is_set(read, look, clock):
    long_ago = clock.now() - timedelta(days=1)
    read(open=2)
    read(43, open=0)
    assert look.users(False, long_ago) == []
    assert look.users(True, long_ago) == [ANN]


def test_what_a_model_left_open_is_not_asked_again(read, look, clock):
    read(open=1, maker="gpt-4o-mini")
    assert look.users(True, clock.now() - timedelta(days=1)) == []


def test_after_the_catalogue_changed_who_has_open_or_no_words_is_read_again(read, look, clock):
    read(42, films=(), genres=())
    read(43, open=1, maker="gpt-4o-mini")
    read(44)
    assert look.users(False, clock.now()) == []
    assert look.users(False, clock.now() + timedelta(seconds=1)) == [ANN, BEN]


def test_who_is_put_waits_behind_newcomers_and_is_put_once(read, look, jobs, clock):
    read(open=1)
    assert look.put([ANN], clock.now()) == 1
    assert look.put([ANN], clock.now()) == 0
    assert look.users(True, clock.now()) == [], "the job is under way"
    jobs.put([Wanted(BEN)], clock.now())
    assert [job.user for job in jobs.claim("w", 9, clock.now(), 60)] == [BEN, ANN]


def test_a_job_that_was_given_up_is_put_too(look, jobs, clock, a_taste):
    jobs.put([Wanted(ANN)], clock.now())
    for _ in range(3):
        (job,) = jobs.claim("w", 1, clock.now(), 60)
        jobs.keep(job, a_taste(open=1))
        jobs.retry(job, "failed: status 500", clock.now())
        clock.sleep(100)
    assert jobs.counts().dead == 1
    assert look.put(look.users(True, clock.now()), clock.now()) == 1
    assert jobs.counts().waiting == 1


def test_who_was_erased_is_nobody(read, look, store, clock):
    read(open=1)
    erase_user(store, ANN)
    assert look.users(True, clock.now() + timedelta(days=1)) == []
