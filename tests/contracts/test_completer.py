"""What every completer promises, and how the one for the OpenAI API meets each fault of a real server.

TEST_COMPLETER, a setting such as openai://127.0.0.1:8081/v1?model=NAME&priced_as=free, adds a real server to the
contract, with its key in TEST_COMPLETER_KEY.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from core.clock import ManualClock, SystemClock
from core.ids import MovieId
from core.taste import Polarity
from core.usage import CallOutcome
from llm.completer import COMPLETERS, Completed, NotCompleted, TokenCounts
from llm.prompt_files import PromptFile
from llm.question import Answer, OpenMention, Question
from llm.tokens import estimate
from simulator.endpoint import REFUSAL, EndpointFault, LlmEndpoint
from simulator.fault_plan import FaultPlan
from simulator.mentions import Field, Kind, recall
from simulator.mentions import Polarity as TruePolarity
from simulator.world import World, WorldSize

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
REAL = os.environ.get("TEST_COMPLETER", "")
WAIT_S = 60.0
POLARITIES = {TruePolarity.LIKE: Polarity.LIKED, TruePolarity.DISLIKE: Polarity.DISLIKED}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    World.build(7, WorldSize(users=60, movies=60, days=3), date(2026, 1, 1)).write(folder)
    return folder


class Gate:
    """A clock on which nothing sleeps on before the gate opens: a call that waits on it is late for sure."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self._clock = SystemClock()
        self.now, self.monotonic = self._clock.now, self._clock.monotonic

    def sleep(self, seconds: float) -> None:
        if seconds:
            self.opened.wait(20)


@pytest.fixture
def endpoint(world, tmp_path):
    """Starts the simulator's endpoint with these faults; its invoice is the test's own."""
    folder = shutil.copytree(world, tmp_path / "world")
    running = []

    def start(*faults, clock=None, **changes):
        clock = clock or ManualClock(NOON)
        running.append(LlmEndpoint(folder, faults=FaultPlan(faults), clock=clock, **changes).start())
        return running[-1]

    yield start
    for server in running:
        server.stop()


def address(server, model="gpt-4o-mini"):
    return f"openai://{server.url.removeprefix('http://')}/v1?model={model}&priced_as={model}"


def questions(world: Path) -> list[tuple[Question, set[tuple[str, str]]]]:
    """What users of the world say, with the films that they mean: each title beside a film that is not meant."""
    prompt = PromptFile.load("resolve_mentions", 1)
    asked = []
    for _, told in recall(world):
        texts = {Field.LIKES: told.likes, Field.DISLIKES: told.dislikes}
        titles = [one for one in told.mentions if one.kind is Kind.TITLE]
        mentions = [
            OpenMention(
                one.text, texts[one.field], Polarity.LIKED, (MovieId("m+1931"), *map(MovieId, one.movies[:1]))
            )
            for one in titles
        ]
        question = Question.of(mentions, prompt, estimate, room=5000)
        truth = {(one.movies[0], POLARITIES[one.polarity].value) for one in titles}
        if question and len({movie for movie, _ in truth}) == len(titles):
            asked.append((question, truth))
    return asked


def ask(url, *requests, clock=None, key=""):
    """What comes back for each request, all asked at once."""

    async def all_at_once():
        completer = COMPLETERS.open(url, key=key, clock=clock or SystemClock())
        try:
            return await asyncio.gather(*map(completer.complete, requests))
        finally:
            await completer.close()

    return asyncio.run(all_at_once())


@pytest.fixture(params=["rules", "simulator", "real"])
def any_completer(request, endpoint):
    """(setting, key) of a completer that works."""
    if request.param == "rules":
        return "rules:", ""
    if request.param == "simulator":
        return address(endpoint()), ""
    if not REAL:
        pytest.skip("needs the address of a real server in TEST_COMPLETER")
    return REAL, os.environ.get("TEST_COMPLETER_KEY", "")


class TestEveryCompleter:
    def test_an_answer_comes_with_its_tokens_and_who_gave_it(self, any_completer, world):
        url, key = any_completer
        (done,) = ask(url, questions(world)[0][0].request(WAIT_S), key=key)
        assert isinstance(done, Completed)
        assert done.tokens is not None
        assert done.latency_ms >= 0
        assert bool(done.text) == bool(done.tokens.output)
        assert bool(done.model) == bool(done.tokens.input)

    def test_an_answer_is_in_the_form_asked_for_or_there_is_none(self, any_completer, world):
        url, key = any_completer
        question = questions(world)[0][0]
        (done,) = ask(url, question.request(WAIT_S), key=key)
        if done.outcome is CallOutcome.ANSWERED:
            read = question.read(done.text)
            assert isinstance(read, Answer) or read.reason in (
                "film twice",
                "too many films",
            )  # no grammar forbids it
        else:
            assert done.outcome in (CallOutcome.REFUSED, CallOutcome.CUT_OFF)

    def test_several_are_asked_at_once(self, any_completer, world):
        url, key = any_completer
        request = questions(world)[0][0].request(WAIT_S)
        assert all(isinstance(done, Completed) for done in ask(url, *[request] * 4, key=key))

    def test_no_more_is_used_than_was_allowed(self, any_completer, world):
        url, key = any_completer
        request = questions(world)[0][0].request(WAIT_S)
        (done,) = ask(url, request, key=key)
        assert done.tokens.output <= request.most_output_tokens


