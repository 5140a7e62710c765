import itertools
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from cf.candidates import CandidateTable
from cf.chain import Recommender
from cf.rankers import BlendRanker, Viewer
from cf.suitability import age_limits
from core.clock import ManualClock
from core.decision import Outcome
from core.ids import UserId


@pytest.fixture
def recommender(serving):
    return Recommender(serving, ManualClock(datetime(2026, 11, 20, tzinfo=UTC)))


def offered(ranker, viewer, n=20):
    return list(itertools.islice(ranker.films(viewer), n))


def test_live_scoring_and_the_candidate_table_agree(serving):
    """The law that lets the table stand in: for who has no fresh events both give the same scores."""
    model = serving.model
    live = model.blend.scores(model.history, np.arange(80))
    filled = model.candidates.movies < 60
    rows, places = np.nonzero(filled)
    listed = model.candidates.movies[rows, places]
    assert model.candidates.scores[rows, places] == pytest.approx(live[rows, listed], abs=1e-4)
    assert (model.candidates.scores[:, :-1] >= model.candidates.scores[:, 1:]).all()


def test_a_known_user_is_served_by_the_blend(recommender, trained):
    ranking = recommender.recommend(UserId(20), 20, 250)
    assert [(a.ranker, a.outcome) for a in ranking.attempts] == [("blend", Outcome.SERVED)]
    assert ranking.model == trained.card.version
    even = [int(movie[-2:]) % 2 == 0 for movie in ranking.movies[:10]]
    assert sum(even) >= 8  # user 20 likes even films


def test_an_unknown_user_gets_popular_films_that_suit_everybody(recommender, trained):
    ranking = recommender.recommend(UserId(9999), 5, 250)
    assert [(a.ranker, a.outcome) for a in ranking.attempts] == [
        ("blend", Outcome.NOT_FOR_USER),
        ("taste", Outcome.NOT_FOR_USER),
        ("popularity", Outcome.SERVED),
    ]
    assert all(int(movie[-2:]) % 3 == 0 for movie in ranking.movies)
    popular = [movie for movie in trained.model.by_popularity if int(movie[-2:]) % 3 == 0]
    assert list(ranking.movies) == popular[:5]


def test_a_user_who_came_of_age_gets_the_whole_catalogue(recommender):
    user = UserId(3)
    young = recommender.recommend(user, 60, 250)
    recommender.serving = replace(recommender.serving, ages={user: 18})
    grown = recommender.recommend(user, 60, 250)
    assert all(int(movie[-2:]) % 3 == 0 for movie in young.movies)
    assert len(grown.movies) == 60 - dict(grown.filtered)["seen"]


def test_folding_in_a_whole_history_gives_the_list_of_the_training(serving, trained):
    """The same films as fresh events of a user whom the model does not know."""
    blend, overlap = serving.rankers[0], []
    for user in range(8, 76):
        known = serving.viewer(UserId(user))
        history = trained.model.history.rows(np.array([known.row]))
        movies = [trained.model.movies[m] for m in history.movies]
        fresh = dict(zip(movies, history.weights.tolist(), strict=True))
        folded = offered(blend, Viewer(18, None, frozenset(fresh), fresh), 60)
        folded = [movie for movie in folded if movie not in fresh][:20]
        overlap.append(len(set(folded) & set(offered(blend, known))) / 20)
    assert np.mean(overlap) >= 0.99  # the formula is the same; only equal scores at the end may trade places


def test_fresh_films_of_the_other_taste_turn_the_list(serving):
    blend = serving.rankers[0]
    user = UserId(21)  # likes odd films
    fresh = {f"film+{m:02d}": 1.0 for m in range(0, 24, 2)}
    turned = replace(serving, fresh={user: fresh}).viewer(user)
    before, after = (
        [movie for movie in offered(blend, viewer, 60) if movie not in turned.seen][:10]
        for viewer in (serving.viewer(user), turned)
    )
    odd_before, odd_after = (sum(int(movie[-2:]) % 2 for movie in films) for films in (before, after))
    assert odd_after <= odd_before - 3


def test_a_film_rated_again_counts_as_it_is_now(serving):
    user = UserId(21)
    viewer = serving.viewer(user)
    film = serving.model.films_of(viewer.row)[0]
    movies, weights = serving.rankers[0].own(replace(viewer, fresh={film: 0.1, "not in the model": 0.9}))
    assert serving.model.movies[movies[-1]] == film
    assert weights[-1] == pytest.approx(0.1)
    assert len(set(movies.tolist())) == len(movies) == len(viewer.seen)


def test_after_the_table_come_all_other_films(serving):
    viewer = serving.viewer(UserId(20))
    narrow = CandidateTable(
        *(column[:, :5] for column in (serving.model.candidates.movies, serving.model.candidates.scores)),
        serving.model.candidates.ages,
    )
    ranker = BlendRanker(replace(serving.model, candidates=narrow), serving.limits)
    films = list(ranker.films(viewer))
    assert films[:5] == offered(serving.rankers[0], viewer, 5)
    assert len(films) == len(set(films)) == 60


def test_a_row_of_the_table_has_no_own_and_no_unsuitable_film(trained):
    model, limits = trained.model, age_limits(trained.catalogue)
    for row in range(80):
        listed = [model.movies[m] for m in model.candidates.movies[row] if m < 60]
        assert not set(listed) & set(model.films_of(row))
        assert all(limits[movie] <= model.candidates.ages[row] for movie in listed)
