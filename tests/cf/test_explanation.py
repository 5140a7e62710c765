import numpy as np
import pytest

from cf.explanation import reasons
from cf.leaning import Leaning
from cf.taste_vectors import TasteVectors
from core.taste import Means, Polarity


@pytest.fixture
def vectors(trained, two_genres):
    return TasteVectors.of(trained.model, two_genres)


def test_the_film_that_speaks_most_is_named(vectors, words):
    taste = words.a_taste(words.named(0), words.named(1))
    titles = {"film+00": "Film 0", "film+01": "Film 1"}
    assert reasons(vectors, taste, ["film+02", "film+03"], titles) == ["you named Film 0", "you named Film 1"]


def test_a_series_a_person_and_an_unlisted_film_are_called_by_the_users_own_words(vectors, words):
    cases = [(Means.FRANCHISE, "the even ones"), (Means.PERSON, "Agnes Varda"), (Means.TITLE, "filn 0")]
    for means, said in cases:
        taste = words.a_taste(words.named(0, means=means, words=said))
        assert reasons(vectors, taste, ["film+02"], {}) == [f"you named {said}"]


def test_a_genre_can_be_the_reason(vectors, words):
    taste = words.a_taste(genres=[words.genre("Even", qualifier="silly"), words.genre("Odd")])
    assert reasons(vectors, taste, ["film+03"], {}) == ["you like Odd"]
    silly = words.a_taste(genres=[words.genre("Even", qualifier="silly")])
    assert reasons(vectors, silly, ["film+02"], {}) == ["you like silly Even"]


def test_what_is_disliked_speaks_for_its_opposite_only(vectors, words):
    taste = words.a_taste(genres=[words.genre("Odd", Polarity.DISLIKED)])
    speaks_for = [movie for movie in (f"film+{m:02d}" for m in range(60)) if reasons(vectors, taste, [movie], {})[0]]
    assert speaks_for
    assert not any(int(movie[-2:]) % 2 for movie in speaks_for)
    assert reasons(vectors, taste, speaks_for[:1], {}) == ["you do not like Odd"]


def test_what_nothing_speaks_for_has_no_reason(vectors, words):
    assert reasons(vectors, words.a_taste(words.disliked(1)), ["film+03"], {}) == [""]
    assert reasons(vectors, words.a_taste(words.named(1)), ["not in the model"], {}) == [""]
    assert reasons(vectors, words.a_taste(), ["film+03"], {}) == [""]


def test_the_parts_of_a_score_add_up_to_it(vectors, words):
    """Law: what each part says for a film, summed, is its score without popularity."""
    films = [words.named(0), words.disliked(3), *(words.named(m, means=Means.PERSON, words="X") for m in (8, 9))]
    whole = Leaning.of(words.a_taste(*films, genres=[words.genre("Odd")]))
    split = [
        Leaning(films=(movie,), film_weights=(weight,))
        for movie, weight in zip(whole.films, whole.film_weights, strict=True)
    ] + [Leaning(genres=whole.genres, genre_weights=whole.genre_weights)]
    movies = [f"film+{m:02d}" for m in range(60)]
    none = np.array([], np.int32)
    parameters, factors = vectors.blend.parameters, vectors.blend.factors
    popularity = (1 - parameters.taste_weight) * factors[:, -1]
    together = vectors.scores(none, none.astype(np.float32), whole, 1.0) - popularity
    assert vectors.says(split, movies).sum(axis=0) == pytest.approx(together, abs=1e-4)
