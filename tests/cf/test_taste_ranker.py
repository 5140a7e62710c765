from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from cf.chain import Recommender
from cf.leaning import FADED_FILMS, Leaning
from cf.rankers import TasteRanker, Viewer
from cf.taste_vectors import TasteVectors
from core.clock import ManualClock
from core.decision import Outcome
from core.ids import UserId
from core.taste import Means, Polarity

NEW, ODD = UserId(5001), UserId(21)  # nobody knows the first one; the other one likes odd films
LIKES_EVEN = (0, 2, 4, 6)


def half(movie):
    return int(movie[-2:]) % 2


def told(serving, *tastes):
    """What serves after these tastes of adults became known."""
    ages = dict(serving.ages) | {taste.user: 18 for taste in tastes}
    return replace(serving, ages=ages, tastes={taste.user: taste for taste in tastes})


def recommend(serving, user=NEW, k=20):
    clock = ManualClock(datetime(2026, 11, 20, tzinfo=UTC))
    return Recommender(serving, clock).recommend(user, k, 250)


def outcomes(ranking):
    return [(attempt.ranker, attempt.outcome) for attempt in ranking.attempts]


def test_who_names_even_films_gets_even_films(serving, words):
    ranking = recommend(told(serving, words.a_taste(*map(words.named, LIKES_EVEN))), k=10)
    assert outcomes(ranking) == [("blend", Outcome.NOT_FOR_USER), ("taste", Outcome.SERVED)]
    assert ranking.model == serving.version
    assert sum(map(half, ranking.movies)) <= 1


@pytest.mark.parametrize(("polarity", "wanted"), [(Polarity.LIKED, 1), (Polarity.DISLIKED, 0)])
def test_a_genre_alone_leads_to_its_films_or_away_from_them(serving, words, polarity, wanted):
    ranking = recommend(told(serving, words.a_taste(genres=[words.genre("Odd", polarity)])), k=10)
    assert sum(half(movie) == wanted for movie in ranking.movies) >= 8


def test_a_film_that_nobody_watched_leads_by_its_genre(trained, two_genres, serving, words):
    """Film 59 as the model would have it if it were new: it lies nowhere."""
    factors = np.array(trained.model.blend.factors)
    factors[59] = 0
    model = replace(trained.model, blend=replace(trained.model.blend, factors=factors))
    newer = replace(type(serving).of(two_genres, model), ages={NEW: 18})
    ranking = recommend(told(newer, words.a_taste(words.named(59))), k=10)
    assert sum(map(half, ranking.movies)) >= 8


def test_without_a_taste_the_ranker_knows_nothing_of_the_viewer(serving):
    assert ("taste", Outcome.NOT_FOR_USER) in outcomes(recommend(serving))


def test_a_taste_of_which_the_model_knows_nothing_leaves_the_list_to_popularity(serving, words):
    ranking = recommend(told(serving, words.a_taste(genres=[words.genre("Opera")])))
    assert outcomes(ranking)[-2:] == [("taste", Outcome.NOT_FOR_USER), ("popularity", Outcome.SERVED)]


@pytest.mark.parametrize("taken", [0, 1, 2, 3])
def test_what_is_disliked_is_on_no_path(serving, words, taken):
    """Whichever rankers are there: those before the n-th are taken away."""
    known = told(serving, words.a_taste(*map(words.disliked, range(1, 60, 2))))
    ranking = recommend(replace(known, rankers=known.rankers[taken:]), k=60)
    assert len(ranking.movies) == 30
    assert not any(map(half, ranking.movies))
    assert dict(ranking.filtered)["disliked"] == 30


def test_what_is_disliked_stays_away_from_who_has_seen_much(serving, words):
    fresh = {f"film+{m:02d}": 0.8 for m in range(FADED_FILMS)}
    known = replace(told(serving, words.a_taste(words.disliked(40))), fresh={NEW: fresh})
    ranking = recommend(known, k=60)
    assert outcomes(ranking)[0][0] == "blend"
    assert ranking.attempts[0].movies > 0
    assert "film+40" not in ranking.movies


def test_what_is_liked_by_its_title_is_seen_and_what_a_series_holds_is_not(serving, words):
    taste = words.a_taste(words.named(0), words.named(2, means=Means.FRANCHISE, words="the evens"))
    ranking = recommend(told(serving, taste), k=60)
    assert "film+00" not in ranking.movies
    assert "film+02" in ranking.movies


def test_minors_get_suitable_films_whatever_they_like(serving, words):
    known = replace(told(serving, words.a_taste(*map(words.named, LIKES_EVEN))), ages={NEW: 8})
    ranking = recommend(known, k=60)
    assert ranking.movies
    assert all(int(movie[-2:]) % 3 == 0 for movie in ranking.movies)


def test_a_taste_fades_as_films_come(serving, words):
    """A user who names even films and watches odd ones: the list turns and never turns back."""
    taste, odd_films = words.a_taste(*map(words.named, LIKES_EVEN)), []
    for n in range(0, 12, 2):
        fresh = {f"film+{m:02d}": 0.9 for m in range(1, 2 * n, 2)}
        ranking = recommend(replace(told(serving, taste), fresh={NEW: fresh}), k=10)
        odd_films.append(sum(map(half, ranking.movies)))
    assert odd_films == sorted(odd_films)
    assert odd_films[0] <= 1
    assert odd_films[-1] >= 8


def test_a_user_with_few_films_is_served_by_films_and_words(serving, words):
    """Words for even films bring these onto the list of who watched two odd ones; without words it is odd."""
    watched = {NEW: {"film+01": 0.9, "film+03": 0.9}}
    by_films = recommend(replace(serving, ages={NEW: 18}, fresh=watched), k=10)
    by_both = recommend(replace(told(serving, words.a_taste(*map(words.named, LIKES_EVEN))), fresh=watched), k=10)
    assert (outcomes(by_films)[0][1], outcomes(by_both)[1][0]) == (Outcome.SERVED, "taste")
    assert sum(map(half, by_both.movies)) < sum(map(half, by_films.movies))
    assert not {"film+01", "film+03"} & set(by_both.movies)


def test_a_user_of_the_model_with_few_films_is_served_by_words_too(serving, words):
    ranking = recommend(told(serving, words.a_taste(words.named(0), user=ODD)), ODD)
    assert outcomes(ranking) == [("blend", Outcome.NOT_FOR_USER), ("taste", Outcome.SERVED)]
    assert not set(ranking.movies) & serving.viewer(ODD).seen


def test_words_that_count_nothing_leave_the_scores_of_the_films(serving, trained, two_genres, words):
    blend, viewer = serving.rankers[0], serving.viewer(ODD)
    leaning = Leaning.of(words.a_taste(words.named(0), genres=[words.genre("Even")]))
    scores = TasteVectors.of(trained.model, two_genres).scores(*blend.own(viewer), leaning, 0.0)
    assert scores == pytest.approx(trained.model.blend.factors @ trained.model.blend.vector(*blend.own(viewer)))


def test_a_ranker_that_fails_leaves_the_described_user_to_popularity(serving, words):
    known = told(serving, words.a_taste(words.named(0)))
    blend, _, *others = known.rankers
    broken = replace(known, rankers=(blend, TasteRanker(blend, None), *others))
    assert outcomes(recommend(broken))[1:] == [("taste", Outcome.FAILED), ("popularity", Outcome.SERVED)]


def test_a_viewer_without_words_is_as_before(serving):
    assert serving.viewer(NEW) == Viewer()
