from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from core.ids import UserId
from llm import CursorStep, Jobs, Patience, Priority, Wanted, WorkStore

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LEASE_S = 30


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def wanted(user: int, text_hash: str = "", priority: Priority = Priority.SIGN_UP) -> Wanted:
    return Wanted(UserId(user), text_hash, priority)


def claimed(jobs, n=10, now=NOON, worker="w"):
    return jobs.claim(worker, n, now, LEASE_S)


def test_the_same_user_twice_is_one_job(jobs):
    assert jobs.put([wanted(1), wanted(1), wanted(2)], NOON) == 2
    assert jobs.put([wanted(1)], NOON) == 0
    assert [job.user for job in claimed(jobs)] == [1, 2]


def test_a_claimed_job_is_nobody_elses_until_its_lease_runs_out(jobs):
    jobs.put([wanted(1)], NOON)
    (first,) = claimed(jobs)
    assert claimed(jobs, now=after(LEASE_S - 1)) == []
    (second,) = claimed(jobs, now=after(LEASE_S), worker="v")
    assert (first.tries, second.tries, second.worker) == (1, 2, "v")


def test_a_worker_whose_lease_went_to_another_changes_nothing(jobs, tastes, a_taste):
    jobs.put([wanted(1)], NOON)
    (late,) = claimed(jobs)
    (current,) = claimed(jobs, now=after(LEASE_S))
    assert not jobs.done(late, a_taste(1, maker="late"), NOON)
    assert not jobs.retry(late, "late", NOON)
    assert not jobs.give_back(late, NOON)
    assert not jobs.extend(late, NOON, LEASE_S)
    assert tastes.get(UserId(1)) is None
    assert jobs.done(current, a_taste(1), NOON)


def test_a_lease_can_be_made_longer(jobs):
    jobs.put([wanted(1)], NOON)
    (job,) = claimed(jobs)
    assert jobs.extend(job, after(20), LEASE_S)
    assert claimed(jobs, now=after(LEASE_S)) == []
    assert len(claimed(jobs, now=after(20 + LEASE_S))) == 1


def test_sign_ups_come_before_an_older_backfill(jobs):
    jobs.put([wanted(user, priority=Priority.BACKFILL) for user in range(5)], NOON)
    jobs.put([wanted(99)], after(60))
    assert [job.user for job in claimed(jobs, 3, after(60))] == [99, 0, 1]


def test_a_user_of_the_backfill_who_signs_up_moves_forward(jobs):
    jobs.put([wanted(user, "h", Priority.BACKFILL) for user in range(3)], NOON)
    assert jobs.put([wanted(2)], NOON) == 0
    jobs.put([wanted(2, priority=Priority.BACKFILL)], NOON)  # and does not fall back
    assert [(job.user, job.text_hash) for job in claimed(jobs, 1)] == [(2, "h")]


def test_a_failed_job_waits_each_time_longer_and_is_dead_after_its_last_try(jobs):
    jobs.put([wanted(1)], NOON)
    now, waits = NOON, []
    for number in range(3):
        (job,) = claimed(jobs, now=now)
        assert jobs.retry(job, f"failure {number}", now)
        due = next((now + timedelta(seconds=s) for s in range(600) if claimable(jobs, now, s)), None)
        waits.append(None if due is None else (due - now).total_seconds())
        now = due or now
    assert 1 <= waits[0] <= 4  # 2 s, a half up or down, rounded up
    assert 2 <= waits[1] <= 7
    assert waits[2] is None
    assert [(dead.user, dead.tries, dead.error) for dead in jobs.dead(10)] == [(1, 3, "failure 2")]
    assert jobs.counts().dead == 1


def claimable(jobs, now, seconds) -> bool:
    """Whether a job is due then; looks by claiming and giving back."""
    then = now + timedelta(seconds=seconds)
    found = claimed(jobs, now=then)
    for job in found:
        jobs.give_back(job, then)
    return bool(found)


