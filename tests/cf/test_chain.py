from datetime import UTC, datetime

import pytest

from cf.chain import Recommender
from cf.rankers import LastResort
from cf.serving import Serving
from core.clock import ManualClock
from core.decision import Outcome
from core.ids import UserId

FILMS = [f"film+{m:02d}" for m in range(10)]
ADULT, CHILD = UserId(1), UserId(2)


class Fake:
    """A ranker that offers what it is told to, after so long, or raises."""

    def __init__(self, clock, films, seconds=0.0, error=None):
        self.name = "fake"
        self.asked = 0
        self._clock, self._films, self._seconds, self._error = clock, films, seconds, error

    def films(self, viewer):
        self.asked += 1
        self._clock.sleep(self._seconds)
        if self._error:
            raise self._error
        return self._films


@pytest.fixture
def clock():
    return ManualClock(datetime(2026, 11, 20, tzinfo=UTC))


def chain(clock, *rankers, **changes):
    """Rankers before a last resort that has film 9 only; even films suit everybody."""
    limits = {movie: 0 if m % 2 == 0 else 18 for m, movie in enumerate(FILMS)}
    last = LastResort(FILMS[9:], limits)
    return Recommender(Serving((*rankers, last), limits, ages={ADULT: 18, CHILD: 10}, **changes), clock)


def outcomes(ranking):
    return [(attempt.ranker, attempt.outcome, attempt.movies) for attempt in ranking.attempts]


def test_the_first_ranker_that_fills_the_list_ends_the_chain(clock):
    ranking = chain(clock, Fake(clock, FILMS), Fake(clock, FILMS)).recommend(ADULT, 3, 250)
    assert ranking.movies == tuple(FILMS[:3])
    assert outcomes(ranking) == [("fake", Outcome.SERVED, 3)]


def test_the_next_ranker_fills_up_what_is_missing(clock):
    ranking = chain(clock, Fake(clock, FILMS[:2]), Fake(clock, FILMS[1:5])).recommend(ADULT, 4, 250)
    assert ranking.movies == tuple(FILMS[:4])
    assert outcomes(ranking) == [("fake", Outcome.SHORT, 2), ("fake", Outcome.SERVED, 2)]


def test_a_ranker_that_fails_is_an_attempt(clock):
    ranking = chain(clock, Fake(clock, [], error=KeyError("gone"))).recommend(ADULT, 1, 250)
    assert ranking.movies == (FILMS[9],)
    assert outcomes(ranking) == [("fake", Outcome.FAILED, 0), ("last resort", Outcome.SERVED, 1)]
    assert ranking.attempts[0].detail == "KeyError: 'gone'"


def test_what_a_ranker_gave_before_it_failed_stays(clock):
    def breaking():
        yield FILMS[0]
        raise ValueError("late trouble")

    ranking = chain(clock, Fake(clock, breaking()), Fake(clock, FILMS)).recommend(ADULT, 2, 250)
    assert ranking.movies == (FILMS[0], FILMS[1])
    assert outcomes(ranking)[0] == ("fake", Outcome.FAILED, 1)


def test_a_ranker_that_does_not_know_the_user_says_so(clock):
    ranking = chain(clock, Fake(clock, None)).recommend(ADULT, 1, 250)
    assert outcomes(ranking)[0] == ("fake", Outcome.NOT_FOR_USER, 0)


def test_what_comes_late_is_in_hand_and_stays(clock):
    ranking = chain(clock, Fake(clock, FILMS, seconds=0.3)).recommend(ADULT, 2, 250)
    assert ranking.movies == tuple(FILMS[:2])
    assert outcomes(ranking) == [("fake", Outcome.LATE, 2)]
    assert ranking.attempts[0].elapsed_us == 300_000


def test_when_the_time_is_spent_only_the_last_resort_is_asked(clock):
    slow, next_one = Fake(clock, FILMS[:1], seconds=0.3), Fake(clock, FILMS)
    ranking = chain(clock, slow, next_one).recommend(ADULT, 2, 250)
    assert ranking.movies == (FILMS[0], FILMS[9])
    assert next_one.asked == 0
    assert [attempt.outcome for attempt in ranking.attempts] == [Outcome.LATE, Outcome.LATE, Outcome.LATE]


def test_the_last_resort_alone_is_no_model(clock):
    assert chain(clock).recommend(ADULT, 1, 250).model == "none"


def test_seen_films_are_on_no_path(clock):
    ranking = chain(clock, Fake(clock, FILMS), fresh={ADULT: {FILMS[0]: 0.9, FILMS[9]: 0.9}}).recommend(
        ADULT, 10, 250
    )
    assert ranking.movies == tuple(FILMS[1:9])
    assert ranking.filtered == (("seen", 2),)


@pytest.mark.parametrize("user", [CHILD, UserId(77)], ids=["child", "unknown age"])
def test_minors_and_unknown_ages_get_suitable_films_only(clock, user):
    ranking = chain(clock, Fake(clock, ["not in the catalogue", *FILMS])).recommend(user, 10, 250)
    assert ranking.movies == tuple(FILMS[::2])
    assert ranking.filtered == (("age", 6),)


def test_what_no_ranker_offered_was_not_filtered(clock):
    served = chain(clock, Fake(clock, FILMS), fresh={ADULT: {FILMS[1]: 0.9, FILMS[7]: 0.9}})
    assert served.recommend(ADULT, 1, 250).filtered == ()
    assert served.recommend(ADULT, 2, 250).filtered == (("seen", 1),)


def test_a_user_whose_record_can_not_be_read_gets_the_safest_list(clock):
    served = chain(clock, Fake(clock, FILMS))
    served.serving = Serving(served.serving.rankers, served.serving.limits, ages=None)
    ranking = served.recommend(ADULT, 2, 250)
    assert ranking.movies == (FILMS[0], FILMS[2])
    assert ranking.attempts[0].ranker == "viewer"
    assert ranking.attempts[0].outcome is Outcome.FAILED


def test_an_empty_catalogue_gives_an_empty_list(clock):
    ranking = Recommender(Serving.of([], None), clock).recommend(ADULT, 20, 250)
    assert ranking.movies == ()
    assert outcomes(ranking) == [("last resort", Outcome.SHORT, 0)]
