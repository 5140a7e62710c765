import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from cf.bootstrap import ratio_interval
from cf.coldstart import Newcomer, held_out, judge
from cf.serving import Serving
from core.clock import ManualClock
from core.errors import TrainingError
from core.ids import UserId
from core.movie import AgeLimit, AgeSource


@pytest.fixture
def report_of(serving, two_genres):
    """The report on newcomers, each given as (taste, films watched) of an adult unless an age is said."""

    def report_of(*newcomers, age_years=30, k=10, catalogue=two_genres, served=serving):
        by_user = {
            UserId(6000 + n): Newcomer(age_years, 20 * n, taste, frozenset(f"film+{m:02d}" for m in watched))
            for n, (taste, watched) in enumerate(newcomers)
        }
        clock = ManualClock(datetime(2026, 11, 20, tzinfo=UTC))
        return judge(served, catalogue, by_user, k, 1, clock)

    return report_of


def evens(words):
    return words.a_taste(words.named(0), words.named(2)), range(4, 24, 2)


def test_words_that_tell_the_truth_beat_popularity(report_of, words):
    report = report_of(*[evens(words)] * 20)
    for figure in (report.figures["recall"], report.figures["ndcg"]):
        assert figure.ratio.low > 1
        assert figure.difference.low > 0
        assert figure.ratio.point == pytest.approx(figure.taste.point / figure.popularity.point)
    assert report.worst_decile > 1
    assert [group.users for group in report.groups] == [2] * 10 + [20]
    assert report.groups[0].name == "0 to 20 characters"


def test_who_says_nothing_gets_popularity(report_of, words):
    report = report_of((words.a_taste(), range(4, 24)), (words.a_taste(), range(8)))
    assert report.nothing_understood == report.users == 2
    assert report.figures["ndcg"].difference.point == 0
    assert report.figures["ndcg"].ratio.point == 1


def test_a_film_that_was_named_by_its_title_can_not_be_found(report_of, words):
    """Watched were only films that the text names: nobody is left to be judged by."""
    named = words.a_taste(words.named(0), words.disliked(1))
    report = report_of((named, [0, 1]), (named, [0, 1, 2]))
    assert (report.users, report.not_judged) == (1, 1)
    with pytest.raises(TrainingError, match="hold out more users"):
        report_of((named, [0, 1]))


def test_films_that_nobody_sells_are_no_truth(report_of, words):
    with pytest.raises(TrainingError):
        report_of((words.a_taste(), [77]))


def test_a_model_that_knows_a_newcomer_can_not_be_judged(serving, two_genres, words):
    newcomer = Newcomer(30, 9, words.a_taste(), frozenset({"film+00"}))
    with pytest.raises(ValueError, match="the model knows user 20"):
        judge(serving, two_genres, {UserId(20): newcomer}, 10, 1, ManualClock(datetime(2026, 1, 1, tzinfo=UTC)))


def test_without_a_model_there_is_nothing_to_judge(report_of, two_genres, words):
    with pytest.raises(TrainingError, match="without a model"):
        report_of(evens(words), served=Serving.of(two_genres, None))


@pytest.mark.parametrize("age_years", [8, 12, None])
def test_no_minor_gets_an_unsuitable_film(report_of, words, age_years):
    report = report_of(evens(words), age_years=age_years)
    assert report.unsuitable == 0
    assert report.groups[-1].name == "minors and unknown ages"


def test_unsuitable_films_are_counted_from_the_records_and_not_from_the_filter(report_of, two_genres, words):
    """The catalogue became stricter after the lists were made: all of a child's films are now too much."""
    strict = [replace(movie, age_limit=AgeLimit(18, AgeSource.CERTIFICATE)) for movie in two_genres]
    assert report_of(evens(words), age_years=8, catalogue=strict).unsuitable == 10
    assert report_of(evens(words), age_years=40, catalogue=strict).unsuitable == 0


def test_about_a_fifth_of_the_described_is_held_out_and_always_the_same():
    users = [UserId(user) for user in range(1000)]
    # binomial, 1,000 users at .2: a standard deviation of 12.6
    assert abs(len(held_out(users, 1000)) - 200) < 50
    assert len(held_out(users, 5)) == 5
    assert held_out(reversed(users), 1000) == held_out(users, 1000)
    with pytest.raises(TrainingError, match="0 users"):
        held_out([], 1000)


def test_the_interval_of_a_ratio_covers_it_as_often_as_it_says():
    """200 samples of 150 users with a true ratio of 1.2: 95 % +- 3 standard errors of .0154 are 180.8 or more."""
    rng = np.random.default_rng(4)
    covered = 0
    for _ in range(200):
        base = rng.exponential(1, 150)
        ours = 1.2 * base + rng.normal(0, 0.5, 150)
        found = ratio_interval(ours, base, rng)
        covered += found.low <= 1.2 <= found.high
    assert covered >= 181


def test_a_ratio_to_nothing_is_none():
    rng = np.random.default_rng(1)
    assert ratio_interval(np.ones(3), np.zeros(3), rng) is None
    rare = ratio_interval(np.ones(3), np.array([1.0, 0, 0]), rng)
    assert (rare.point, rare.high) == (3.0, np.inf)


def test_the_report_has_stable_keys(report_of, words):
    found = report_of(evens(words)).as_json()
    assert set(found) == {
        "k", "users", "not_judged", "nothing_understood", "unsuitable", "figures", "groups", "worst_decile",
    }  # fmt: skip
    assert set(found["figures"]) == {"recall", "ndcg", "hit", "coverage"}
    assert set(found["figures"]["recall"]) == {"taste", "popularity", "difference", "ratio"}


def test_the_report_is_plain_json(report_of, words):
    """Of few users some resamples have no hit of popularity at all: that ratio has no upper bound."""
    found = report_of((words.a_taste(), range(4, 24)), (words.a_taste(words.named(0)), [58]), k=3)
    assert "Infinity" not in json.dumps(found.as_json())