def test_a_dead_job_is_revived_with_all_its_tries(jobs):
    jobs.put([wanted(1)], NOON)
    for _ in range(3):
        (job,) = claimed(jobs, now=after(10_000))
        jobs.retry(job, "down", NOON)
    assert jobs.put([wanted(1)], NOON) == 0  # a sign-up alone does not
    assert jobs.revive(NOON) == 1
    assert [job.tries for job in claimed(jobs)] == [1]
    assert jobs.dead(10) == []


def test_a_job_that_ends_its_workers_is_dead_after_its_last_try(jobs):
    jobs.put([wanted(1), wanted(2)], NOON)
    for number in range(3):
        assert len(claimed(jobs, now=after(number * LEASE_S))) == 2
    assert claimed(jobs, now=after(3 * LEASE_S)) == []
    assert {dead.error for dead in jobs.dead(10)} == {"the worker did not come back, 3 times"}


def test_a_job_given_back_has_lost_no_try(jobs):
    jobs.put([wanted(1)], NOON)
    (job,) = claimed(jobs)
    assert jobs.give_back(job, after(5))
    assert claimed(jobs) == []
    assert [job.tries for job in claimed(jobs, now=after(5))] == [1]


def test_a_changed_text_makes_a_new_job_for_a_user_with_a_taste(jobs, a_taste):
    jobs.put([wanted(1)], NOON)
    (job,) = claimed(jobs)
    jobs.done(job, a_taste(1, text_hash="old"), NOON)
    assert jobs.put([wanted(1, "old"), wanted(1)], NOON) == 0
    assert jobs.put([wanted(1, "new", Priority.BACKFILL)], after(9)) == 1
    (again,) = claimed(jobs, now=after(9))
    assert (again.text_hash, again.priority, again.put, again.tries) == ("new", Priority.BACKFILL, after(9), 1)


def test_a_changed_text_revives_a_dead_job(jobs):
    jobs.put([wanted(1, "old")], NOON)
    for number in range(3):
        (job,) = claimed(jobs, now=after(number * 1000))
        jobs.retry(job, "down", NOON)
    assert jobs.put([wanted(1, "old")], NOON) == 0
    assert jobs.put([wanted(1, "new")], NOON) == 1
    assert [job.tries for job in claimed(jobs)] == [1]


def test_a_changed_text_ends_a_wait(jobs):
    jobs.put([wanted(1, "old")], NOON)
    (job,) = claimed(jobs)
    jobs.retry(job, "down", after(9000))
    assert jobs.put([wanted(1, "new")], NOON) == 1
    assert [job.tries for job in claimed(jobs)] == [1]


@pytest.mark.parametrize(("read", "waiting"), [("old", 1), ("new", 0)])
def test_a_text_that_changes_while_it_is_read_is_read_once_more_unless_it_was_seen(jobs, a_taste, read, waiting):
    jobs.put([wanted(1, "old")], NOON)
    (job,) = claimed(jobs)
    assert jobs.put([wanted(1, "new")], NOON) == 1
    assert claimed(jobs) == []
    assert jobs.done(job, a_taste(1, text_hash=read), NOON)
    assert jobs.counts().waiting == waiting
    for again in claimed(jobs):
        assert jobs.done(again, a_taste(1, text_hash="a third one"), NOON)  # however often they disagree
    assert jobs.counts().done == 1


def test_a_text_that_changes_at_the_last_try_has_all_its_tries(jobs):
    jobs.put([wanted(1, "old")], NOON)
    for number in range(3):
        (job,) = claimed(jobs, now=after(1000 * number))
        if number == 2:
            jobs.put([wanted(1, "new")], NOON)
        jobs.retry(job, "down", NOON)
    assert jobs.counts().dead == 0
    assert [job.tries for job in claimed(jobs, now=after(9000))] == [1]


