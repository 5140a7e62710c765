from datetime import date

import pytest

from core.money import Usd
from core.movie import AgeSource, Movie
from ingest.movie_records import movie_from_record
from ingest.record_fields import TEXT_MAX, RecordReason, parse_json


def a_record(**changes):
    """Heat as the API of 2026 tells it, unless the test says otherwise."""
    return {
        "id": "heat+1995",
        "title": "Heat",
        "genres": [{"id": "28", "name": "Action"}, {"id": "80", "name": "Crime"}],
        "release_date": "1995-12-15",
        "runtime": "170",
        "original_language": "en",
        "overview": "A thief and a detective.",
        "license_cost": "0.138",
        "adult": "False",
    } | changes


def test_a_record_becomes_a_film():
    assert movie_from_record(a_record()) == Movie(
        id="heat+1995",
        title="Heat",
        year=1995,
        genres=("Action", "Crime"),
        runtime_minutes=170,
        release_date=date(1995, 12, 15),
        language="en",
        overview="A thief and a detective.",
        licence_fee=Usd(138_000_000),
    )


@pytest.mark.parametrize("genres", ["Action|Crime", ["Action", "Crime", "Action"]])
def test_genres_come_in_three_shapes(genres):
    assert movie_from_record(a_record(genres=genres)).genres == ("Action", "Crime")


@pytest.mark.parametrize("nothing", [None, "", "null", "NaN", {}, []])
def test_what_is_absent_is_unknown_in_every_way_of_saying_so(nothing):
    record = a_record(**dict.fromkeys(("genres", "release_date", "runtime", "overview", "license_cost"), nothing))
    assert movie_from_record(record) == Movie("heat+1995", "Heat", language="en")


@pytest.mark.parametrize("collection", [{"id": 1, "name": "Heat Collection"}, "Heat Collection"])
def test_a_collection_is_known_by_its_name(collection):
    assert movie_from_record(a_record(belongs_to_collection=collection)).collection == "Heat Collection"


@pytest.mark.parametrize("nothing", [None, {}, "null", "", {"id": 1}])
def test_most_films_belong_to_no_collection(nothing):
    assert movie_from_record(a_record(belongs_to_collection=nothing)).collection == ""


@pytest.mark.parametrize(("original", "kept"), [("Heat", ""), ("null", ""), ("Hitze", "Hitze")])
def test_an_original_title_is_kept_when_it_is_another_one(original, kept):
    assert movie_from_record(a_record(original_title=original)).original_title == kept


@pytest.mark.parametrize(("sent", "votes"), [("564.0", 564), (0, 0), ("null", None)])
def test_votes_tell_how_well_a_film_is_known(sent, votes):
    assert movie_from_record(a_record(vote_count=sent)).votes == votes


def test_votes_that_are_no_count_are_refused_with_the_reason():
    assert movie_from_record(a_record(vote_count="-3")).reason is RecordReason.VOTES


def test_a_runtime_of_0_is_unknown():
    assert movie_from_record(a_record(runtime="0")).runtime_minutes is None


def test_the_year_comes_from_the_release_date_never_from_the_id():
    assert movie_from_record(a_record(id="300+2006", release_date="2007-03-07")).year == 2007


@pytest.mark.parametrize("name", ["cost", "license_cost"])
def test_the_fee_has_two_names(name):
    record = a_record(license_cost=None) | {name: "0.07611307"}
    assert movie_from_record(record).licence_fee == Usd(76_113_070)


def test_two_names_with_one_fee_agree_whatever_the_digits():
    assert movie_from_record(a_record(cost="0.1380")).licence_fee == Usd(138_000_000)


@pytest.mark.parametrize("name", ["certification", "certificate"])
def test_a_certificate_says_the_age_limit(name):
    movie = movie_from_record(a_record(**{name: "R"}))
    assert (movie.certificate, movie.age_limit.years, movie.age_limit.source) == ("R", 18, AgeSource.CERTIFICATE)


def test_not_rated_is_no_certificate():
    movie = movie_from_record(a_record(certification="NR", genres="Family|Animation", overview="A duck."))
    assert (movie.certificate, movie.age_limit.source) == ("", AgeSource.ESTIMATE)


def test_adult_false_says_nothing_but_true_closes_the_film_to_minors():
    for_children = a_record(genres="Family|Animation", overview="A duck.")
    assert movie_from_record(for_children).age_limit is not None
    closed = movie_from_record(for_children | {"adult": True, "certification": "G"}).age_limit
    assert (closed.years, closed.source) == (18, AgeSource.ADULT)


@pytest.mark.parametrize(("one", "other"), [("G", "R"), ("R", "G"), ("NR", "R"), ("PG-13", "R")])
def test_of_two_certificates_the_stricter_one_counts(one, other):
    movie = movie_from_record(a_record(certification=one, certificate=other))
    assert (movie.certificate, movie.age_limit.years) == ("R", 18)


def test_a_certificate_that_nobody_knows_closes_a_film_whatever_another_one_says():
    assert movie_from_record(a_record(certification="G", certificate="MA15+")).age_limit is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": "Heat 1995"}, RecordReason.ID),
        ({"id": None}, RecordReason.ID),
        ({"movie_id": "ronin+1998"}, RecordReason.ID),
        ({"title": None}, RecordReason.TITLE),
        ({"title": ["Heat"]}, RecordReason.KIND),
        ({"title": "half \ud83d"}, RecordReason.ENCODING),
        ({"overview": "x" * (TEXT_MAX + 1)}, RecordReason.TOO_LONG),
        ({"runtime": "-1"}, RecordReason.RUNTIME),
        ({"runtime": "2 h"}, RecordReason.RUNTIME),
        ({"release_date": "1995"}, RecordReason.DATE),
        ({"release_date": "1995-13-01"}, RecordReason.DATE),
        ({"license_cost": "-0.1"}, RecordReason.FEE),
        ({"license_cost": "Infinity"}, RecordReason.FEE),
        ({"license_cost": "free"}, RecordReason.FEE),
        ({"cost": "0.139"}, RecordReason.FEES_DISAGREE),
    ],
)
def test_a_wrong_record_is_refused_with_its_reason(changes, reason):
    assert movie_from_record(a_record(**changes)).reason is reason


@pytest.mark.parametrize("junk", [None, "heat+1995", 7, [], ["id"]])
def test_what_is_no_object_is_refused(junk):
    assert movie_from_record(junk).reason is RecordReason.SHAPE


def test_a_refusal_names_the_record_and_the_value():
    refused = movie_from_record(a_record(license_cost="free"))
    assert refused.id == "heat+1995"
    assert "'free'" in refused.detail


def test_doubled_keys_are_refused_only_where_they_differ():
    same, other = (
        parse_json(b'{"id": "heat+1995", "title": "Heat", "cost": 0.5, "cost": %s}' % cost)
        for cost in (b"0.5", b"0.6")
    )
    assert movie_from_record(same).licence_fee == Usd(500_000_000)
    assert movie_from_record(other).reason is RecordReason.DOUBLED


def test_json_nested_too_deeply_is_no_json():
    with pytest.raises(ValueError, match="nested"):
        parse_json(b"[" * 100_000)


def test_the_answers_of_2019_are_films(shared_real):
    movies = [movie_from_record(record) for record in parse_json((shared_real / "movie_api_2019.json").read_bytes())]
    assert len(movies) == 10
    assert all(isinstance(movie, Movie) and movie.title and movie.genres and movie.year for movie in movies)
    assert all(movie.licence_fee is None for movie in movies)
