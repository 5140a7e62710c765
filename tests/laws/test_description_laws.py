"""Laws of self-descriptions and of what they cost: what holds for every leaning, voice, chance and call."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from simulator.descriptions import Leaning, TalkedOf, describe, misspell
from simulator.endpoint_tokens import count_tokens
from simulator.genres import GENRES
from simulator.invoice import Price, Tokens
from simulator.mentions import Field, Kind
from simulator.voices import EMPTY, HOSTILE, VOICES

TITLES = st.text("abcXYZ019éüñ :'!?&(){}-千", min_size=1, max_size=40)
FILMS = st.lists(TITLES, max_size=6, unique=True).map(
    lambda titles: [TalkedOf(title, (f"{title}+1",)) for title in titles]
)
LEANINGS = st.builds(
    Leaning, FILMS, st.lists(st.sampled_from([genre.name for genre in GENRES]), max_size=4, unique=True)
)
PHANTOMS = st.lists(TITLES, max_size=2)


@given(LEANINGS, LEANINGS, PHANTOMS, st.sampled_from([*VOICES, *HOSTILE, EMPTY]), st.integers(0, 2**64))
def test_every_mention_stands_in_its_text_and_no_text_is_too_long(liked, disliked, phantoms, voice, seed):
    description = describe(liked, disliked, phantoms, voice, Random(seed))
    assert description == describe(liked, disliked, phantoms, voice, Random(seed))
    assert len(description.likes) <= voice.likes_length[1]
    assert len(description.dislikes) <= voice.dislikes_length[1]
    for mention in description.mentions:
        assert mention.text in (description.likes if mention.field is Field.LIKES else description.dislikes)
        assert (mention.movies != ()) == (mention.kind is Kind.TITLE)


@given(st.text(max_size=30), st.integers(0, 2**64))
def test_a_typing_error_leaves_a_word_and_short_words_as_they_are(word, seed):
    wrong = misspell(word, Random(seed))
    assert wrong or not word
    if len(word) < 5:
        assert wrong == word


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**4))
def test_cached_tokens_are_billed_once_at_their_own_price(fresh, cached, output, price):
    cost = Tokens(fresh + cached, cached, output, 0).cost(Price(2 * price, price, 8 * price))
    assert cost.nano == price * (2 * fresh + cached + 8 * output)


@given(st.text(), st.text())
def test_two_texts_have_at_most_one_token_more_apart_than_together(one, other):
    assert count_tokens(one + other) <= count_tokens(one) + count_tokens(other) <= count_tokens(one + other) + 1
