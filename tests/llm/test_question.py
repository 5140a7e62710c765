"""A question offers a closed set; an answer is accepted only when it is entirely as asked for."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import MovieId
from core.taste import Polarity
from llm.prompt_files import PromptFile
from llm.question import DEFECTS, Answer, ChosenFilm, Defect, OpenMention, Question, context_of
from llm.tokens import TokenCounter, estimate, most_tokens

PROMPT = PromptFile.load("resolve_mentions", 1)
HEAT, REMAKE, MATRIX = MovieId("heat+1995"), MovieId("heat+1986"), MovieId("the+matrix+1999")
NOTE = "I loved heat, hated the matrx"


def about(*mentions, **changes):
    return Question.of(mentions, PROMPT, estimate, **changes)


def heat(**changes):
    values = {"words": "heat", "context": NOTE, "polarity": Polarity.LIKED, "candidates": (HEAT, REMAKE)}
    return OpenMention(**(values | changes))


def matrix():
    return OpenMention("the matrx", NOTE, Polarity.DISLIKED, (MATRIX,))


def said(liked=(), disliked=()):
    return json.dumps({"liked": list(liked), "disliked": list(disliked)})


def test_an_answer_names_films_with_their_polarity_and_their_words():
    answer = about(heat(), matrix()).read(said([HEAT], [MATRIX]))
    assert answer == Answer((ChosenFilm(HEAT, Polarity.LIKED, 0), ChosenFilm(MATRIX, Polarity.DISLIKED, 1)))


def test_none_of_these_is_an_answer():
    assert about(heat()).read(said()) == Answer(())


@pytest.mark.parametrize("fence", ["```json\n{}\n```", "```\n{}\n```", " {}\n"])
def test_json_in_a_code_block_with_nothing_around_it_is_taken(fence):
    assert about(heat()).read(fence.replace("{}", said([HEAT]))) == Answer((ChosenFilm(HEAT, Polarity.LIKED, 0),))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("```json\n```", "empty"),
        ("x" * 20_001, "too long"),
        ("Sure! " + said([HEAT]), "no JSON"),
        (said([HEAT]) + said([HEAT]), "no JSON"),
        ("```json\n" + said([HEAT]) + "\n``` I hope this helps", "no JSON"),
        ('{"liked": NaN, "disliked": []}', "no JSON"),
        ('{"liked": [], "liked": ["heat+1995"], "disliked": []}', "no JSON"),
        ("[" * 9_000, "no JSON"),
        ('{"liked": [], "disliked": [' + "9" * 5000 + "]}", "no JSON"),
        ("[]", "wrong form"),
        ("null", "wrong form"),
        ('{"liked": []}', "wrong form"),
        ('{"liked": [], "disliked": [], "note": 1}', "wrong form"),
        ('{"liked": "heat+1995", "disliked": []}', "wrong form"),
        ('{"liked": [1], "disliked": []}', "wrong form"),
        ('{"liked": [["heat+1995"]], "disliked": []}', "wrong form"),
        ('{"liked": null, "disliked": []}', "wrong form"),
        (said(["casino+1995"]), "unknown film"),
        (said(["Heat+1995"]), "unknown film"),
        (said(["heat+1995 "]), "unknown film"),
        (said([HEAT, HEAT]), "film twice"),
        (said([HEAT], [HEAT]), "film twice"),
        (said([HEAT, REMAKE]), "too many films"),
    ],
)  # fmt: skip
def test_any_other_answer_is_a_defect_with_its_reason(text, reason):
    defect = about(heat()).read(text)
    assert isinstance(defect, Defect)
    assert defect.reason == reason
    assert reason in DEFECTS


@given(st.one_of(st.text(), st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps)))
def test_no_answer_breaks_the_reader_or_names_a_film_that_was_not_offered(text):
    read = about(heat()).read(text)
    assert isinstance(read, Defect) or {film.movie for film in read.films} <= {HEAT, REMAKE}


def test_a_series_may_be_meant_as_a_whole():
    assert isinstance(about(heat(most=2)).read(said([HEAT, REMAKE])), Answer)


def test_a_film_that_two_mentions_offer_goes_to_the_one_that_has_room():
    both = about(heat(), heat(words="the remake", candidates=(REMAKE,)))
    films = both.read(said([REMAKE, HEAT])).films
    assert {(film.movie, film.mention) for film in films} == {(REMAKE, 1), (HEAT, 0)}


def test_nothing_to_choose_from_is_no_question():
    assert about() is None
    assert about(heat(candidates=())) is None


def test_the_static_part_comes_first_and_a_context_is_sent_once():
    first, second = about(heat(), matrix()).messages
    assert (first.role, first.content) == ("system", PROMPT.system)
    assert second.content.count(NOTE) == 1
    assert [one["words"] for one in json.loads(second.content)["named"]] == ["heat", "the matrx"]


@given(st.text(), st.text())
def test_what_is_quoted_can_not_end_the_data(words, context):
    content = about(heat(words=words, context=context), room=10**6).messages[1].content
    line = json.loads(content)
    assert "\n" not in content
    assert line.get("note", "") == context
    assert line["named"][0]["words"] == words


def test_the_schema_is_strict_and_closed():
    schema = about(heat(), matrix()).schema
    assert schema["additionalProperties"] is False
    assert schema["required"] == list(schema["properties"])
    assert schema["$defs"]["film"]["enum"] == [HEAT, REMAKE, MATRIX]


def test_mentions_without_room_are_left_out_and_counted():
    crowd = [heat(words=f"film {number}", context=NOTE * 5) for number in range(20)]
    question = about(*crowd)
    assert 1 <= len(question.mentions) < 20
    assert question.left_out == 20 - len(question.mentions)
    assert question.mentions == tuple(crowd[: len(question.mentions)])


def test_candidates_are_dropped_before_a_mention_is():
    many = tuple(MovieId(f"the+long+title+of+film+number+{number}+1995") for number in range(5))
    one, two = heat(candidates=many), heat(words="h", candidates=many[::-1])
    assert len(about(one).mentions[0].candidates) == 5
    tight = about(one, two, room=about(one, two).input_tokens)
    assert [len(mention.candidates) for mention in tight.mentions] == [3, 3]
    assert tight.left_out == 0


def test_a_context_that_does_not_fit_is_dropped_before_nothing_is_asked():
    question = about(heat(context="\U00020000" * 400))
    assert question.mentions == (heat(context=""),)


@given(st.integers(1, 6), st.integers(1, 8), st.integers(0, 300))
def test_a_question_with_its_longest_answer_never_has_more_tokens_than_its_room(mentions, films, context):
    candidates = tuple(MovieId(f"film+{number}+1995") for number in range(films))
    question = about(*[heat(context="x" * context, candidates=candidates)] * mentions)
    if question is not None:
        longest = said([movie for mention in question.mentions for movie in mention.candidates[:1]])
        assert question.input_tokens + estimate(longest) <= 500
        assert most_tokens(longest) <= question.most_output_tokens


def test_the_repair_turn_shows_the_defective_answer_cut_and_says_what_was_wrong():
    question = about(heat())
    defect = question.read("x" * 5000)
    *before, answer, again = question.repair("x" * 5000, defect, 10).messages
    assert tuple(before) == question.messages
    assert (answer.role, len(answer.content)) == ("assistant", 600)
    assert "no JSON" in again.content
    assert question.repair("x", defect, 10).schema == question.schema


def test_of_a_long_text_only_what_stands_around_the_words_is_sent():
    text = "a" * 400 + "heat" + "b" * 400
    assert context_of(text, 400, 404) == "a" * 80 + "heat" + "b" * 80
    assert context_of("heat" + "b" * 400, 0, 4) == "heat" + "b" * 80
    assert context_of("b" * 300, 0, 4) == "b" * 300


def test_a_usual_question_costs_less_than_a_hundredth_of_a_cent_with_the_real_vocabulary():
    counter = TokenCounter.of("gpt-4o-mini", Path(os.environ.get("TIKTOKEN_CACHE_DIR", "nowhere")))
    if counter.name != "o200k_base":
        pytest.skip("needs the vocabulary o200k_base in TIKTOKEN_CACHE_DIR")
    question = Question.of([heat(), matrix()], PROMPT, counter.count)
    nano = 150 * question.input_tokens + 600 * counter.count(said([HEAT], [MATRIX]))  # gpt-4o-mini, November 2026
    assert len(question.mentions) == 2
    assert nano < 100_000
