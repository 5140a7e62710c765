"""Whatever the chain and however its rankers fail: no minor gets a film that is not known to suit."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from cf.chain import Recommender
from cf.rankers import LastResort
from cf.serving import Serving
from cf.suitability import age_limits, shown_age
from core.clock import ManualClock
from core.ids import MovieId, UserId
from core.movie import AgeLimit, AgeSource, Movie
from core.taste import Means, NamedFilm, Polarity, Taste

IDS = [MovieId(f"film+{m}") for m in range(12)]
USER = UserId(1)
limits = st.none() | st.integers(0, 18).map(lambda years: AgeLimit(years, AgeSource.ESTIMATE))
catalogues = st.lists(limits, min_size=12, max_size=12).map(
    lambda drawn: [Movie(movie, movie, age_limit=limit) for movie, limit in zip(IDS, drawn, strict=True)]
)


class Wild:
    """Offers anything, then may fail."""

    name = "wild"

    def __init__(self, clock, films, seconds, fails):
        self._clock, self._films, self._seconds, self._fails = clock, films, seconds, fails

    def films(self, viewer):
        self._clock.sleep(self._seconds)
        yield from self._films
        if self._fails:
            raise RuntimeError("as drawn")


def dislikes(movies):
    films = tuple(NamedFilm(movie, Polarity.DISLIKED, Means.TITLE, "") for movie in movies)
    return Taste(USER, datetime(2026, 11, 20, tzinfo=UTC), films)


offers = st.tuples(st.lists(st.sampled_from([*IDS, "unknown+film"])), st.sampled_from([0.0, 0.1, 0.5]), st.booleans())


@given(
    catalogues,
    st.lists(offers, max_size=4),
    st.none() | st.integers(0, 90),
    st.sets(st.sampled_from(IDS)),
    st.sets(st.sampled_from(IDS)),
    st.integers(0, 14),
)
def test_no_path_shows_a_film_that_was_seen_is_disliked_or_does_not_suit(
    catalogue, drawn, age_years, seen, disliked, k
):
    clock = ManualClock(datetime(2026, 11, 20, tzinfo=UTC))
    by_id = age_limits(catalogue)
    rankers = [Wild(clock, *offer) for offer in drawn]
    serving = Serving(
        (*rankers, LastResort(by_id, by_id)),
        by_id,
        fresh={USER: dict.fromkeys(seen, 1.0)},
        ages={} if age_years is None else {USER: shown_age(age_years)},
        tastes={USER: dislikes(disliked)},
    )
    ranking = Recommender(serving, clock).recommend(USER, k, 250)
    assert len(set(ranking.movies)) == len(ranking.movies) <= k
    assert not set(ranking.movies) & (seen | disliked)
    if age_years is None or age_years < 18:
        known = {movie.id: movie.age_limit.years for movie in catalogue if movie.age_limit is not None}
        assert all(
            movie in known and known[movie] <= (8 if age_years is None else age_years) for movie in ranking.movies
        )
        suited = {movie for movie, years in known.items() if years <= (8 if age_years is None else age_years)}
        suited -= seen | disliked
        assert len(ranking.movies) == min(k, len(suited))
    assert sum(attempt.movies for attempt in ranking.attempts) == len(ranking.movies)
