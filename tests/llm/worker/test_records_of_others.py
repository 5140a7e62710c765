"""Users whose record is not here: nobody is lost, nobody who is known waits for them, and nothing keeps a worker."""

from __future__ import annotations

import asyncio
import threading
import time

from core.errors import StoreError
from core.ids import MovieId, UserId
from core.taste import Means, Polarity
from core.user import User
from llm.worker import BATCH

UP = MovieId("up+2009")
ANN, BEN = UserId(42), UserId(43)
BY_TITLE = (UP, Polarity.LIKED, Means.TITLE)


def test_who_is_left_out_of_an_answer_of_the_site_is_asked_for_again(
    worker_of, want, records, jobs, clock, noted, work, films
):
    records.site[BEN] = User(BEN, likes="Up")
    want(ANN, BEN)
    work(worker_of(), until=lambda: len(noted.fates) == 2)
    assert (films(), films(BEN), jobs.counts().waiting) == (None, [BY_TITLE], 1)
    records.site[ANN] = User(ANN, likes="Up")
    clock.sleep(60)
    work(worker_of())
    assert films() == [BY_TITLE]


def test_whom_the_site_never_knows_is_dead_in_the_end_with_that_reason(worker_of, want, jobs, clock, noted, work):
    want(ANN)
    for tried in range(3):
        work(worker_of(), until=lambda done=tried: len(noted.fates) > done)
        clock.sleep(100)
    (dead,) = jobs.dead(9)
    assert (dead.user, dead.error) == (ANN, "no record: the site does not know the user")
    assert (jobs.counts().done, jobs.revive(clock.now())) == (0, 1)


def test_users_whose_records_are_here_do_not_wait_for_the_site(worker_of, want, records, work, films):
    records.is_open.clear()
    unknown = [UserId(1000 + number) for number in range(6 * BATCH)]
    records.add(ANN, "Up")
    want(*unknown[:10], ANN, *unknown[10:])
    work(worker_of(), until=lambda: films() == [BY_TITLE])
    records.add(BEN, "Up")
    want(BEN)
    work(worker_of(), until=lambda: films(BEN) == [BY_TITLE])


def test_a_worker_told_to_end_does_not_wait_for_the_site(worker_of, want, records, jobs, work):
    records.is_open.clear()
    want(ANN)
    work(worker_of(), until=lambda: records.fetched)
    counts = jobs.counts()
    assert (counts.waiting, counts.running) == (1, 0)
    (job,) = jobs.claim("another", 1, jobs.next_due(), 60)
    assert job.tries == 1, "that the worker ended is no try"


def test_without_a_film_nobody_is_taken_up_and_that_is_said_once(
    worker_of, want, records, readers, jobs, caplog, work, films
):
    readers.has_films = False
    records.add(ANN, "Up")
    want(ANN)
    work(worker_of(readers=readers))
    assert (jobs.counts().waiting, films()) == (1, None)
    assert caplog.text.count("no film is known yet") == 1
    readers.has_films = True
    work(worker_of(readers=readers))
    assert films() == [BY_TITLE]


def test_the_old_reader_serves_while_a_new_one_is_made(
    worker_of, want, records, readers, in_time, films, monkeypatch
):
    """Making one takes seconds, in which the loop does other things."""
    monkeypatch.setattr("llm.worker.RENEW_S", 0.01)
    readers.renew()
    is_made = threading.Event()
    readers.renew = lambda: is_made.wait(10)
    records.add(ANN, "Up")
    want(ANN)

    async def meanwhile():
        stop = asyncio.Event()
        running = asyncio.create_task(worker_of(readers=readers).run(stop))
        while films() is None:
            await asyncio.sleep(0.002)
        stop.set()
        is_made.set()
        await running

    in_time(meanwhile())
    assert films() == [BY_TITLE]


def test_a_locked_ledger_delays_no_sign_up(worker_of, want, records, fake_ledger, asker_of, model, in_time, films):
    is_locked = threading.Event()

    def wait(_):
        is_locked.wait(10)
        raise StoreError("the ledger is locked")

    fake_ledger.add = wait
    records.add(ANN, "heet")
    records.add(BEN, "Up")

    async def sign_up_meanwhile():
        stop = asyncio.Event()
        asker = asker_of(model.of(model.says(liked=[MovieId("heat+1995")])))
        running = asyncio.create_task(worker_of(asker).run(stop))
        want(ANN)
        while not films():
            await asyncio.sleep(0.002)
        await asyncio.sleep(1.2)  # the next delivery is under way
        want(BEN)
        began = time.monotonic()
        while films(BEN) is None and time.monotonic() < began + 8:
            await asyncio.sleep(0.002)
        assert films(BEN) == [BY_TITLE], "understood while the ledger is locked"
        stop.set()
        is_locked.set()
        await running

    in_time(sign_up_meanwhile())


def test_trouble_that_lasts_is_one_line(worker_of, want, records, noted, caplog, in_time, locked):
    want(ANN)

    async def trouble():
        stop = asyncio.Event()
        with locked(StoreError("disk full")):
            running = asyncio.create_task(worker_of().run(stop))
            while noted.failures.count("queue") < 20:
                await asyncio.sleep(0.002)
            stop.set()
            await running

    in_time(trouble())
    assert caplog.text.count("nothing is taken up now: disk full") == 1
    assert "Traceback" not in caplog.text


def test_a_call_that_a_killed_worker_left_open_is_settled(worker_of, calls, a_call, clock, booked, work):
    calls.begin(a_call(), clock.now(), 45)
    clock.sleep(46)
    work(worker_of())
    ((usage, _),) = booked()
    assert usage.outcome == "lost"
    assert calls.spending(clock.now()).in_flight == 0


def test_a_job_that_a_killed_worker_left_running_is_waited_for(worker_of, want, records, jobs, clock, work, films):
    records.add(ANN, "Up")
    want(ANN)
    jobs.claim("killed", 1, clock.now(), 60)
    worker, looks = worker_of(), []

    def later():
        looks.append(1)
        clock.sleep(1)
        return readers_now()

    readers_now = worker._outside.readers.now
    worker._outside.readers.now = later
    work(worker)
    assert films() == [BY_TITLE]
