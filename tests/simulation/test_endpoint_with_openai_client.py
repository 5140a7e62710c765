"""The endpoint as the openai client and our own question see it: every form of answer, every fault, every token."""

from __future__ import annotations

import asyncio
import json
from datetime import date

import openai
import pytest

from core.backends import PortUrl
from core.clock import SystemClock
from core.taste import Polarity
from llm.openai_completer import open_openai
from llm.prompt_files import PromptFile
from llm.question import Answer, OpenMention, Question, context_of
from simulator import EndpointFault, FaultPlan, LlmEndpoint, World, WorldSize
from simulator.invoice import INVOICE, read_invoice
from simulator.mentions import Kind, recall
from simulator.mentions import Polarity as TruePolarity

TASTE = {
    "type": "object",
    "properties": {name: {"type": "array", "items": {"type": "string"}} for name in ("liked", "disliked")},
    "required": ["liked", "disliked"],
    "additionalProperties": False,
}
FORM = {"type": "json_schema", "json_schema": {"name": "taste", "strict": True, "schema": TASTE}}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("described")
    World.build(7, WorldSize(users=300, movies=120, days=6, films_per_user=5), date(2026, 1, 1)).write(folder)
    return folder


@pytest.fixture(scope="module")
def described(world):
    """The users who name films, each with the text of each field."""
    return [one for _, one in recall(world) if any(mention.kind is Kind.TITLE for mention in one.mentions)]


@pytest.fixture
def open_client(world):
    """Opens the openai client on a new endpoint with these faults; the invoice begins anew."""
    (world / INVOICE).unlink(missing_ok=True)
    opened = []

    def opener(*faults, **changes):
        endpoint = LlmEndpoint(world, faults=FaultPlan(faults), **changes).start()
        client = openai.OpenAI(api_key="none", base_url=f"{endpoint.url}/v1", max_retries=0, timeout=5)
        opened.extend((client.close, endpoint.stop))
        return client

    yield opener
    for close in opened:
        close()


def ask(client, text, **changes):
    messages = [{"role": "system", "content": "What is meant?"}, {"role": "user", "content": text}]
    return client.chat.completions.create(**{"model": "gpt-4o-mini", "messages": messages} | changes)


def billed(world):
    return [(line.input, line.cached, line.output, line.reasoning) for line in read_invoice(world / INVOICE)]


def used(usage):
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    return (
        usage.prompt_tokens,
        usage.prompt_tokens_details.cached_tokens,
        usage.completion_tokens,
        usage.completion_tokens_details.reasoning_tokens,
    )


def test_a_plain_question_and_one_with_a_schema_are_answered_and_billed_as_their_usage(open_client, world, described):
    client, text = open_client(), described[0].likes
    answers = [ask(client, text), ask(client, text, response_format=FORM), ask(client, text, model="gpt-5-mini")]
    assert all(json.loads(answer.choices[0].message.content) for answer in answers)
    assert json.loads(answers[1].choices[0].message.content).keys() == {"liked", "disliked"}
    assert [used(answer.usage) for answer in answers] == billed(world)
    assert billed(world)[2][3] > 0


