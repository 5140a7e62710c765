"""The asker: a valid answer is paid for once, a bad one is repaired once, and no fault costs more than is known."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from core.errors import CompleterClosed, PriceUnknown, RequestRefused
from core.ids import MovieId, UserId
from core.money import Usd
from core.taste import Polarity
from core.usage import CallOutcome, CountSource
from llm import Limits
from llm.asker import UNPRICED, TryLater
from llm.completer import NotCompleted, TokenCounts
from llm.question import ChosenFilm, OpenMention

HEAT, REMAKE, MATRIX = MovieId("heat+1995"), MovieId("heat+1986"), MovieId("the+matrix+1999")
ANN, BEN = UserId(42), UserId(43)
NOTHING = Usd(0)
DEAR = Usd.parse("1000")


def a_mention(words="heet", candidates=(HEAT, REMAKE), **changes):
    return OpenMention(words, f"I loved {words}", Polarity.LIKED, candidates, **changes)


def asked(asker, *mentions, user=ANN):
    return asyncio.run(asker.ask(user, mentions or [a_mention()]))


def failed(outcome=CallOutcome.FAILED, may_be_billed=False, retry_after_s=None):
    return NotCompleted(outcome, "as the script says", may_be_billed, 7, retry_after_s)


def test_the_answer_names_films_for_the_mentions_that_were_asked_about(asker_of, model):
    nothing_to_choose = a_mention("Xyzzy", ())
    got = asked(asker_of(model.of(model.says(liked=[HEAT]))), nothing_to_choose, a_mention())
    assert (got.places, got.model, got.why) == ((1,), "gpt-4o-mini-2024-07-18", "answered")
    assert got.answer.films == (ChosenFilm(HEAT, Polarity.LIKED, 0),)


def test_mentions_with_nothing_to_choose_from_are_no_call(asker_of, model, booked):
    completer = model.of(model.says())
    assert asked(asker_of(completer), a_mention("Xyzzy", ())).places == ()
    assert completer.asked == booked() == []


def test_the_same_words_cost_nothing_the_second_time_whoever_says_them(asker_of, model, noted, booked):
    completer = model.of(model.says(liked=[HEAT]))
    asker = asker_of(completer)
    first, second = asked(asker), asked(asker, user=BEN)
    assert first == second
    assert len(completer.asked) == 1
    assert noted.outcomes == [CallOutcome.ANSWERED, CallOutcome.CACHED]
    (paid, charge), (saved, free) = booked()
    # 200 fresh, 100 cached and 20 output tokens at 0.15, 0.075 and 0.60 dollars a million
    assert (charge.amount, charge.is_certain, free.amount) == (Usd(49_500), True, NOTHING)
    assert (saved.user, saved.input_tokens, paid.completion) == (BEN, 300, "completion-1")


@pytest.mark.parametrize(
    "change",
    [
        {"words": "heat2"},
        {"candidates": (HEAT,)},
    ],
)
def test_other_words_or_other_films_on_offer_are_another_call(asker_of, model, change):
    completer = model.of(model.says(liked=[HEAT]))
    asker = asker_of(completer)
    asked(asker)
    asked(asker, a_mention(**change))
    assert len(completer.asked) == 2


def test_a_defective_answer_is_shown_to_the_model_once(asker_of, model, noted, booked):
    completer = model.of(model.says(liked=["alien+1979"]), model.says(liked=[HEAT]))
    got = asked(asker_of(completer))
    assert got.answer.films[0].movie == HEAT
    question, repair = completer.asked
    assert repair.messages[: len(question.messages)] == question.messages
    assert "alien+1979" in repair.messages[-2].content
    assert "unknown film" in repair.messages[-1].content
    assert noted.defects == ["unknown film"]
    assert [(usage.attempt, usage.outcome) for usage, _ in booked()] == [
        (1, CallOutcome.INVALID),
        (2, CallOutcome.ANSWERED),
    ]


def test_a_repaired_answer_is_cached_under_the_first_question(asker_of, model):
    completer = model.of(model.says("rubbish"), model.says(liked=[HEAT]))
    asker = asker_of(completer)
    assert asked(asker) == asked(asker, user=BEN)
    assert len(completer.asked) == 2


def test_two_defective_answers_end_the_asking_cleanly_and_are_both_paid(asker_of, model, noted, booked):
    completer = model.of(model.says("rubbish"))
    got = asked(asker_of(completer))
    assert (got.answer, got.why) == (None, "no usable answer: no JSON")
    assert noted.defects == ["no JSON", "no JSON"]
    assert [(usage.outcome, charge.is_certain) for usage, charge in booked()] == [(CallOutcome.INVALID, True)] * 2


def test_a_defective_answer_is_not_cached(asker_of, model):
    completer = model.of(model.says("rubbish"))
    asker = asker_of(completer)
    asked(asker)
    asked(asker)
    assert len(completer.asked) == 4


def test_a_refusal_is_paid_and_not_asked_again(asker_of, model, noted, booked):
    completer = model.of(model.says("I can not help", outcome=CallOutcome.REFUSED))
    got = asked(asker_of(completer))
    assert (got.answer, got.why) == (None, "no usable answer: refused")
    assert (len(completer.asked), noted.defects) == (1, ["refused"])
    ((usage, charge),) = booked()
    assert (usage.outcome, charge.amount > NOTHING) == (CallOutcome.REFUSED, True)


def test_an_answer_that_was_cut_off_is_not_believed_even_when_it_reads_well(asker_of, model, noted):
    completer = model.of(model.says(liked=[HEAT], outcome=CallOutcome.CUT_OFF), model.says(liked=[REMAKE]))
    assert asked(asker_of(completer)).answer.films[0].movie == REMAKE
    assert noted.defects == ["cut off"]


def test_a_timeout_costs_at_most_what_was_reserved_and_says_that_it_is_not_certain(
    asker_of, model, booked, calls, clock
):
    completer = model.of(failed(CallOutcome.TIMEOUT, may_be_billed=True))
    with pytest.raises(TryLater, match="timeout"):
        asked(asker_of(completer))
    ((usage, charge),) = booked()
    assert (usage.outcome, usage.source) == (CallOutcome.TIMEOUT, CountSource.ESTIMATE)
    assert charge.amount > NOTHING
    assert not charge.is_certain
    assert calls.spending(clock.now()).spent == charge.amount
    assert calls.spending(clock.now()).in_flight == 0


@pytest.mark.parametrize("after_s", [None, 17.5])
def test_a_rate_limit_costs_nothing_and_tells_how_long_to_wait(asker_of, model, booked, after_s):
    completer = model.of(failed(CallOutcome.RATE_LIMITED, retry_after_s=after_s))
    with pytest.raises(TryLater) as raised:
        asked(asker_of(completer))
    assert raised.value.after_s == after_s
    ((_, charge),) = booked()
    assert (charge.amount, charge.is_certain) == (NOTHING, True)


def test_after_a_failure_the_same_words_are_asked_again(asker_of, model):
    completer = model.of(failed(), model.says(liked=[HEAT]))
    asker = asker_of(completer)
    with pytest.raises(TryLater):
        asked(asker)
    assert asked(asker).answer.films[0].movie == HEAT


@pytest.mark.parametrize("error", [CompleterClosed("wrong key"), RequestRefused("too long")])
def test_what_only_a_person_can_mend_is_raised_and_costs_nothing(asker_of, model, booked, calls, clock, error):
    with pytest.raises(type(error)):
        asked(asker_of(model.of(error)))
    ((usage, charge),) = booked()
    assert (usage.outcome, charge.amount, charge.is_certain) == (CallOutcome.FAILED, NOTHING, True)
    assert calls.spending(clock.now()).in_flight == 0


@pytest.mark.parametrize(
    ("limits", "limit"),
    [
        (Limits(day=NOTHING, user=DEAR, in_flight=9), "day"),
        (Limits(day=DEAR, user=Usd(1000), in_flight=9), "user"),
    ],
)
def test_a_spent_budget_is_no_call_and_says_whose_it_is(asker_of, model, booked, limits, limit):
    completer = model.of(model.says(liked=[HEAT]))
    got = asked(asker_of(completer, limits))
    assert (got.places, got.answer, got.why) == ((0,), None, f"the budget of the {limit} is spent")
    assert completer.asked == booked() == []


def test_what_is_cached_is_answered_when_the_budget_is_spent(asker_of, model):
    completer = model.of(model.says(liked=[HEAT]))
    asked(asker_of(completer))
    got = asked(asker_of(completer, Limits(NOTHING, NOTHING, 9)), user=BEN)
    assert got.why == "answered"
    assert len(completer.asked) == 1


def test_a_model_without_a_price_is_not_asked(asker_of, model, booked):
    completer = model.of(model.says(liked=[HEAT]))
    completer.model = "nobody-knows-1"
    with pytest.raises(PriceUnknown, match="nobody-knows-1"):
        asked(asker_of(completer))
    assert completer.asked == booked() == []


def test_an_answer_of_a_model_without_a_price_costs_what_was_reserved(asker_of, model, booked):
    def other(_):
        answer = model.says(liked=[HEAT])
        return type(answer)(**{name: getattr(answer, name) for name in answer.__slots__} | {"model": "nobody-1"})

    got = asked(asker_of(model.of(other)))
    assert got.answer is not None
    ((usage, charge),) = booked()
    assert (usage.answering_model, charge.price, charge.is_certain) == ("nobody-1", UNPRICED, False)
    assert charge.amount > NOTHING


def test_tokens_that_nobody_reported_are_counted_and_the_charge_is_not_certain(asker_of, model, booked):
    asked(asker_of(model.of(model.says(liked=[HEAT], tokens=None))))
    ((usage, charge),) = booked()
    assert usage.source is CountSource.ESTIMATE
    assert usage.input_tokens > 100
    assert usage.output_tokens > 0
    assert not charge.is_certain


@pytest.mark.parametrize("tokens", [TokenCounts(10**9, 0, 5, 0), TokenCounts(300, 0, 10**9, 0)])
def test_a_count_that_can_not_be_is_replaced_by_ours_and_the_charge_is_not_certain(asker_of, model, booked, tokens):
    asked(asker_of(model.of(model.says(liked=[HEAT], tokens=tokens))))
    ((usage, charge),) = booked()
    assert usage.source is CountSource.ESTIMATE
    assert 100 < usage.input_tokens < 1_000
    assert 0 < usage.output_tokens < 100
    assert not charge.is_certain
    assert charge.amount < Usd.parse("0.001")


def test_a_count_that_is_off_by_more_than_two_percent_is_noted(asker_of, model, noted):
    completer = model.of(model.says(liked=[HEAT], tokens=TokenCounts(1_000_000, 0, 5, 0)))
    asked(asker_of(completer))
    assert noted.miscounts == 1


def test_the_usage_says_for_whom_by_which_prompt_and_when(asker_of, model, booked, clock):
    asker = asker_of(model.of(model.says(liked=[HEAT])))
    asked(asker)
    ((usage, _),) = booked()
    said = SimpleNamespace(user=ANN, time=clock.now(), prompt=asker.prompt.provenance, provider="openai", attempt=1)
    assert vars(said) == {name: getattr(usage, name) for name in vars(said)}
