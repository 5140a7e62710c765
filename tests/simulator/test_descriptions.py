"""A self-description says what its user likes and dislikes, in a voice, and the truth knows what is meant."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from simulator.descriptions import Leaning, Named, TalkedOf, describe
from simulator.mentions import Field, Kind, Polarity
from simulator.voices import CAPITALS, CHILD_LIKE, EMPTY, HOSTILE, MISSPELT, VOICES

SAGA = Named("Wolf Saga", ("wolf+1990", "wolf+ii+1993"))
ADA = Named("Ada Petrow", ("wolf+1990",))
LIKED = Leaning(
    [
        TalkedOf("The Wolf: Dawn", ("wolf+1990",), ("Wolf",), SAGA, (ADA,)),
        TalkedOf("Tide", ("tide+2001", "tide+1950")),
        *(TalkedOf(f"Harbour {word}", (f"harbour+{word}+2000",)) for word in ("One", "Two", "Three")),
    ],
    ("Science Fiction", "Comedy", "War"),
)
DISLIKED = Leaning(
    [TalkedOf(f"Garden of {word}", (f"garden+{word}+1999",)) for word in ("Stone", "Salt", "Rain", "Snow")],
    ("Romance", "Horror"),
)
PHANTOMS = ("Wolf Harbour", "Garden Tide")
FILMS = {film.title: film for leaning in (LIKED, DISLIKED) for film in leaning.films}


def texts(voice, count=200):
    rng = Random(3)
    return [describe(LIKED, DISLIKED, PHANTOMS, voice, rng) for _ in range(count)]


def mentions(*voices):
    return [mention for voice in voices for description in texts(voice) for mention in description.mentions]


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name)
def test_lengths_are_those_of_the_real_site(voice):
    for description in texts(voice):
        assert 23 <= len(description.likes) <= 428
        assert 13 <= len(description.dislikes) <= 294


@pytest.mark.parametrize("voice", [*VOICES, *HOSTILE, EMPTY], ids=lambda voice: voice.name)
def test_every_mention_stands_in_its_text(voice):
    for description in texts(voice):
        for mention in description.mentions:
            text = description.likes if mention.field is Field.LIKES else description.dislikes
            assert mention.text in text


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name)
def test_each_voice_also_says_the_opposite_of_what_its_field_suggests(voice):
    seen = {(mention.field, mention.polarity) for mention in mentions(voice) if mention.kind is Kind.TITLE}
    assert (Field.LIKES, Polarity.LIKE) in seen
    assert (Field.DISLIKES, Polarity.DISLIKE) in seen
    assert (Field.LIKES, Polarity.DISLIKE) in seen


def test_polarity_is_that_of_the_taste_wherever_a_film_is_named():
    liked = {film.title for film in LIKED.films}
    titles = [mention for mention in mentions(*VOICES, *HOSTILE) if mention.kind is Kind.TITLE]
    assert all((mention.polarity is Polarity.LIKE) == (mention.name in liked) for mention in titles)


def test_every_kind_of_mention_occurs():
    assert {mention.kind for mention in mentions(*VOICES)} == set(Kind)


def test_a_title_means_its_film_first_and_its_namesakes_after():
    titles = [mention for mention in mentions(*VOICES) if mention.kind is Kind.TITLE]
    assert all(mention.movies == FILMS[mention.name].movies for mention in titles)


def test_a_franchise_and_a_person_mean_their_films_and_a_phantom_none():
    meant = {mention.name: mention.movies for mention in mentions(*VOICES) if mention.kind is not Kind.TITLE}
    assert meant["Wolf Saga"] == SAGA.movies
    assert meant["Ada Petrow"] == ADA.movies
    assert meant["Wolf Harbour"] == meant["Garden Tide"] == meant["Comedy"] == ()


def test_films_are_named_by_title_by_short_form_and_with_typing_errors():
    forms = Counter(mention.text for mention in mentions(*VOICES[:2]) if mention.name == "The Wolf: Dawn")
    assert forms["The Wolf: Dawn"] > forms["Wolf"] > 0
    forms = Counter(mention.text for mention in mentions(*VOICES[:2]) if mention.name == "Garden of Stone")
    assert forms["Garden of Stone"] > forms.total() / 2
    assert len(forms) > 1


def test_capitals_are_capitals_and_a_child_has_none():
    assert all(description.likes == description.likes.upper() for description in texts(CAPITALS))
    assert all(description.likes == description.likes.lower() for description in texts(CHILD_LIKE))


def test_the_misspelt_voice_misspells_more_titles_than_any_other():
    def wrong(voice):
        titles = [mention for mention in mentions(voice) if mention.kind is Kind.TITLE]
        known = {name.casefold() for film in FILMS.values() for name in (film.title, *film.also)}
        return sum(mention.text.casefold() not in known for mention in titles) / len(titles)

    assert wrong(MISSPELT) > 0.15 > max(wrong(voice) for voice in VOICES if voice is not MISSPELT)


def test_hostile_texts_are_long_hold_instructions_markup_and_other_scripts():
    written = " ".join(
        description.likes + description.dislikes for voice in HOSTILE for description in texts(voice, 1)
    )
    assert len(written) > 20_000
    assert all(
        part in written for part in ("Ignore all previous instructions", "<script>", "<|im_start|>", "我", "لا")
    )


def test_an_empty_description_is_there_and_says_nothing():
    for description in texts(EMPTY):
        assert description.likes
        assert description.dislikes
        assert description.mentions == ()


def test_a_user_without_any_leaning_can_still_describe_himself():
    nobody = Leaning([], [])
    for voice in VOICES:
        assert describe(nobody, nobody, (), voice, Random(1)).mentions == ()


def test_the_same_chance_gives_the_same_texts():
    assert texts(VOICES[0], 20) == texts(VOICES[0], 20)