def test_a_user_without_words_is_done_without_a_taste_and_comes_back_with_words(jobs, tastes):
    jobs.put([wanted(1)], NOON)
    (job,) = claimed(jobs)
    assert jobs.done(job, None, NOON)
    assert tastes.get(UserId(1)) is None
    assert jobs.put([wanted(1)], NOON) == 0
    assert jobs.put([wanted(1, "words")], NOON) == 1


def test_a_user_who_took_the_words_back_has_no_taste_any_more(jobs, tastes, a_taste):
    for taste in [a_taste(1), None]:
        jobs.put([wanted(1, "new" if taste is None else "")], NOON)
        (job,) = claimed(jobs)
        assert jobs.done(job, taste, NOON)
    assert tastes.get(UserId(1)) is None
    assert tastes.changed_after(1)[0][0].films == ()


def test_a_taste_of_another_user_is_refused(jobs, a_taste):
    jobs.put([wanted(1)], NOON)
    (job,) = claimed(jobs)
    with pytest.raises(ValueError, match="user 2"):
        jobs.done(job, a_taste(2), NOON)
    assert jobs.counts().running == 1


def test_a_step_of_a_feeder_is_taken_once(jobs):
    step = CursorStep("events", "", "batch 7")
    assert jobs.cursor("events") == ""
    assert jobs.put([wanted(1)], NOON, step) == 1
    assert jobs.put([wanted(2)], NOON, step) is None
    assert jobs.cursor("events") == "batch 7"
    assert jobs.counts().waiting == 1
    assert jobs.put([wanted(2)], NOON, CursorStep("events", "batch 7", "batch 9")) == 1


def test_a_step_that_fails_puts_nothing(jobs):
    def users():
        yield wanted(1)
        raise OSError("the source is gone")

    with pytest.raises(OSError, match="gone"):
        jobs.put(users(), NOON, CursorStep("events", "", "batch 7"))
    assert (jobs.cursor("events"), jobs.counts().waiting) == ("", 0)


def test_counts_say_how_the_queue_stands(jobs, a_taste):
    jobs.put([wanted(1), wanted(2), wanted(3)], NOON)
    jobs.put([wanted(9, priority=Priority.BACKFILL)], after(7))
    jobs.done(claimed(jobs, 1)[0], None, NOON)
    claimed(jobs, 1)
    counts = jobs.counts()
    assert (counts.waiting, counts.running, counts.done, counts.dead) == (2, 1, 1, 0)
    assert counts.oldest_waiting == {Priority.SIGN_UP: NOON, Priority.BACKFILL: after(7)}


def test_an_error_is_kept_up_to_its_limit(jobs):
    jobs.put([wanted(1)], NOON)
    (job,) = claimed(jobs)
    jobs.retry(job, "x" * 10_000, NOON)
    (row,) = jobs._store._database.execute("SELECT length(error) FROM jobs").fetchone()
    assert row == 300


def test_waits_double_up_to_the_most_and_part_those_who_failed_at_once():
    patience, rng = Patience(tries=9, first_s=1, most_s=10), random.Random(1)
    many = [[patience.wait_s(tries, rng) for _ in range(200)] for tries in range(1, 7)]
    for waits, middle in zip(many, [1, 2, 4, 8, 10, 10], strict=True):
        assert middle / 2 <= min(waits) < middle * 0.6  # of 200 none in the lowest tenth: 0.9^200 = 7e-10
        assert middle * 1.4 < max(waits) <= middle * 1.5
    assert patience.wait_s(10_000, rng) <= 15


def test_two_workers_on_one_file_never_hold_the_same_job(work_db, jobs):
    jobs.put([wanted(user) for user in range(100)], NOON)
    other = WorkStore(work_db)
    theirs = Jobs(other, Patience(), random.Random(1))
    held = []
    for worker in [jobs, theirs] * 10:
        held += [job.user for job in claimed(worker, 5)]
    other.close()
    assert sorted(held) == list(range(100))
