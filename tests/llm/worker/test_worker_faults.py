"""The worker in trouble: titles serve on, whatever fails comes again, and nothing is lost."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import ExitStack
from datetime import timedelta

import pytest

from core.errors import CompleterClosed, DirectoryDown, RequestRefused, StoreError
from core.ids import MovieId, UserId
from core.money import Usd
from core.taste import Means, Polarity
from core.usage import CallOutcome
from core.user import User
from llm import Limits, deliver
from llm.completer import NotCompleted
from llm.reading import CLOSED_S, LATER_S
from llm.worker import LEASE_S

HEAT, UP = MovieId("heat+1995"), MovieId("up+2009")
ANN, BEN = UserId(42), UserId(43)
BY_TITLE = (UP, Polarity.LIKED, Means.TITLE)


def test_a_spent_budget_leaves_titles_alone_to_serve_and_is_said_once(
    worker_of, want, records, noted, asker_of, model, caplog, work, films
):
    completer = model.of(model.says(liked=[HEAT]))
    for user in (ANN, BEN):
        records.add(user, f"Up and heet {user}")
    want(ANN, BEN)
    work(worker_of(asker_of(completer, Limits(Usd(0), Usd(0), 8))))
    assert (films(), films(BEN), completer.asked) == ([BY_TITLE], [BY_TITLE], [])
    assert noted.fates == ["by titles, rest left open"] * 2
    assert caplog.text.count("titles alone serve where no answer came: the budget of the day is spent") == 1


def test_who_could_not_be_asked_for_want_of_budget_is_asked_on_the_next_day(
    worker_of, want, records, asker_of, model, jobs, clock, work, films
):
    records.add(ANN, "Up and heet")
    want(ANN)
    work(worker_of(asker_of(model.of(), Limits(Usd(0), Usd(0), 8))))
    assert jobs.next_due() == clock.now().replace(hour=0, minute=0, second=0) + timedelta(days=1)
    clock.sleep(86_400)
    work(worker_of(asker_of(model.of(model.says(liked=[HEAT])))))
    assert films() == [BY_TITLE, (HEAT, Polarity.LIKED, Means.LLM)]
    assert jobs.next_due() is None


def test_who_came_while_the_key_was_wrong_is_asked_later(
    worker_of, want, records, asker_of, model, jobs, clock, work, films
):
    records.add(ANN, "Up and heet")
    want(ANN)
    work(worker_of(asker_of(model.of(CompleterClosed("the key is wrong")))))
    assert (films(), jobs.counts().waiting, jobs.counts().dead) == ([BY_TITLE], 1, 0)
    clock.sleep(LATER_S)
    work(worker_of(asker_of(model.of(model.says(liked=[HEAT])))))
    assert films() == [BY_TITLE, (HEAT, Polarity.LIKED, Means.LLM)]


def test_answers_that_are_of_no_use_leave_the_rest_open(
    worker_of, want, records, tastes, asker_of, model, noted, work, films
):
    records.add(ANN, "Up and heet")
    want(ANN)
    work(worker_of(asker_of(model.of(model.says("rubbish")))))
    assert (films(), tastes.get(ANN).open, tastes.get(ANN).maker) == ([BY_TITLE], 1, "titles")
    assert noted.fates == ["by titles, rest left open"]


def test_a_rate_limit_is_waited_out_for_as_long_as_it_says(
    worker_of, want, records, jobs, asker_of, model, clock, work, films
):
    limited = NotCompleted(CallOutcome.RATE_LIMITED, "slow down", may_be_billed=False, latency_ms=3, retry_after_s=50)
    completer = model.of(limited, model.says(liked=[HEAT]))
    records.add(ANN, "heet")
    want(ANN)
    worker = worker_of(asker_of(completer))
    work(worker, until=lambda: jobs.counts().waiting == 1 and completer.asked)
    assert jobs.claim("other", 1, clock.now() + timedelta(seconds=49), 0) == []
    clock.sleep(50)
    work(worker_of(asker_of(completer)))
    assert films() == [(HEAT, Polarity.LIKED, Means.LLM)]


def test_after_a_timeout_the_job_comes_again_and_titles_serve_meanwhile(
    worker_of, want, records, jobs, asker_of, model, clock, booked, noted, work, films
):
    slow = NotCompleted(CallOutcome.TIMEOUT, "no answer", may_be_billed=True, latency_ms=30_000)
    completer = model.of(slow, model.says(liked=[HEAT]))
    records.add(ANN, "Up and heet")
    want(ANN)
    work(worker_of(asker_of(completer)), until=lambda: noted.fates == ["failed, to be tried again"])
    assert films() == [BY_TITLE]
    clock.sleep(60)
    work(worker_of(asker_of(completer)))
    assert len(films()) == 2
    (_, most), (_, paid) = booked()
    assert (most.is_certain, paid.is_certain) == (False, True)
    assert most.amount > paid.amount


def test_what_fails_every_time_is_dead_in_the_end_and_titles_serve_on(
    worker_of, want, records, jobs, asker_of, model, clock, work, films
):
    completer = model.of(NotCompleted(CallOutcome.FAILED, "status 500", may_be_billed=False, latency_ms=3))
    records.add(ANN, "Up and heet")
    want(ANN)
    for tried in range(3):
        work(
            worker_of(asker_of(completer)),
            until=lambda done=tried: len(completer.asked) > done and not jobs.counts().running,
        )
        clock.sleep(100)
    (dead,) = jobs.dead(9)
    assert (dead.user, dead.error) == (ANN, "failed: status 500")
    assert films() == [BY_TITLE]


def test_a_wrong_key_closes_the_model_for_a_while_and_titles_serve(
    worker_of, want, records, noted, asker_of, model, clock, in_time
):
    completer = model.of(CompleterClosed("the key is wrong"), model.says(liked=[HEAT]))
    worker = worker_of(asker_of(completer))
    for number in (1, 2, 3):
        records.add(UserId(number), f"heet {number}")

    async def a_day():
        stop = asyncio.Event()
        running = asyncio.create_task(worker.run(stop))
        for number, pause_s in ((1, 0), (2, CLOSED_S - 1), (3, 2)):
            clock.sleep(pause_s)
            want(UserId(number))
            while len(noted.fates) < number:
                await asyncio.sleep(0.002)
        stop.set()
        await running

    in_time(a_day())
    assert noted.fates == ["by titles, rest left open"] * 2 + ["with the model"]
    assert len(completer.asked) == 2


def test_a_request_that_is_refused_closes_nothing(worker_of, want, records, noted, asker_of, model, work):
    completer = model.of(RequestRefused("too long"), model.says(liked=[HEAT]))
    for number in (1, 2):
        records.add(UserId(number), f"heet {number}")
    want(UserId(1), UserId(2))
    work(worker_of(asker_of(completer)))
    assert sorted(noted.fates) == ["by titles, rest left open", "with the model"]


def test_while_the_user_api_is_down_jobs_wait_and_lose_nothing(
    worker_of, want, records, jobs, clock, noted, work, films
):
    records.error = DirectoryDown("http://site: no answer")
    records.site[ANN] = User(ANN, likes="Up")
    want(ANN)
    work(worker_of(), until=lambda: noted.fates)
    assert (jobs.counts().waiting, films()) == (1, None)
    records.error = None
    clock.sleep(60)
    work(worker_of())
    assert films() == [BY_TITLE]


def test_a_text_that_breaks_the_reader_fails_its_own_job_only(
    worker_of, want, records, jobs, noted, caplog, work, films
):
    records.add(ANN, "trouble")
    records.add(BEN, "Up")
    want(ANN, BEN)
    work(worker_of(), until=lambda: len(noted.fates) == 2)
    assert films(BEN) == [BY_TITLE]
    assert (jobs.counts().waiting, noted.failures) == (1, ["job"])
    assert "trouble" not in caplog.text


@pytest.mark.parametrize("error", [StoreError("can not write: locked"), sqlite3.OperationalError("disk I/O error")])
def test_a_store_that_can_not_be_written_for_a_while_ends_no_worker(
    worker_of, want, records, noted, error, films, in_time, locked
):
    records.add(ANN, "Up")
    want(ANN)
    worker = worker_of()

    async def trouble():
        stop = asyncio.Event()
        with locked(error):
            running = asyncio.create_task(worker.run(stop))
            while "queue" not in noted.failures:
                await asyncio.sleep(0.002)
        while not noted.fates:
            await asyncio.sleep(0.002)
        stop.set()
        await running

    in_time(trouble())
    assert films() == [BY_TITLE]


def test_a_store_that_fails_in_the_middle_of_a_job_leaves_the_job_to_its_lease(
    worker_of, want, records, jobs, asker_of, model, clock, noted, work, films, locked
):
    def answer(_):
        failing.enter_context(locked(StoreError("can not write: disk full")))
        return model.says(liked=[HEAT])

    records.add(ANN, "Up and heet")
    want(ANN)
    with ExitStack() as failing:
        work(worker_of(asker_of(model.of(answer))), until=lambda: "job" in noted.failures)
    assert (jobs.counts().running, films()) == (1, [BY_TITLE])
    clock.sleep(LEASE_S + 60)
    work(worker_of(asker_of(model.of(model.says(liked=[HEAT])))))
    assert len(films()) == 2


def test_a_ledger_that_can_not_be_written_keeps_usages_in_the_outbox(
    worker_of, want, records, asker_of, model, store, noted, fake_ledger, monkeypatch, work
):
    records.add(ANN, "heet")
    want(ANN)
    with monkeypatch.context() as patched:

        def refuse(_):
            raise StoreError("can not write the ledger")

        patched.setattr(fake_ledger, "add", refuse)
        work(worker_of(asker_of(model.of(model.says(liked=[HEAT])))))
    assert set(noted.failures) == {"delivery"}
    assert fake_ledger.kept == {}
    assert deliver(store, fake_ledger) == 1