def test_the_rules_answer_nothing_for_nothing_and_say_so(world):
    (done,) = ask("rules:", questions(world)[0][0].request(WAIT_S))
    assert (done.text, done.outcome, done.tokens) == ("", CallOutcome.REFUSED, TokenCounts(0, 0, 0, 0))


def test_the_films_that_users_mean_are_answered(endpoint, world):
    url, asked = address(endpoint()), questions(world)[:20]
    answers = ask(url, *(question.request(WAIT_S) for question, _ in asked))
    for (question, truth), done in zip(asked, answers, strict=True):
        read = question.read(done.text)
        assert isinstance(read, Answer)
        assert {(film.movie, film.polarity.value) for film in read.films} == truth


@pytest.mark.parametrize("model", ["gpt-4o-mini", "gpt-5-mini"])
def test_the_tokens_are_those_of_the_invoice(endpoint, world, model):
    server = endpoint()
    answers = ask(address(server, model), *(question.request(WAIT_S) for question, _ in questions(world)[:5]))
    billed = {
        line.id: TokenCounts(line.input, line.cached, line.output, line.reasoning) for line in server.invoice.lines()
    }
    assert {done.completion: done.tokens for done in answers} == billed
    assert {done.model for done in answers} == {model}


def test_a_rate_limit_says_how_long_to_wait_and_is_not_billed(endpoint, world):
    server = endpoint(EndpointFault.RATE_LIMIT)
    (done,) = ask(address(server), questions(world)[0][0].request(WAIT_S))
    assert isinstance(done, NotCompleted)
    assert (done.outcome, done.retry_after_s, done.may_be_billed) == (CallOutcome.RATE_LIMITED, 1.0, False)
    assert server.invoice.lines() == []


def test_an_error_of_the_server_is_not_tried_again_by_itself_nor_billed(endpoint, world):
    server = endpoint(EndpointFault.SERVER_ERROR)
    (done,) = ask(address(server), questions(world)[0][0].request(WAIT_S))
    assert isinstance(done, NotCompleted)
    assert (done.outcome, done.may_be_billed) == (CallOutcome.FAILED, False)
    assert server.invoice.lines() == []


def test_a_connection_that_is_cut_may_be_billed(endpoint, world):
    server = endpoint(EndpointFault.TIMEOUT)
    (done,) = ask(address(server), questions(world)[0][0].request(WAIT_S))
    assert isinstance(done, NotCompleted)
    assert (done.outcome, done.may_be_billed) == (CallOutcome.FAILED, True)
    assert len(server.invoice.lines()) == 1


@pytest.mark.parametrize("fault", [EndpointFault.DELAY, EndpointFault.TIMEOUT])
def test_an_answer_that_is_too_late_may_be_billed(endpoint, world, fault):
    gate = Gate()
    server = endpoint(fault, clock=gate)
    (done,) = ask(address(server), questions(world)[0][0].request(0.5))
    gate.opened.set()
    assert isinstance(done, NotCompleted)
    assert (done.outcome, done.may_be_billed) == (CallOutcome.TIMEOUT, True)
    assert len(server.invoice.lines()) == 1


def test_an_answer_that_comes_in_time_though_slowly_is_taken(endpoint, world):
    (done,) = ask(address(endpoint(EndpointFault.DELAY)), questions(world)[0][0].request(WAIT_S))
    assert done.outcome is CallOutcome.ANSWERED


def test_a_malformed_answer_is_paid_for_and_found_out_by_the_question(endpoint, world):
    server, question = endpoint(EndpointFault.MALFORMED), questions(world)[0][0]
    (done,) = ask(address(server), question.request(WAIT_S))
    assert (done.outcome, question.read(done.text).reason) == (CallOutcome.ANSWERED, "no JSON")
    assert done.tokens.output == server.invoice.lines()[0].output


def test_a_malformed_answer_is_mended_by_the_repair_turn(endpoint, world):
    url, (question, truth) = address(endpoint(EndpointFault.MALFORMED)), questions(world)[0]
    (done,) = ask(url, question.request(WAIT_S))
    (again,) = ask(url, question.repair(done.text, question.read(done.text), WAIT_S))
    assert {(film.movie, film.polarity.value) for film in question.read(again.text).films} == truth


def test_a_truncated_answer_says_that_it_was_cut_off(endpoint, world):
    server, question = endpoint(EndpointFault.TRUNCATED), questions(world)[0][0]
    (done,) = ask(address(server), question.request(WAIT_S))
    assert (done.outcome, question.read(done.text).reason) == (CallOutcome.CUT_OFF, "no JSON")
    assert done.tokens.output == server.invoice.lines()[0].output


def test_a_refusal_is_told_as_such_and_paid_for(endpoint, world):
    server = endpoint(EndpointFault.REFUSAL)
    (done,) = ask(address(server), questions(world)[0][0].request(WAIT_S))
    assert (done.outcome, done.text) == (CallOutcome.REFUSED, REFUSAL)
    assert done.tokens.output == server.invoice.lines()[0].output