def test_the_pieces_of_a_stream_are_the_whole_answer_and_its_usage_comes_last(open_client, world, described):
    client, text = open_client(), described[0].likes
    whole = ask(client, text, response_format=FORM)
    with ask(client, text, response_format=FORM, stream=True, stream_options={"include_usage": True}) as stream:
        pieces = list(stream)
    content = "".join(choice.delta.content or "" for piece in pieces for choice in piece.choices)
    assert content == whole.choices[0].message.content
    assert [piece.usage is not None for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert [used(whole.usage), used(pieces[-1].usage)] == billed(world)


def test_calls_that_the_client_may_repeat_are_not_billed(open_client, world, described):
    client = open_client(EndpointFault.RATE_LIMIT, EndpointFault.SERVER_ERROR)
    with pytest.raises(openai.RateLimitError) as limited:
        ask(client, described[0].likes)
    assert limited.value.response.headers["Retry-After"] == "1"
    with pytest.raises(openai.InternalServerError):
        ask(client, described[0].likes)
    assert billed(world) == []


def test_a_client_that_repeats_after_429_gets_its_answer_for_one_price(open_client, world, described):
    client = open_client(EndpointFault.RATE_LIMIT).with_options(max_retries=1)
    answer = ask(client, described[0].likes)
    assert [used(answer.usage)] == billed(world)


def test_a_call_that_is_cut_off_is_billed_all_the_same(open_client, world, described):
    client = open_client(EndpointFault.TIMEOUT, delay_s=0.1)
    with pytest.raises(openai.APIConnectionError):
        ask(client, described[0].likes)
    assert len(billed(world)) == 1


def test_a_client_that_waits_less_long_than_the_answer_takes_gives_up(open_client, world, described):
    client = open_client(EndpointFault.DELAY, delay_s=0.6).with_options(timeout=0.2)
    with pytest.raises(openai.APITimeoutError):
        ask(client, described[0].likes)
    assert len(billed(world)) == 1


def test_spoiled_answers_are_billed_as_their_usage(open_client, world, described):
    faults = (EndpointFault.MALFORMED, EndpointFault.TRUNCATED, EndpointFault.REFUSAL)
    client = open_client(*faults)
    malformed, truncated, refused = (ask(client, described[0].likes, response_format=FORM) for _ in faults)
    for answer in (malformed, truncated):
        with pytest.raises(ValueError, match=r".+"):
            json.loads(answer.choices[0].message.content)
    assert [one.choices[0].finish_reason for one in (malformed, truncated, refused)] == ["stop", "length", "stop"]
    assert refused.choices[0].message.content is None
    assert refused.choices[0].message.refusal
    assert [used(answer.usage) for answer in (malformed, truncated, refused)] == billed(world)


def questions(described):
    """Our own question about each title that a user names, with what the user truly thinks of which film."""
    prompt = PromptFile.load("resolve_mentions", 1)
    polarities = {TruePolarity.LIKE: Polarity.LIKED, TruePolarity.DISLIKE: Polarity.DISLIKED}
    for one in described:
        for mention in one.mentions:
            text = getattr(one, mention.field)
            if mention.kind is not Kind.TITLE or text.count(mention.text) != 1:
                continue
            begin = text.index(mention.text)
            asked = OpenMention(
                mention.text,
                context_of(text, begin, begin + len(mention.text)),
                polarities[mention.polarity],
                (*mention.movies[:1], "another+film+1999"),
            )
            yield Question.of([asked], prompt, lambda text: len(text) // 3), mention, polarities[mention.polarity]


def test_our_own_question_gets_the_film_that_is_meant_with_the_true_polarity(world, open_client, described):
    client = open_client()
    completer = open_openai(
        PortUrl.parse(f"openai://{client.base_url.netloc.decode()}/v1?model=gpt-4o-mini&priced_as=gpt-4o-mini"),
        "",
        SystemClock(),
    )
    asked = list(questions(described))[:60]

    async def ask_all():
        answers = [await completer.complete(question.request(5)) for question, _, _ in asked]
        await completer.close()
        return answers

    completed = asyncio.run(ask_all())
    read = [question.read(answer.text) for (question, _, _), answer in zip(asked, completed, strict=True)]
    assert [answer for answer in read if not isinstance(answer, Answer)] == []
    right = [
        [(film.movie, film.polarity) for film in answer.films] == [(mention.movies[0], polarity)]
        for answer, (_, mention, polarity) in zip(read, asked, strict=True)
    ]
    assert sum(right) / len(right) > 0.95
    assert [(one.tokens.input, one.tokens.cached, one.tokens.output) for one in completed] == [
        (line.input, line.cached, line.output) for line in read_invoice(world / INVOICE)
    ]
