"""Tokens are counted with the model's vocabulary where its file is here; an estimate says that it is one."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SettingError
from core.usage import CountSource
from llm.completer import CompletionRequest, Message
from llm.tokens import TokenCounter, difference, estimate, most_tokens, request_tokens

O200K = "fb374d419588a4632f3f557e76b4b70aebbca790"


@pytest.fixture(scope="module")
def vocabularies():
    folder = Path(os.environ.get("TIKTOKEN_CACHE_DIR", "nowhere"))
    if not (folder / O200K).exists():
        pytest.skip("needs the vocabulary o200k_base in TIKTOKEN_CACHE_DIR")
    return folder


@pytest.fixture(scope="module")
def counter(vocabularies):
    return TokenCounter.of("gpt-4o-mini", vocabularies)


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("model", ["gpt-4o-mini", "SmolLM2-135M", ""])
def test_without_a_vocabulary_tokens_are_estimated_and_the_count_says_so(tmp_path, model):
    counter = TokenCounter.of(model, tmp_path)
    assert (counter.source, counter.name) == (CountSource.ESTIMATE, "bytes / 4")
    assert counter.count("I loved Heat") == 3


def test_a_file_that_is_not_the_vocabulary_is_refused(tmp_path):
    (tmp_path / O200K).write_text("aGVhdA== 0")
    with pytest.raises(SettingError, match="is not the vocabulary o200k_base"):
        TokenCounter.of("gpt-4o-mini", tmp_path)


@pytest.mark.usefixtures("no_network")
def test_with_its_vocabulary_a_model_is_counted_as_tiktoken_does(vocabularies):
    counter = TokenCounter.of("gpt-4o-mini", vocabularies)
    assert (counter.source, counter.name) == (CountSource.TOKENIZER, "o200k_base")
    assert counter.count("tiktoken is great!") == 6  # the example of OpenAI's cookbook
    assert counter.count("お誕生日おめでとう") == 8


def test_a_vocabulary_may_have_its_plain_name(vocabularies, tmp_path):
    (tmp_path / "o200k_base.tiktoken").symlink_to(vocabularies / O200K)
    assert TokenCounter.of("gpt-5-mini", tmp_path).source is CountSource.TOKENIZER


def test_a_model_of_an_unknown_vocabulary_is_counted_with_the_usual_one_as_an_estimate(vocabularies):
    counter = TokenCounter.of("SmolLM2-135M", vocabularies)
    assert (counter.source, counter.name) == (CountSource.ESTIMATE, "o200k_base")


def test_what_looks_like_a_mark_of_the_vocabulary_is_counted_as_text(counter):
    assert counter.count("<|endoftext|>") > 1


@given(st.text())
def test_no_estimate_is_above_the_most_that_can_be(text):
    assert estimate(text) <= most_tokens(text)


@given(text=st.text())
def test_no_count_is_above_the_most_that_can_be(counter, text):
    assert counter.count(text) <= most_tokens(text)


def test_a_request_has_the_tokens_of_its_messages_its_schema_and_its_marks():
    request = CompletionRequest((Message("user", "abcd"), Message("user", "abcd")), "films", {"a": 1}, 10, 1.0)
    assert request_tokens(request, estimate) == 2 * (1 + 1 + 3) + 2 + 3


def test_the_difference_is_a_share_of_what_was_reported():
    assert difference(110, 100) == pytest.approx(0.1)
    assert difference(90, 100) == pytest.approx(0.1)
    assert difference(5, 0) == 5
