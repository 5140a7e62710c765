"""The client of the OpenAI API sends what we say and nothing of the environment, and believes no server."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import httpx2
import pytest

from core.backends import PortUrl
from core.clock import ManualClock
from core.errors import CompleterClosed, RequestRefused, SettingError
from core.usage import CallOutcome
from llm.completer import COMPLETERS, Completed, CompletionRequest, Message, NotCompleted, TokenCounts
from llm.openai_completer import OpenAiCompleter, Server

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
REQUEST = CompletionRequest((Message("user", "heat"),), "films", {"type": "object"}, 50, 5.0)
LOCAL = "openai://127.0.0.1:8000/v1?model=smol&priced_as=free"
GOOD = {
    "id": "chatcmpl-1",
    "model": "gpt-4o-mini-2024-07-18",
    "choices": [{"message": {"content": "{}", "refusal": None}, "finish_reason": "stop"}],
    "usage": {
        "prompt_tokens": 100,
        "completion_tokens": 9,
        "prompt_tokens_details": {"cached_tokens": 64},
        "completion_tokens_details": {"reasoning_tokens": 4},
    },
}


class FakeServer:
    """Answers every call with the same; remembers the requests."""

    def __init__(self, status=200, body=GOOD, headers=()):
        self.status, self.headers = status, dict(headers)
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.asked = []

    def ask(self, setting="openai:gpt-4o-mini", key="secret-key"):
        async def once():
            transport = httpx2.MockTransport(self._answer)
            completer = OpenAiCompleter(Server.parse(PortUrl.parse(setting)), key, ManualClock(NOON), transport)
            try:
                return await completer.complete(REQUEST)
            finally:
                await completer.close()

        return asyncio.run(once())

    def _answer(self, request):
        self.asked.append(request)
        return httpx2.Response(self.status, content=self.body, headers=self.headers)

    @property
    def sent(self):
        (request,) = self.asked
        return json.loads(request.content)


def changed(**changes):
    return {**GOOD, **changes}


def choice(**message):
    return [{"message": message, "finish_reason": "stop"}]


def test_an_answer_is_read_with_all_that_was_reported():
    done = FakeServer().ask()
    assert done == Completed(
        "{}", CallOutcome.ANSWERED, TokenCounts(100, 64, 9, 4), "chatcmpl-1", "gpt-4o-mini-2024-07-18", 0
    )


def test_openai_is_asked_deterministically_in_the_form_of_the_schema_and_without_storing():
    server = FakeServer()
    server.ask()
    assert server.sent == {
        "model": "gpt-4o-mini",
        "messages": [{"role": "user", "content": "heat"}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "films", "strict": True, "schema": {"type": "object"}},
        },
        "max_completion_tokens": 50,
        "temperature": 0,
        "seed": 0,
    }
    assert str(server.asked[0].url) == "https://api.openai.com/v1/chat/completions"


def test_a_thinking_model_gets_room_to_think_and_no_temperature():
    server = FakeServer()
    server.ask("openai:gpt-5-mini")
    assert server.sent["max_completion_tokens"] == 50 + 256
    assert server.sent["reasoning_effort"] == "low"
    assert "temperature" not in server.sent


def test_other_servers_are_told_the_limit_by_the_name_that_they_know():
    server = FakeServer()
    server.ask(LOCAL)
    assert server.sent["max_tokens"] == 50
    assert "max_completion_tokens" not in server.sent
    assert str(server.asked[0].url) == "http://127.0.0.1:8000/v1/chat/completions"


def test_nothing_of_the_environment_nor_of_this_machine_is_sent(monkeypatch):
    for name, value in {
        "OPENAI_API_KEY": "env-key",
        "OPENAI_ADMIN_KEY": "env-key",
        "OPENAI_BASE_URL": "http://env.example",
        "OPENAI_ORG_ID": "env-org",
        "OPENAI_PROJECT_ID": "env-project",
        "OPENAI_CUSTOM_HEADERS": "X-Env: env\nAuthorization: Bearer env-key",
        "HTTP_PROXY": "http://env.example:1",
        "ALL_PROXY": "http://env.example:1",
    }.items():
        monkeypatch.setenv(name, value)
    for setting, key, sent_key in ((LOCAL, "", "none"), ("openai:gpt-4o-mini", "secret-key", "secret-key")):
        server = FakeServer()
        server.ask(setting, key)
        headers = server.asked[0].headers
        assert headers["authorization"] == f"Bearer {sent_key}"
        assert "env" not in str(server.asked[0].url) + json.dumps(dict(headers))
        assert not [name for name in headers if name.startswith("x-stainless") and name != "x-stainless-raw-response"]
        assert not [name for name in headers if name.startswith("openai-")]


@pytest.mark.parametrize(
    ("usage", "why"),
    [
        (None, "absent"),
        ({}, "empty"),
        ({"prompt_tokens": 10}, "no output"),
        ({"prompt_tokens": "10", "completion_tokens": 1}, "text"),
        ({"prompt_tokens": True, "completion_tokens": 1}, "truth value"),
        ({"prompt_tokens": 10, "completion_tokens": -1}, "negative"),
        ({"prompt_tokens": 0, "completion_tokens": 5}, "an answer to nothing"),
        ({"prompt_tokens": 10**30, "completion_tokens": 1}, "too large to store"),
        (
            {"prompt_tokens": 10, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 11}},
            "part > whole",
        ),
        ({"prompt_tokens": 1, "completion_tokens": 1, "completion_tokens_details": {"reasoning_tokens": 2}}, "same"),
    ],
)
def test_a_usage_that_can_not_be_is_no_usage(usage, why):
    done = FakeServer(body=changed(usage=usage)).ask()
    assert isinstance(done, Completed)
    assert done.tokens is None, why


def test_parts_that_a_server_does_not_tell_are_none():
    usage = {"prompt_tokens": 10, "completion_tokens": 2, "prompt_tokens_details": None}
    assert FakeServer(body=changed(usage=usage)).ask().tokens == TokenCounts(10, 0, 2, 0)


@pytest.mark.parametrize(
    ("choices", "outcome", "text"),
    [
        (choice(content=None, refusal="No."), CallOutcome.REFUSED, "No."),
        ([{"message": {"content": ""}, "finish_reason": "content_filter"}], CallOutcome.REFUSED, ""),
        ([{"message": {"content": "{"}, "finish_reason": "length"}], CallOutcome.CUT_OFF, "{"),
        ([{"message": {"content": "{}"}}], CallOutcome.ANSWERED, "{}"),
        (choice(content=None), CallOutcome.ANSWERED, ""),
        (choice(content="\ud800{}"), CallOutcome.ANSWERED, "?{}"),
    ],
)
def test_how_an_answer_ended_is_told(choices, outcome, text):
    done = FakeServer(body=changed(choices=choices)).ask()
    assert (done.outcome, done.text) == (outcome, text)


@pytest.mark.parametrize(
    "body", [b"", b"<html>busy</html>", b"{}", b"[]", b"null", b'{"choices": []}', b"[" * 10_000, b"\xff",
             json.dumps(changed(choices=choice(content=["parts"]))).encode()],
)  # fmt: skip
def test_a_body_that_is_no_chat_completion_failed_and_may_be_billed(body):
    done = FakeServer(body=body).ask()
    assert isinstance(done, NotCompleted)
    assert (done.outcome, done.may_be_billed) == (CallOutcome.FAILED, True)


@pytest.mark.parametrize(
    ("status", "outcome", "may_be_billed"),
    [
        (429, CallOutcome.RATE_LIMITED, False),
        (500, CallOutcome.FAILED, False),
        (503, CallOutcome.FAILED, False),
        (502, CallOutcome.FAILED, True),
        (504, CallOutcome.FAILED, True),
        (408, CallOutcome.FAILED, True),
    ],
)
def test_a_status_that_may_pass_is_told_after_one_try(status, outcome, may_be_billed):
    server = FakeServer(status, {"error": {"message": "busy"}})
    done = server.ask()
    assert isinstance(done, NotCompleted)
    assert (done.outcome, done.may_be_billed) == (outcome, may_be_billed)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("999999", 3600.0),
        ("Sat, 20 Nov 2027 12:00:30 GMT", 3600.0),
        ("Fri, 20 Nov 2026 12:00:30 GMT", 30.0),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("1e9", None),
        ("", None),
    ],
)
def test_how_long_to_wait_is_read_from_seconds_or_a_date(header, seconds):
    assert FakeServer(429, {}, {"Retry-After": header}).ask().retry_after_s == seconds


@pytest.mark.parametrize(
    ("status", "error", "way_out"),
    [
        (401, {"message": "Incorrect API key provided: secr*****key"}, "set MATINEE_LLM_KEY"),
        (403, {"message": "no"}, "set MATINEE_LLM_KEY"),
        (404, {"message": "The model does not exist"}, "set MATINEE_COMPLETER"),
        (429, {"message": "You exceeded your quota", "code": "insufficient_quota"}, "needs credit"),
    ],
)
def test_what_only_a_person_can_mend_closes_the_completer(status, error, way_out):
    with pytest.raises(CompleterClosed, match=way_out) as told:
        FakeServer(status, {"error": error}).ask()
    assert "secr" not in str(told.value)


@pytest.mark.parametrize("status", [400, 413, 422, 302])
def test_a_request_that_will_never_be_taken_is_refused(status):
    with pytest.raises(RequestRefused, match=str(status)):
        FakeServer(status, {"error": {"message": "too long"}}, {"Location": "http://elsewhere.example"}).ask()


def test_a_server_that_is_not_there_failed_and_billed_nothing():
    completer = COMPLETERS.open("openai://127.0.0.1:9/v1?model=m&priced_as=free", key="", clock=ManualClock(NOON))
    done = asyncio.run(completer.complete(REQUEST))
    assert isinstance(done, NotCompleted)
    assert (done.outcome, done.may_be_billed) == (CallOutcome.FAILED, False)


@pytest.mark.parametrize(
    ("setting", "priced_as"),
    [
        ("priced_as=free", "free"),
        ("priced_as=gpt-4o-mini", "openai/gpt-4o-mini"),
        ("priced_as=groq/llama-3.1-8b-instant", "groq/llama-3.1-8b-instant"),
    ],
)
def test_a_server_of_others_says_at_whose_price_it_is_charged(setting, priced_as):
    server = Server.parse(PortUrl.parse(f"openai://h:1/v1/?model=m&https=true&{setting}"))
    assert server == Server("h:1", "https://h:1/v1", "m", priced_as, is_openai=False)


@pytest.mark.parametrize(
    ("setting", "way_out"),
    [
        ("openai:", "openai:gpt-4o-mini"),
        ("openai:gpt-4o-mini", "set MATINEE_LLM_KEY"),
        ("openai://h:1/v1?model=m", "priced_as=free"),
        ("openai://h:1/v1?priced_as=free", "model=NAME"),
        ("openai://h:1/v1?model=m&priced_as=free&https=yes", "true or false"),
        ("openai://h:1/v1?model=m&price=free", "has no option 'price'"),
        ("openai://me:secret@h:1/v1?model=m&priced_as=free", "MATINEE_LLM_KEY"),
        ("rules:x", "takes nothing"),
    ],
)
def test_a_setting_that_can_not_work_is_refused_with_the_way_out(setting, way_out):
    with pytest.raises(SettingError, match=way_out) as told:
        COMPLETERS.open(setting, key="", clock=ManualClock(NOON))
    assert "secret" not in str(told.value)
