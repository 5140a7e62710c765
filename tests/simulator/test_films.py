"""Films look like those of the site."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy.stats import spearmanr

from core.ids import is_movie_id
from simulator.films import LEAST_AGES, WITHOUT_CERTIFICATE, invent_films
from simulator.genres import GENRES, Tone


@pytest.fixture(scope="module")
def films():
    return invent_films(3_000, np.random.default_rng(2))


def test_every_id_is_distinct_and_of_the_sites_form(films):
    assert len(set(films.ids.tolist())) == 3_000
    assert all(map(is_movie_id, films.ids.tolist()))


def test_some_titles_come_again_in_another_year(films):
    assert max(Counter(films.titles).values()) > 1


def test_fees_lie_in_the_range_and_around_the_median_of_real_fees(films):
    fees_usd = films.fees_nano / 1e9
    assert fees_usd.min() == pytest.approx(0.006)
    assert fees_usd.max() == pytest.approx(0.365)
    assert np.median(fees_usd) == pytest.approx(0.09, abs=0.005)
    assert fees_usd.mean() == pytest.approx(0.1, abs=0.005)


def test_famous_films_cost_more(films):
    assert 0.45 < spearmanr(films.fame, films.fees_nano).statistic < 0.65


def test_fame_has_a_long_tail(films):
    ordered = np.sort(films.fame)[::-1]
    assert ordered[:300].sum() > 0.35  # a tenth of the films has over a third of the fame
    assert films.fame.sum() == pytest.approx(1)


def test_a_film_has_one_to_three_genres(films):
    assert set(films.has_genre.sum(axis=1)) == {1, 2, 3}


def test_a_family_film_has_no_harsh_genre_and_suits_children(films):
    family, harsh = ([genre.tone is tone for genre in GENRES] for tone in (Tone.FAMILY, Tone.HARSH))
    is_family = films.has_genre[:, family].any(axis=1)
    assert is_family.mean() > 0.1
    assert not films.has_genre[is_family][:, harsh].any()
    assert films.least_ages[is_family].max() == LEAST_AGES["PG"]


def test_some_certificates_are_missing_and_the_others_say_the_truth(films):
    missing = films.certificates == ""
    # Four standard errors of a share among 3,000: sqrt(.12 * .88 / 3,000) = 0.006.
    assert abs(missing.mean() - WITHOUT_CERTIFICATE) < 4 * 0.006
    told = np.array([LEAST_AGES[certificate] for certificate in films.certificates[~missing].tolist()])
    assert (told == films.least_ages[~missing]).all()


@pytest.mark.parametrize("seed", range(5))
def test_a_catalogue_of_the_default_size_fills_a_list_for_those_whose_age_is_unknown(seed):
    films = invent_films(400, np.random.default_rng(seed))
    assert (films.certificates == "G").sum() >= 30


def test_one_film_makes_a_catalogue():
    assert len(invent_films(1, np.random.default_rng(4)).ids) == 1


def test_a_film_comes_out_in_its_year(films):
    assert (films.released.astype("datetime64[Y]").astype(int) + 1970 == films.years).all()
