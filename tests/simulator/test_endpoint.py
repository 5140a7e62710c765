"""The endpoint answers as the OpenAI API does, understands by knowing the truth, and bills what it answers."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import requests

from core.clock import ManualClock
from core.errors import WorldError
from simulator.endpoint import EndpointFault, LlmEndpoint
from simulator.endpoint_chat import STAND_IN
from simulator.fault_plan import FaultPlan
from simulator.invoice import INVOICE
from simulator.mentions import FILE, FILMS_OF, Kind, Polarity, recall

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
FORM = {
    "type": "object",
    "properties": {
        "liked_ids": {"type": "array", "items": {"type": "string"}},
        "disliked_ids": {"type": "array", "items": {"type": "string"}},
    },
}
FORMAT = {"type": "json_schema", "json_schema": {"name": "taste", "strict": True, "schema": FORM}}


@pytest.fixture(scope="module")
def described(world_folder):
    """A user who names films with both polarities, in one text."""
    return next(
        one
        for _, one in recall(world_folder)
        if {mention.polarity for mention in one.mentions if mention.kind is Kind.TITLE} == set(Polarity)
    )


@pytest.fixture
def open_endpoint(world_folder, tmp_path):
    """Starts endpoints of the small world, whose invoices are the test's own."""
    folder = tmp_path / "world"
    folder.mkdir()
    for name in (FILE, FILMS_OF):
        (folder / name).symlink_to(world_folder / name)
    running = []

    def start(**changes):
        running.append(LlmEndpoint(folder, clock=ManualClock(NOW), **changes).start())
        return running[-1]

    yield start
    for endpoint in running:
        endpoint.stop()


def ask(endpoint, text, **changes):
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], "response_format": FORMAT}
    return requests.post(f"{endpoint.url}/v1/chat/completions", json={**body, **changes}, timeout=10)


def films(description, polarity):
    titles = [one for one in description.mentions if one.kind is Kind.TITLE and one.polarity is polarity]
    return {mention.movies[0] for mention in titles}


def test_the_films_that_a_user_means_are_the_answer_in_the_form_asked_for(open_endpoint, described):
    answer = ask(open_endpoint(), f"Likes: {described.likes}\nDislikes: {described.dislikes}").json()
    taste = json.loads(answer["choices"][0]["message"]["content"])
    assert set(taste["liked_ids"]) == films(described, Polarity.LIKE)
    assert set(taste["disliked_ids"]) == films(described, Polarity.DISLIKE)
    assert answer["choices"][0]["finish_reason"] == "stop"


def test_every_answer_says_that_a_stand_in_made_it(open_endpoint, described):
    answer = ask(open_endpoint(), described.likes)
    assert answer.headers["Server"] == "matinee-simulator"
    assert answer.json()["system_fingerprint"] == STAND_IN
    assert answer.json()["model"] == "gpt-4o-mini"


def test_usage_is_what_the_invoice_bills(open_endpoint, described):
    endpoint = open_endpoint()
    answers = [ask(endpoint, described.likes, model=model).json() for model in ("gpt-4o-mini", "gpt-5-mini")]
    for answer, line in zip(answers, endpoint.invoice.lines(), strict=True):
        usage = answer["usage"]
        assert (answer["id"], answer["model"], answer["created"]) == (line.id, line.model, int(NOW.timestamp()))
        assert usage["prompt_tokens"] == line.input
        assert usage["completion_tokens"] == line.output
        assert usage["total_tokens"] == line.input + line.output
        assert usage["prompt_tokens_details"] == {"cached_tokens": line.cached}
        assert usage["completion_tokens_details"] == {"reasoning_tokens": line.reasoning}
    assert [line.reasoning > 0 for line in endpoint.invoice.lines()] == [False, True]


def test_the_invoice_is_the_sum_of_its_own_usages(open_endpoint, described):
    endpoint = open_endpoint()
    with ThreadPoolExecutor(8) as threads:
        usages = list(threads.map(lambda n: ask(endpoint, "word " * n * 400).json()["usage"], range(1, 9)))
        usages += list(threads.map(lambda n: ask(endpoint, "word " * n * 400).json()["usage"], range(1, 9)))
    cached = [usage["prompt_tokens_details"]["cached_tokens"] for usage in usages]
    assert sum(cached) > 8_000
    expected = sum(
        (usage["prompt_tokens"] - part) * 150 + part * 75 + usage["completion_tokens"] * 600
        for usage, part in zip(usages, cached, strict=True)
    )
    assert endpoint.invoice.total().nano == expected


