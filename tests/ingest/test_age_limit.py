import pytest

from core.movie import AgeSource, Movie
from ingest.age_limit import age_limit, certified_limit, estimated_limit
from ingest.movielens import read_movielens

# Rated R, NC-17 or X by the MPA, or milder and known to disturb children; many are cartoons or sound like a tale.
NOT_FOR_MINORS = """
    akira+1988 american+pie+1999 american+psycho+2000 anomalisa+2015 bad+santa+2003 belladonna+of+sadness+1973
    borat+cultural+learnings+of+america+for+make+benefit+glorious+nation+of+kazakhstan+2006 braindead+1992
    city+of+god+2002 deadpool+2016 excalibur+1981 eyes+wide+shut+1999 fargo+1996 fight+club+1999
    watchmen+2009 ghost+in+the+shell+1995 goodfellas+1990 gremlins+1984 happiness+1998 heavy+metal+1981
    spawn+1997 it+2017 kick-ass+2010 kids+1995 logan+2017 meet+the+feebles+1989 ninja+scroll+1993
    pans+labyrinth+2006 paprika+2006 perfect+blue+1997 pulp+fiction+1994 persepolis+2007 sausage+party+2016
    seven+samurai+1954 showgirls+1995 sin+city+2005 sisters+2015 south+park+bigger_+longer+and+uncut+1999
    wicked+city+1987 team+america+world+police+2004 ted+2012 the+animatrix+2003
    the+brothers+grimm+2005 the+company+of+wolves+1984 the+exorcist+1973 the+matrix+1999 the+shining+1980
    trainspotting+1996 vampire+hunter+d+1985 wild+at+heart+1990 a+scanner+darkly+2006 waltz+with+bashir+2008
    a+clockwork+orange+1971 waking+life+2001 grave+of+the+fireflies+1988 princess+mononoke+1997
    welcome+to+the+dollhouse+1995 beowulf+2007 cool+world+1992 mary+and+max+2009 wizards+1977
    tokyo+godfathers+2003 metropolis+2001 the+rocky+horror+picture+show+1975 himizu+2011 risen+2016
"""


@pytest.mark.parametrize(
    ("certificate", "years"),
    [
        ("G", 0),
        ("pg", 8),
        (" PG-13 ", 13),
        ("R", 18),
        ("NC-17", 18),
        ("X", 18),
        ("TV-14", 14),
        ("TV-MA", 18),
        ("U", 4),
        ("12A", 12),
        ("15", 15),
        ("FSK 0", 0),
        ("FSK16", 16),
        ("21+", 18),
    ],
)
def test_a_certificate_says_the_age(certificate, years):
    limit = certified_limit(certificate)
    assert (limit.years, limit.source) == (years, AgeSource.CERTIFICATE)


@pytest.mark.parametrize("certificate", ["Approved", "MA15+", "?", "-3", "A"])
def test_an_unknown_certificate_closes_the_film_to_minors_whatever_its_genres(certificate):
    assert age_limit(certificate, ["Animation", "Children"]) is None


def test_a_certificate_stands_against_the_genres():
    assert age_limit("R", ["Animation", "Children"], "Felix").years == 18
    assert age_limit("PG", ["Horror"], "Coraline").years == 8


def test_without_a_certificate_the_limit_is_an_estimate():
    limit = age_limit("", ["Adventure", "Animation", "Children"], "Toy Story")
    assert (limit.years, limit.source) == (8, AgeSource.ESTIMATE)


@pytest.mark.parametrize(
    "genres",
    [
        (),
        ("Animation",),
        ("Animation", "Comedy", "Musical"),
        ("Children",),
        ("Children", "Comedy"),
        ("Family", "Drama"),
        *(("Animation", "Family", dark) for dark in ("Horror", "Thriller", "Crime", "War", "Film-Noir")),
    ],
)
def test_doubtful_genres_are_not_known_to_suit_minors(genres):
    assert estimated_limit(genres, "A Tale") is None


@pytest.mark.parametrize("text", ["A murderer is loose.", "R-rated", "full NUDITY", "r:violence", "adult humor"])
def test_one_doubtful_word_closes_a_film(text):
    assert estimated_limit(["Animation", "Family"], "A Tale", text) is None


def test_people_action_or_drama_raise_the_age():
    assert estimated_limit(["Children", "Fantasy"], "A Tale").years == 13
    assert estimated_limit(["Children", "Animation", "Fantasy", "Action"], "A Tale").years == 13
    assert estimated_limit(["Children", "Animation", "Fantasy", "Drama"], "Watership Down").years == 13


def test_a_cartoon_that_is_no_tale_is_for_the_older_ones():
    assert estimated_limit(["Animation", "Children", "Comedy"], "Bebe's Kids").years == 13


def test_words_that_only_look_alike_do_not_close_a_film():
    assert estimated_limit(["Children", "Animation"], "Essex dragons and their skilled, overrated grapes") is not None


@pytest.fixture(scope="module")
def limit_by_film(shared_real):
    return {
        movie.id: movie.age_limit
        for movie in read_movielens(shared_real / "ml-latest-small")
        if isinstance(movie, Movie)
    }


def test_no_film_known_to_be_for_adults_is_estimated_to_suit_minors(limit_by_film):
    assert {film: limit_by_film[film] for film in NOT_FOR_MINORS.split() if limit_by_film[film] is not None} == {}


def test_cartoons_rated_pg13_are_not_for_children(limit_by_film):
    assert limit_by_film["bebes+kids+1992"].years == 13


def test_enough_films_remain_for_minors_of_every_age(limit_by_film):
    years = [limit.years for limit in limit_by_film.values() if limit]
    assert years.count(8) > 100
    assert years.count(13) > 200
    assert all(
        limit_by_film[film] for film in ("toy+story+1995", "finding+nemo+2003", "mary+poppins+1964", "moana+2016")
    )
