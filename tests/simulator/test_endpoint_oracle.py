"""The oracle knows a description wherever it stands in a prompt, and misunderstands as often as it is told."""

from __future__ import annotations

import json

import pytest

from core.errors import WorldError
from simulator.endpoint_oracle import Oracle
from simulator.mentions import Field, Kind, recall


@pytest.fixture(scope="module")
def oracle(world_folder):
    return Oracle(world_folder, 0, 1)


@pytest.fixture(scope="module")
def told(world_folder):
    """Both texts of every user who names something, each with its mentions."""
    return [
        (text, {mention.text for mention in one.mentions if mention.field is field})
        for _, one in recall(world_folder)
        for field, text in ((Field.LIKES, one.likes), (Field.DISLIKES, one.dislikes))
        if any(mention.field is field for mention in one.mentions)
    ]


@pytest.mark.parametrize(
    "around",
    [
        str,
        "The user wrote: {} Candidates follow.".format,
        lambda text: json.dumps({"likes": text}),
        lambda text: json.dumps({"likes": text}, ensure_ascii=False),
        lambda text: f"<text>\n{'  '.join(text.split())}\n</text>",
        str.upper,
    ],
    ids=["bare", "in a sentence", "JSON", "JSON in Unicode", "other blanks", "capitals"],
)
def test_every_description_is_known_by_its_text(oracle, told, around):
    wrong = [
        text for text, mentions in told if {one.text for one in oracle.understand(around(text)).mentions} != mentions
    ]
    assert wrong == []


def letters(text):
    return "".join(filter(str.isalnum, text.casefold()))


def test_of_a_cut_text_what_is_left_is_known(oracle, told):
    for text, _ in told:
        if len(text) > 150:
            cut = text[:100]
            found = {mention.text for mention in oracle.understand(f"{cut} 0 Answer in JSON.").mentions}
            assert all(letters(name) in letters(cut) for name in found)


def test_two_texts_in_one_prompt_are_both_known(oracle, told):
    (first, in_first), (second, in_second) = told[0], told[-1]
    mentions = oracle.understand(f"Likes: {first}\nDislikes: {second}").mentions
    assert {mention.text for mention in mentions} == in_first | in_second


def test_without_a_description_quoted_mentions_are_known_by_themselves(oracle, told):
    name = max(told[0][1], key=len)
    (mention,) = oracle.understand(f'Which film is "{name}"?').mentions
    assert mention.text.casefold() == name.casefold()


def test_a_prompt_about_nothing_is_about_nothing(oracle):
    understanding = oracle.understand("Tell me about the weather, and answer in JSON.")
    assert (understanding.mentions, understanding.offered) == ((), frozenset())


def test_the_ids_in_a_prompt_are_those_that_are_offered(oracle, small_world, world_folder):
    movies = [mention.movies[0] for _, one in recall(world_folder) for mention in one.mentions if mention.movies][:3]
    prompt = f"Candidates: {movies[0]}, {movies[1]}\n{json.dumps(movies[2:])}. Not an id: no+such+film+1900"
    assert oracle.understand(prompt).offered == set(movies)


def test_mentions_are_misunderstood_at_the_rate_given_and_the_same_ones_each_time(world_folder, oracle, told):
    wrong = Oracle(world_folder, 0.3, 1)
    pairs = [(oracle.understand(text).mentions, wrong.understand(text).mentions) for text, _ in told]
    total = sum(len(right) for right, _ in pairs)
    kept = sum(len(set(right) & set(other)) for right, other in pairs)
    # Another film can be the right one by chance; that and four standard errors of a share of 1,000 are below 0.07.
    assert kept / total == pytest.approx(0.7, abs=0.07)
    assert [wrong.understand(text).mentions for text, _ in told] == [other for _, other in pairs]


def test_an_error_rate_that_is_no_share_is_refused(world_folder):
    with pytest.raises(WorldError, match="from 0 to 1"):
        Oracle(world_folder, 1.5, 1)


def test_a_quoted_part_of_a_description_is_known_by_what_stands_in_it(oracle, told):
    known = 0
    for text, mentions in told:
        part = text[30:150]
        if len(letters(part)) < 40 or not mentions:
            continue
        within = {name for name in mentions if letters(name) in letters(part)}
        found = {one.text for one in oracle.understand(json.dumps({"note": part, "films": []})).mentions}
        assert {letters(name) for name in within} <= {letters(name) for name in found} or found == set()
        known += bool(within) and within <= found
    assert known > 100


@pytest.fixture(scope="module")
def remade(world_folder):
    """A mention of a title that two films have."""
    mentions = (mention for _, one in recall(world_folder) for mention in one.mentions)
    return next(one for one in mentions if one.kind is Kind.TITLE and len(one.movies) > 1)


def test_of_the_films_offered_for_a_mention_one_is_meant_or_several_of_a_series(oracle, remade):
    def meant(films, **more):
        line = json.dumps({"named": [{"words": remade.text, "films": films, **more}]})
        (mention,) = oracle.understand(f"Choose.\n{line}").mentions
        return mention.movies

    first, second = meant(remade.movies[:2], series=True)
    assert meant([second, first]) == meant([first, second]) == (first,)
    assert meant([second]) == (second,)
    assert meant([second, first], series=True) == (first, second)
    assert meant([second, first], series=False) == (first,)


@pytest.mark.parametrize("prompt", ['"' + '\\"' * 40_000, '"' * 80_000, "\\" * 80_000, '{"' * 40_000])
def test_a_prompt_of_quotes_without_end_is_about_nothing(oracle, prompt):
    assert oracle.understand(prompt).mentions == ()  # it would take minutes if each quote were followed to the end