def test_a_repeated_beginning_of_1024_tokens_is_cached_and_a_shorter_one_is_not(open_endpoint):
    endpoint = open_endpoint()
    form = len(json.dumps(FORM)) + len("user\n")
    for length, cached in ((4096 - form - 1, 0), (4096 - form, 1024), (4096 - form + 512, 1152)):
        prompts = ["a" * length + ending for ending in ("", " and more")]
        usages = [ask(endpoint, prompt, model="gpt-4o").json()["usage"] for prompt in prompts]
        assert usages[1]["prompt_tokens_details"]["cached_tokens"] == cached, length


def test_the_cache_knows_models_apart_and_forgets_after_five_minutes(world_folder, tmp_path):
    clock = ManualClock(NOW)
    for name in (FILE, FILMS_OF):
        (tmp_path / name).symlink_to(world_folder / name)
    with LlmEndpoint(tmp_path, clock=clock) as endpoint:

        def cached(model="gpt-4o"):
            return ask(endpoint, "b" * 5000, model=model).json()["usage"]["prompt_tokens_details"]["cached_tokens"]

        assert (cached(), cached(), cached("gpt-4o-mini")) == (0, 1280, 0)
        clock.sleep(299)
        assert cached() == 1280
        clock.sleep(300)
        assert cached() == 0


def test_a_stream_brings_the_same_answer_piece_by_piece_and_its_usage_last(open_endpoint, described):
    endpoint = open_endpoint()
    whole = ask(endpoint, described.likes).json()
    options = {"stream": True, "stream_options": {"include_usage": True}}
    lines = ask(endpoint, described.likes, **options).text.split("\n\n")
    assert lines[-2:] == ["data: [DONE]", ""]
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks[:-1]]
    assert "".join(delta.get("content", "") for delta in deltas) == whole["choices"][0]["message"]["content"]
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert (chunks[-1]["choices"], chunks[-1]["usage"]) == ([], whole["usage"])
    assert {chunk["id"] for chunk in chunks} == {endpoint.invoice.lines()[1].id}


def test_a_stream_without_include_usage_has_no_usage(open_endpoint, described):
    assert '"usage"' not in ask(open_endpoint(), described.likes, stream=True).text


def test_an_answer_ends_at_the_most_tokens_asked_for(open_endpoint, described):
    endpoint = open_endpoint()
    for model, limit in (("gpt-4o-mini", 3), ("gpt-5-mini", 80)):
        answer = ask(endpoint, described.likes, model=model, max_completion_tokens=limit).json()
        assert answer["choices"][0]["finish_reason"] == "length"
        assert answer["usage"]["completion_tokens"] <= limit


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"model": "gpt-99"}, 404),
        ({"messages": []}, 400),
        ({"messages": [{"role": "user"}]}, 400),
        ({"messages": None}, 400),
        ({"n": 2}, 400),
        ({"tools": [{"type": "function"}]}, 400),
        ({"response_format": {"type": "json_schema"}}, 400),
        ({"max_tokens": -1}, 400),
        ({"max_tokens": "many"}, 400),
    ],
)
def test_a_request_that_can_not_be_answered_is_refused_and_not_billed(open_endpoint, changes, status):
    endpoint = open_endpoint()
    answer = ask(endpoint, "hello", **changes)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    assert endpoint.invoice.lines() == []


def test_models_are_listed(open_endpoint):
    models = requests.get(f"{open_endpoint().url}/v1/models", timeout=10).json()["data"]
    assert "gpt-4o-mini" in {model["id"] for model in models}


@pytest.mark.parametrize("path", ["/v1/completions", "/"])
def test_other_paths_are_404(open_endpoint, path):
    endpoint = open_endpoint()
    assert requests.get(endpoint.url + path, timeout=10).status_code == 404
    assert requests.post(endpoint.url + path, json={}, timeout=10).status_code == 404


