from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf.leaning import (
    DISLIKED,
    FADED_FILMS,
    GENRE,
    LIKED,
    MOST_OF_A_NAME,
    Leaning,
    by_own_name,
    counts,
    film_weights,
    named_as,
)
from core.taste import Means, Polarity


def test_who_praises_a_film_has_seen_it(words):
    taste = words.a_taste(words.named(1), words.named(2, means=Means.LLM))
    assert Leaning.of(taste).seen == ("film+01", "film+02")


@pytest.mark.parametrize("means", [Means.FRANCHISE, Means.PERSON])
def test_who_praises_a_series_or_a_person_may_not_have_seen_each_film(words, means):
    taste = words.a_taste(words.named(1, means=means))
    assert Leaning.of(taste).seen == ()
    assert by_own_name(taste) == frozenset()


@pytest.mark.parametrize("means", list(Means))
def test_what_is_disliked_is_never_to_be_shown_however_it_was_named(words, means):
    assert Leaning.of(words.a_taste(words.disliked(1, means))).disliked == ("film+01",)


def test_the_films_of_one_person_count_together_as_one(words):
    films = [words.named(m, means=Means.PERSON, words="Agnes Varda") for m in range(4)]
    weights = Leaning.of(words.a_taste(*films, words.named(9))).film_weights
    assert weights == (LIKED / 4,) * 4 + (LIKED,)


def test_of_a_name_with_very_many_films_the_first_count_and_all_are_filtered(words):
    films = [words.disliked(m, Means.PERSON, "everybody's director") for m in range(90)]
    leaning = Leaning.of(words.a_taste(*films))
    assert leaning.films == tuple(film.movie for film in films[:MOST_OF_A_NAME])
    assert sum(leaning.film_weights) == pytest.approx(DISLIKED)
    assert len(leaning.disliked) == 90


def test_a_qualified_genre_counts_less_than_the_genre(words):
    leaning = Leaning.of(
        words.a_taste(genres=[words.genre("Comedy", qualifier="silly"), words.genre("War", Polarity.DISLIKED)])
    )
    assert leaning.genres == ("Comedy", "War")
    assert 0 < leaning.genre_weights[0] < GENRE
    assert leaning.genre_weights[1] == -GENRE


def test_a_genre_that_is_liked_but_for_some_of_it_counts_a_little_less(words):
    some = words.genre("Horror", Polarity.DISLIKED, "silly")
    leaning = Leaning.of(words.a_taste(genres=[words.genre("Horror"), some]))
    assert leaning.genres == ("Horror",)
    assert 0 < leaning.genre_weights[0] < GENRE


def test_a_taste_that_says_nothing_orders_nothing(words):
    assert not Leaning.of(words.a_taste())
    assert Leaning.of(words.a_taste(words.disliked(1)))


def test_a_taste_counts_less_with_every_film_and_then_nothing():
    course = [counts(n) for n in range(FADED_FILMS + 10)]
    assert course[0] == 1
    assert all(later < earlier for earlier, later in pairwise(course[: FADED_FILMS + 1]))
    assert set(course[FADED_FILMS:]) == {0.0}


drawn_films = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.sampled_from(Polarity),
        st.sampled_from(Means),
        st.sampled_from(["Heat", "Bond", "Woo"]),
    ),
    unique_by=lambda film: film[0],
)


@given(drawn_films)
def test_whatever_was_named_each_name_counts_once(words, drawn):
    taste = words.a_taste(*[words.named(*film) for film in drawn])
    weights, by_name = film_weights(taste), defaultdict(float)
    for film in taste.films:
        by_name[named_as(film), film.polarity] += weights[film.movie]
    for (_, polarity), total in by_name.items():
        assert total == pytest.approx(LIKED if polarity is Polarity.LIKED else DISLIKED)
