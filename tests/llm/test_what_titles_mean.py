"""What people write for films: which film it is, or none."""

from __future__ import annotations

import pytest

from core.movie import Movie
from core.taste import Means, Polarity
from llm import Understander

from .films import well_known_films

NEW_HOPE, EMPIRE = "star+wars+episode+iv+-+a+new+hope+1977", "star+wars+episode+v+-+the+empire+strikes+back+1980"
TERMINATOR_2 = "terminator+2+judgment+day+1991"
STAR_WARS = {NEW_HOPE, EMPIRE, "star+wars+episode+vi+-+return+of+the+jedi+1983"}
GODFATHERS = {"the+godfather+1972", "the+godfather+part+ii+1974"}
POTTERS = {
    "harry+potter+and+the+philosophers+stone+2001",
    "harry+potter+and+the+chamber+of+secrets+2002",
    "harry+potter+and+the+prisoner+of+azkaban+2004",
}


@pytest.fixture(scope="module")
def understander() -> Understander:
    return Understander.of(well_known_films())


def meant(understander: Understander, likes: str) -> set[str]:
    return {film.movie for film in understander.read(likes, "").taste_films()}


@pytest.mark.parametrize(
    ("words", "film"),
    [
        ("I love Heat", "heat+1995"),
        ("I love The Heat", "the+heat+2013"),
        ("I love Godfather", "the+godfather+1972"),
        ("I love The Godfather Part 2", "the+godfather+part+ii+1974"),
        ("I love Godfather II", "the+godfather+part+ii+1974"),
        ("The second Godfather is better", "the+godfather+part+ii+1974"),
        ("I love T2", TERMINATOR_2),
        ("I love Terminator 2", TERMINATOR_2),
        ("I love 'Judgment Day'", TERMINATOR_2),
        ("Shawshank is great", "the+shawshank+redemption+1994"),
        ("Things like Private Ryan", "saving+private+ryan+1998"),
        ("I love ESB", EMPIRE),
        ("I love Empire Strikes Back", EMPIRE),
        ("I love 12 Monkeys", "twelve+monkeys+1995"),
        ("I love Twelve Monkeys", "twelve+monkeys+1995"),
        ("I love se7en", "seven+1995"),
        ("I love Dumb and Dumber", "dumb++dumber+1994"),
        ("I love Amélie", "amelie+2001"),
        ("I love Le fabuleux destin d'Amelie Poulain", "amelie+2001"),
        ("I love La Femme Nikita", "nikita+1990"),
        ("I love Silence of Lambs", "the+silence+of+the+lambs+1991"),
        ("I love the starwars one, Empire Strikes Back", EMPIRE),
        ("i like brave heart, casino", "braveheart+1995"),
        ("i like fite club", "fight+club+1999"),
        ("i like sthrgate and stuff", "stargate+1994"),
        ("i like glatiator, casino", "gladiator+2000"),
        ("trmntr was fine", "the+terminator+1984"),
        ("I love The Haunting (1963)", "the+haunting+1963"),
        ("Late 90s horror like The Haunting", "the+haunting+1999"),
        ("The original Haunting", "the+haunting+1963"),
        ("I love Titanic", "titanic+1997"),
        ("M, Pulp Fiction, Casino", "m+1931"),
        ("heat, casino, pulp fiction", "heat+1995"),
        ("I love E.T.", "e.t.+the+extra-terrestrial+1982"),
    ],
)
def test_words_name_a_film(understander, words, film):
    assert film in meant(understander, words)


@pytest.mark.parametrize(
    ("words", "films"),
    [
        ("I love the Star Wars movies", STAR_WARS),
        ("I love Star Wars", STAR_WARS),
        ("the Godfather trilogy", GODFATHERS),
        ("Harry Potter, all of them", POTTERS),
        ("I love Harry Potter", POTTERS),
    ],
)
def test_a_franchise_is_all_its_films(understander, words, films):
    assert meant(understander, words) == films
    assert {mention.means for mention in understander.read(words, "").mentions} == {Means.FRANCHISE}


@pytest.mark.parametrize(
    "words",
    [
        "I love Gladiator II",
        "I love The Matrix Horizon",
        "I love Harry Potter 7",
        "I love 'Heat of the Moment'",
        "I love Alien: Romulus",
        "I love Titanic (2012)",
        "I love Stargazer Mountain",
        "I saw Speed 3",
    ],
)
def test_a_film_that_we_do_not_have_is_none_that_we_have(understander, words):
    understanding = understander.read(words, "")
    assert understanding.taste_films() == ()
    assert understanding.open_mentions() == ()


@pytest.mark.parametrize(
    "words",
    [
        "I love a big love story with kids in it",
        "Give me action, war and crime. 10/10, since 1994, at full speed.",
        "I'd give it a 21 out of 10, nothing beats a good car crash in the heat",
        "LOUD WAR MOVIES WITH A LOT OF SPEED",
        "i like the big movies you know",
    ],
)
def test_ordinary_words_are_no_titles(understander, words):
    assert meant(understander, words) == set()


@pytest.mark.parametrize(
    ("words", "film"),
    [
        ("the movie Big is great", "big+1988"),
        ("'Kids' is great", "kids+1995"),
        ("I love Crash, Casino", "crash+2004"),
    ],
)
def test_marks_make_ordinary_words_a_title(understander, words, film):
    assert film in meant(understander, words)


def test_a_title_that_could_be_several_is_open_with_its_candidates():
    films = [
        Movie("red+lantern+1990", "Red Lantern Song", 1990, votes=100),
        Movie("blue+lantern+1991", "Blue Lantern Song", 1991, votes=100),
    ]
    mention = Understander.of(films).read("I like 'Lantern Song'", "").mentions[0]
    assert mention.is_open
    assert mention.films == ()
    assert {candidate.movie for candidate in mention.candidates} == {"red+lantern+1990", "blue+lantern+1991"}


def test_a_person_whom_the_records_know_is_all_the_films_of_that_person():
    films = [
        Movie("a+1990", "Alpha", 1990, overview="Drama, made in 1990 by Yusuf Garrido, with Gloria Estévez."),
        Movie("b+1991", "Beta", 1991, overview="Comedy, made in 1991 by Yusuf Garrido, with Samir Hawthorn."),
    ]
    understanding = Understander.of(films).read("Anything by Yusuf Garrido", "No Gloria Estevez please")
    assert [(one.name, one.polarity, set(one.films)) for one in understanding.people] == [
        ("Yusuf Garrido", Polarity.LIKED, {"a+1990", "b+1991"}),
        ("Gloria Estevez", Polarity.DISLIKED, {"a+1990"}),
    ]


def test_mentions_stand_where_they_say(understander):
    likes = "I love  'Heat', and (of course) The Godfather: Part II!"
    for mention in understander.read(likes, "").mentions:
        assert likes[mention.start : mention.end] == mention.words
