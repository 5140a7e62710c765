"""Whether what a text names is liked: the field, and what the text says against it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.movie import Movie
from core.taste import NamedGenre, Polarity
from llm import Understander

from .films import well_known_films

LIKED, DISLIKED = Polarity.LIKED, Polarity.DISLIKED


@pytest.fixture(scope="module")
def understander() -> Understander:
    return Understander.of(well_known_films())


@pytest.mark.parametrize(
    ("likes", "film", "polarity"),
    [
        ("Drama, unlike Titanic, which I hated.", "titanic+1997", DISLIKED),
        ("Casino was ok but not Gladiator.", "gladiator+2000", DISLIKED),
        ("Casino was ok but not Gladiator.", "casino+1995", LIKED),
        ("I don't get why people love Titanic.", "titanic+1997", DISLIKED),
        ("Anything but Titanic.", "titanic+1997", DISLIKED),
        ("All crime films except Casino.", "casino+1995", DISLIKED),
        ("I hate musicals except Grease.", "grease+1978", LIKED),
        ("Nothing is as good as Alien.", "alien+1979", LIKED),
        ("People keep telling me that Titanic is a classic, but honestly I hated it.", "titanic+1997", DISLIKED),
        ("I don't hate Titanic.", "titanic+1997", LIKED),
        ("I can't get enough of Heat.", "heat+1995", LIKED),
        ("Titanic? Nope.", "titanic+1997", DISLIKED),
        ("I like Heat but Titanic not.", "titanic+1997", DISLIKED),
        ("Not totally against horror if it's like The Exorcist.", "the+exorcist+1973", LIKED),
        ("So much better than Titanic, which was awful: Heat!", "heat+1995", LIKED),
        ("So much better than Titanic, which was awful: Heat!", "titanic+1997", DISLIKED),
    ],
)
def test_a_text_of_likes_can_name_what_is_not_liked(understander, likes, film, polarity):
    named = {one.movie: one.polarity for one in understander.read(likes, "").taste_films()}
    assert named[film] is polarity


@pytest.mark.parametrize(
    ("dislikes", "film", "polarity"),
    [
        ("Horror, though Alien was fine.", "alien+1979", LIKED),
        ("With the exception of 'Alien', I refrain from horror.", "alien+1979", LIKED),
        ("It is not as good as Alien.", "alien+1979", LIKED),
        ("Unlike Heat, which I will admit was good, all action is rubbish.", "heat+1995", LIKED),
        ("Action no, but Heat is exception, very nice.", "heat+1995", LIKED),
        ("I don't like Titanic or Casino.", "casino+1995", DISLIKED),
        ("Not Titanic.", "titanic+1997", DISLIKED),
        ("Titanic was fine, but Casino? Never again!", "casino+1995", DISLIKED),
        ("Keep Titanic away from me.", "titanic+1997", DISLIKED),
    ],
)
def test_a_text_of_dislikes_can_name_what_is_liked(understander, dislikes, film, polarity):
    named = {one.movie: one.polarity for one in understander.read("", dislikes).taste_films()}
    assert named[film] is polarity


def test_a_film_named_twice_has_one_polarity_that_of_its_own_title(understander):
    understanding = understander.read("The Star Wars movies.", "Only 'A New Hope' is bad.")
    films = {one.movie: one.polarity for one in understanding.taste_films()}
    assert films["star+wars+episode+iv+-+a+new+hope+1977"] is DISLIKED
    assert films["star+wars+episode+v+-+the+empire+strikes+back+1980"] is LIKED
    assert len(films) == len(understanding.taste_films())


def test_a_qualified_genre_is_not_all_of_it(understander):
    assert understander.read("", "silly comedies").genres == (NamedGenre("Comedy", DISLIKED, "silly"),)
    assert understander.read("great comedies", "").genres == (NamedGenre("Comedy", LIKED),)


def test_genres_are_known_by_many_words_and_misspelt(understander):
    found = {one.genre for one in understander.read("rom-coms, scifi, westerns, famly and fantacy films", "").genres}
    assert found == {"Comedy", "Romance", "Sci-Fi", "Children", "Fantasy"}  # no film here is a western


HOSTILE = st.text(max_size=300) | st.lists(
    st.sampled_from(
        [
            "Heat",
            "'",
            '"',
            "\x00",
            "not",
            "unlike",
            "((((",
            "Titanic",
            "99999999999",
            "\n",
            "\u0301",
            "\u2784",
            "\u00bd",
            "X",
            "The",
            "of",
            "電影",
            "&",
            "Part",
            "II",
        ]
    ),
    max_size=60,
).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(likes=HOSTILE, dislikes=HOSTILE)
def test_any_text_is_read_and_only_our_films_come_out(understander, likes, dislikes):
    ours = {movie.id for movie in well_known_films()}
    understanding = understander.read(likes, dislikes)
    assert {film.movie for film in understanding.taste_films()} <= ours
    assert {one.movie for mention in understanding.mentions for one in mention.candidates} <= ours
    for mention in understanding.mentions:
        text = likes if mention.text_field == "likes" else dislikes
        assert text[mention.start : mention.end] == mention.words
        assert mention.is_open <= bool(mention.candidates and not mention.films)


@pytest.mark.parametrize("films", [[], [Movie("heat+1995", "Heat", 1995)], [Movie("x", ""), Movie("y", "()")]])
def test_a_catalogue_may_be_nearly_empty_and_know_no_votes(films):
    understanding = Understander.of(films).read("I love Heat, 'Heat 2' and xyzzzy", "The Heta")
    assert {film.movie for film in understanding.taste_films()} <= {"heat+1995"}


def test_an_endless_text_is_read_to_its_limit(understander):
    understanding = understander.read("I love Heat. " + "zzyzx qwrtpl " * 40_000, "not " * 100_000)
    assert [film.movie for film in understanding.taste_films()] == ["heat+1995"]
