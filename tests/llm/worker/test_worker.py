"""The worker: titles serve at once, the model adds to them, and many workers do each job once."""

from __future__ import annotations

import asyncio

from core.ids import MovieId, UserId
from core.taste import Means, Polarity
from core.user import User
from llm.feeder import hash_of
from llm.worker import LEASE_S

HEAT, UP = MovieId("heat+1995"), MovieId("up+2009")
ANN, BEN = UserId(42), UserId(43)
BY_TITLE = (UP, Polarity.LIKED, Means.TITLE)


def test_a_text_of_titles_alone_is_understood_without_a_call(
    worker_of, want, records, noted, asker_of, model, work, films
):
    completer = model.of(model.says())
    records.add(ANN, "I love Up")
    want(ANN)
    work(worker_of(asker_of(completer)))
    assert films() == [BY_TITLE]
    assert (noted.fates, completer.asked) == (["by titles"], [])


def test_the_model_adds_what_titles_left_open(worker_of, want, records, tastes, noted, asker_of, model, work, films):
    asker = asker_of(model.of(model.says(disliked=[HEAT])))
    records.add(ANN, "I love Up", "heet bored me")
    want(ANN)
    work(worker_of(asker))
    assert films() == [BY_TITLE, (HEAT, Polarity.DISLIKED, Means.LLM)]
    taste = tastes.get(ANN)
    assert (taste.open, taste.maker, taste.prompt) == (0, "gpt-4o-mini-2024-07-18", asker.prompt.provenance)
    assert noted.fates == ["with the model"]


def test_the_taste_by_titles_serves_before_the_model_answers(worker_of, want, records, asker_of, model, work, films):
    seen = []

    def answer(_):
        seen.append(films())
        return model.says(liked=[HEAT])

    records.add(ANN, "Up and heet")
    want(ANN)
    work(worker_of(asker_of(model.of(answer))))
    assert seen == [[BY_TITLE]]
    assert films() == [BY_TITLE, (HEAT, Polarity.LIKED, Means.LLM)]


def test_none_of_the_candidates_closes_the_mention(worker_of, want, records, tastes, asker_of, model, work, films):
    records.add(ANN, "heet")
    want(ANN)
    work(worker_of(asker_of(model.of(model.says()))))
    assert (films(), tastes.get(ANN).open) == ([], 0)


def test_who_wrote_nothing_is_done_without_a_taste(worker_of, want, records, jobs, noted, work, films):
    records.add(ANN, "")
    want(ANN)
    work(worker_of())
    assert (films(), noted.fates, jobs.counts().done) == (None, ["no text"], 1)


def test_without_a_model_the_rest_stays_open_and_that_is_said(worker_of, want, records, tastes, noted, work, films):
    records.add(ANN, "Up and heet")
    want(ANN)
    work(worker_of())
    assert (films(), tastes.get(ANN).open) == ([BY_TITLE], 1)
    assert noted.fates == ["by titles, rest left open"]


def test_users_who_say_the_same_share_one_call(worker_of, want, records, asker_of, model, work, films):
    completer = model.of(model.says(liked=[HEAT]))
    users = [UserId(number) for number in range(20)]
    for user in users:
        records.add(user, "heet!")
    want(*users)
    work(worker_of(asker_of(completer)))
    assert len(completer.asked) == 1
    assert {tuple(films(user)) for user in users} == {((HEAT, Polarity.LIKED, Means.LLM),)}


def test_two_workers_on_one_queue_do_each_job_once(worker_of, want, records, asker_of, model, noted, work):
    completer = model.of(model.says(liked=[HEAT]))
    users = [UserId(number) for number in range(200)]
    for user in users:
        records.add(user, f"heet {user % 50}")
    want(*users)
    work(worker_of(asker_of(completer), "w1"), worker_of(asker_of(completer), "w2"))
    assert noted.fates == ["with the model"] * 200
    assert len(completer.asked) == 50
    asked_for = [user for batch in records.asked for user in batch]
    assert sorted(asked_for) == users


def test_told_to_end_a_worker_ends_what_is_in_flight_and_gives_the_others_back(
    worker_of, want, records, jobs, asker_of, model, films, in_time
):
    completer = model.of(model.says(liked=[HEAT]))
    asker = asker_of(completer, in_flight=1)
    for number in range(5):
        records.add(UserId(number), f"Up and heet {number}")
    want(*map(UserId, range(5)))
    worker = worker_of(asker)

    async def end():
        completer.gate.clear()
        stop = asyncio.Event()
        running = asyncio.create_task(worker.run(stop))
        while not completer.asked:
            await asyncio.sleep(0.002)
        stop.set()
        await asyncio.sleep(0.05)
        completer.gate.set()
        await running

    in_time(end())
    assert (jobs.counts().done, jobs.counts().waiting, jobs.counts().running) == (1, 4, 0)
    assert all(films(UserId(number))[0] == BY_TITLE for number in range(5))


def test_a_text_that_changes_while_it_is_read_is_read_again(
    worker_of, want, records, tastes, asker_of, model, jobs, work, films
):
    changed = User(ANN, likes="Up!")

    def answer(_):
        if records.here[ANN] != changed:
            records.here[ANN] = changed
            want(ANN, text_hash=hash_of(changed))
        return model.says(liked=[HEAT])

    records.add(ANN, "heet")
    want(ANN, text_hash=hash_of(records.here[ANN]))
    work(worker_of(asker_of(model.of(answer))))
    assert films() == [BY_TITLE]
    assert tastes.get(ANN).text_hash == hash_of(changed)


def test_a_job_in_hand_is_kept_for_longer_than_its_first_lease(
    worker_of, want, records, asker_of, model, clock, jobs, films, in_time
):
    completer = model.of(model.says(liked=[HEAT]))
    records.add(ANN, "heet")
    want(ANN)
    worker = worker_of(asker_of(completer))

    async def wait_long():
        completer.gate.clear()
        stop = asyncio.Event()
        running = asyncio.create_task(worker.run(stop))
        while not completer.asked:
            await asyncio.sleep(0.002)
        for _ in range(5):
            clock.sleep(LEASE_S / 2)
            await asyncio.sleep(0.05)
            assert jobs.claim("another", 1, clock.now(), LEASE_S) == []
        stop.set()
        completer.gate.set()
        await running

    in_time(wait_long())
    assert len(films()) == 1


def test_sign_ups_are_read_by_titles_while_hundreds_wait_for_the_model(
    worker_of, want, records, asker_of, model, tastes, jobs, in_time
):
    completer = model.of(model.says(liked=[HEAT]))
    for number in range(200):
        records.add(UserId(number), f"heet {number}")
    records.add(UserId(1000), "Up")
    want(*map(UserId, range(200)))
    worker = worker_of(asker_of(completer, in_flight=2))

    async def crowd():
        completer.gate.clear()
        stop = asyncio.Event()
        running = asyncio.create_task(worker.run(stop))
        while jobs.counts().running < 200:
            await asyncio.sleep(0.01)
        want(UserId(1000))
        while tastes.get(UserId(1000)) is None:
            await asyncio.sleep(0.01)
        stop.set()
        completer.gate.set()
        await running

    in_time(crowd())
    assert len(completer.asked) == 2


def test_newcomers_of_the_site_are_understood_without_anybody_asking(worker_of, newcomers, records, work, films):
    newcomers.accounts.append(ANN)
    newcomers.users.append(User(BEN, likes="Up"))
    records.add(ANN, "Up")
    records.add(BEN, "Up")
    work(worker_of())
    assert films() == films(BEN) == [BY_TITLE]
