"""The asker among many: twins are one call, nobody overspends, what ends in the middle is not lost nor doubled."""

from __future__ import annotations

import asyncio

import pytest

from core.ids import MovieId, UserId
from core.money import Usd
from core.taste import Polarity
from core.usage import CallOutcome
from llm import Calls, Limits
from llm.asker import LEASE_S, Closing, TryLater
from llm.completer import NotCompleted
from llm.question import OpenMention

HEAT = MovieId("heat+1995")
ANN, BEN = UserId(42), UserId(43)
NOTHING, DEAR = Usd(0), Usd.parse("1000")


def a_mention(words="heet"):
    return OpenMention(words, f"I loved {words}", Polarity.LIKED, (HEAT, MovieId("heat+1986")))


def asked(asker, user=ANN):
    return asyncio.run(asker.ask(user, [a_mention()]))


def test_64_who_want_the_same_at_once_are_one_call(asker_of, model, booked):
    completer = model.of(model.says(liked=[HEAT]))
    asker = asker_of(completer, in_flight=64)

    async def crowd():
        completer.gate.clear()
        everybody = asyncio.gather(*(asker.ask(UserId(user), [a_mention()]) for user in range(64)))
        await asyncio.sleep(0.05)
        completer.gate.set()
        return await everybody

    answers = asyncio.run(crowd())
    assert len(completer.asked) == 1
    assert len({got.answer for got in answers}) == 1
    assert sum(charge.amount > NOTHING for _, charge in booked()) == 1


def test_a_twin_of_a_call_that_failed_asks_by_itself(asker_of, model):
    completer = model.of(NotCompleted(CallOutcome.FAILED, "down", False, 7), model.says(liked=[HEAT]))
    asker = asker_of(completer)

    async def twins():
        return await asyncio.gather(*(asker.ask(user, [a_mention()]) for user in (ANN, BEN)), return_exceptions=True)

    first, second = asyncio.run(twins())
    assert isinstance(first, TryLater)
    assert second.answer.films[0].movie == HEAT


def test_64_callers_at_once_overspend_nothing(asker_of, model, store, clock, booked):
    """Each call reserves its most; the budget has room for some of them only."""
    seen = []
    budget = Usd.parse("0.002")

    def answer(_):
        standing = Calls(store, limits).spending(clock.now())
        seen.append(standing.spent + standing.reserved)
        return model.says(liked=[HEAT])

    limits = Limits(budget, budget, 1000)
    asker = asker_of(model.of(answer), limits, in_flight=64)

    async def crowd():
        return await asyncio.gather(
            *(asker.ask(UserId(user), [a_mention(f"heet {user}")]) for user in range(64)), return_exceptions=True
        )

    whys = [got.why for got in asyncio.run(crowd())]
    assert max(seen) <= budget
    assert sum((charge.amount for _, charge in booked()), NOTHING) <= budget
    assert 0 < whys.count("answered") == len(seen) < 64
    assert set(whys) == {"answered", "the budget of the day is spent"}


@pytest.mark.parametrize(("own_places", "all_places"), [(3, 1000), (1000, 3)])
def test_no_more_calls_are_in_flight_than_allowed_here_and_everywhere(asker_of, model, own_places, all_places):
    completer = model.of(model.says(liked=[HEAT]))
    asker = asker_of(completer, Limits(DEAR, DEAR, all_places), in_flight=own_places)

    async def crowd():
        await asyncio.gather(*(asker.ask(UserId(user), [a_mention(f"heet {user}")]) for user in range(6)))

    asyncio.run(crowd())
    assert len(completer.asked) == 6
    assert completer.most_at_once <= 3


def test_a_call_whose_process_died_is_lost_at_the_most_and_can_be_asked_again(asker_of, model, clock, booked):
    completer = model.of(model.says(liked=[HEAT]))
    asker = asker_of(completer)

    async def die():
        completer.gate.clear()
        task = asyncio.create_task(asker.ask(ANN, [a_mention()]))
        await asyncio.sleep(0.01)
        task.cancel()
        completer.gate.set()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(die())
    assert booked() == []
    clock.sleep(LEASE_S + 1)
    assert asked(asker).answer is not None
    (lost, most), (answered, _) = booked()
    assert (lost.outcome, most.is_certain, answered.outcome) == (CallOutcome.LOST, False, CallOutcome.ANSWERED)


def test_a_call_that_is_answered_after_its_lease_is_not_charged_twice(asker_of, model, clock, calls, booked, caplog):
    def slow(_):
        clock.sleep(LEASE_S + 1)
        calls.settle_lost(clock.now())
        return model.says(liked=[HEAT])

    got = asked(asker_of(model.of(slow)))
    assert got.answer is not None
    ((usage, charge),) = booked()
    assert (usage.outcome, charge.is_certain) == (CallOutcome.LOST, False)
    assert calls.spending(usage.time).spent == charge.amount
    assert "too late" in caplog.text


def test_closing_begins_no_call_and_lets_those_in_flight_end(asker_of, model):
    completer = model.of(model.says(liked=[HEAT]))
    asker = asker_of(completer, in_flight=1)

    async def close():
        completer.gate.clear()
        first = asyncio.create_task(asker.ask(ANN, [a_mention()]))
        waiting = asyncio.create_task(asker.ask(BEN, [a_mention("another")]))
        await asyncio.sleep(0.01)
        asker.close()
        completer.gate.set()
        return await asyncio.gather(first, waiting, return_exceptions=True)

    first, waiting = asyncio.run(close())
    assert first.why == "answered"
    assert isinstance(waiting, Closing)
    assert len(completer.asked) == 1


def test_closing_ends_the_wait_for_a_twin_and_the_repair_turn(asker_of, model):
    completer = model.of(model.says("rubbish"))
    asker = asker_of(completer)

    async def close():
        completer.gate.clear()
        tasks = [asyncio.create_task(asker.ask(user, [a_mention()])) for user in (ANN, BEN)]
        await asyncio.sleep(0.01)
        asker.close()
        completer.gate.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(one) for one in asyncio.run(close())] == [Closing, Closing]
    assert len(completer.asked) == 1