def test_a_limit_and_an_error_are_refused_with_their_status_and_not_billed(open_endpoint, described):
    endpoint = open_endpoint(faults=FaultPlan([EndpointFault.RATE_LIMIT, EndpointFault.SERVER_ERROR]))
    limit, error, good = (ask(endpoint, described.likes) for _ in range(3))
    assert (limit.status_code, limit.headers["Retry-After"]) == (429, "1")
    assert error.status_code == 500
    assert good.status_code == 200
    assert len(endpoint.invoice.lines()) == 1


def test_a_timeout_is_billed_and_never_answered(open_endpoint, described):
    endpoint = open_endpoint(faults=FaultPlan([EndpointFault.TIMEOUT]))
    with pytest.raises(requests.ConnectionError):
        ask(endpoint, described.likes)
    assert endpoint.invoice.total().nano > 0


def test_spoiled_answers_are_billed_in_full(open_endpoint, described):
    spoiled = [EndpointFault.MALFORMED, EndpointFault.TRUNCATED, EndpointFault.REFUSAL]
    endpoint = open_endpoint(faults=FaultPlan(spoiled))
    malformed, truncated, refused = (ask(endpoint, described.likes).json()["choices"][0] for _ in spoiled)
    for choice in (malformed, truncated):
        with pytest.raises(json.JSONDecodeError):
            json.loads(choice["message"]["content"])
    assert [choice["finish_reason"] for choice in (malformed, truncated, refused)] == ["stop", "length", "stop"]
    assert refused["message"]["content"] is None
    assert refused["message"]["refusal"]
    assert len(endpoint.invoice.lines()) == 3


def test_a_late_answer_is_a_good_one(world_folder, tmp_path, described):
    clock = ManualClock(NOW)
    for name in (FILE, FILMS_OF):
        (tmp_path / name).symlink_to(world_folder / name)
    late = FaultPlan([EndpointFault.DELAY])
    with LlmEndpoint(tmp_path, clock=clock, faults=late, latency_s=2, delay_s=30) as endpoint:
        assert [ask(endpoint, described.likes).status_code for _ in range(2)] == [200, 200]
    assert (clock.now() - NOW).total_seconds() == 2 + 30 + 2


def test_faults_come_at_their_rates():
    plan = FaultPlan.at_rates({EndpointFault.DELAY: 0.25, EndpointFault.REFUSAL: 0.05}, 1)
    drawn = [plan.next() for _ in range(4000)]
    assert drawn.count(EndpointFault.DELAY) / 4000 == pytest.approx(0.25, abs=4 * 0.007)  # four standard errors
    assert drawn.count(EndpointFault.REFUSAL) / 4000 == pytest.approx(0.05, abs=4 * 0.0035)


@pytest.mark.parametrize(
    "rates", [{EndpointFault.DELAY: -0.1}, {EndpointFault.DELAY: 0.6, EndpointFault.REFUSAL: 0.5}]
)
def test_rates_that_are_no_shares_are_refused(rates):
    with pytest.raises(WorldError, match="together at most 1"):
        FaultPlan.at_rates(rates, 1)


def test_an_invoice_goes_on_where_the_last_run_ended(open_endpoint, tmp_path, described):
    for _ in range(2):
        ask(open_endpoint(), described.likes)
    rows = (tmp_path / "world" / INVOICE).read_text().splitlines()
    assert rows[0] == "id,time,model,input,cached,output,reasoning,cost_nano"
    assert [row.split(",")[0] for row in rows[1:]] == ["chatcmpl-sim-00000001", "chatcmpl-sim-00000002"]


def test_a_folder_without_a_world_is_refused(tmp_path):
    with pytest.raises(WorldError, match="matinee simulate world"):
        LlmEndpoint(tmp_path)


def test_a_form_that_is_not_simulated_is_refused_and_not_billed(open_endpoint):
    endpoint = open_endpoint()
    schema = {"type": "object", "properties": {"stars": {"type": "integer", "minimum": 1}}}
    form = {"type": "json_schema", "json_schema": {"name": "stars", "schema": schema}}
    answer = ask(endpoint, "hello", response_format=form)
    assert answer.status_code == 400
    assert "'minimum' in a schema is not simulated" in answer.json()["error"]["message"]
    assert endpoint.invoice.lines() == []
