import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest

from core.money import Usd
from core.movie import AgeLimit, AgeSource, Movie
from ingest.catalogue import Catalogue, ImportCount

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)
CERTIFIED, ESTIMATED = AgeSource.CERTIFICATE, AgeSource.ESTIMATE


@pytest.fixture
def catalogue(tmp_path):
    with closing(Catalogue(tmp_path / "events.db")) as opened:
        yield opened


def a_movie(**changes):
    """Heat with all that can be known, unless the test says otherwise."""
    movie = Movie(
        id="heat+1995",
        title="Heat",
        year=1995,
        genres=("Action", "Crime"),
        runtime_minutes=170,
        release_date=date(1995, 12, 15),
        language="en",
        overview="A thief and a détective.",
        certificate="R",
        age_limit=AgeLimit(18, CERTIFIED),
        licence_fee=Usd(138_000_000),
        original_title="Pressure",
        collection="Heat Collection",
        votes=0,
    )
    return replace(movie, **changes)


def estimated(years, **changes):
    return a_movie(certificate="", age_limit=years and AgeLimit(years, ESTIMATED), **changes)


def called_adult():
    return a_movie(certificate="", age_limit=AgeLimit(18, AgeSource.ADULT))


@pytest.mark.parametrize("movie", [a_movie(), estimated(8), called_adult(), Movie("x+", "X")])
def test_a_film_comes_back_as_it_was_put(catalogue, movie):
    catalogue.put([movie], MONDAY, 1)
    assert catalogue.movies() == [movie]
    assert catalogue.find(movie.id) == movie
    assert catalogue.ids() == {movie.id}


def test_an_unknown_film_is_none(catalogue):
    assert catalogue.find("ronin+1998") is None
    assert catalogue.fee_on("ronin+1998", MONDAY) is None


def test_a_fee_holds_from_the_day_on_which_it_was_read(catalogue):
    catalogue.put([a_movie(licence_fee=Usd(1))], MONDAY, 1)
    catalogue.put([a_movie(licence_fee=Usd(2))], WEDNESDAY, 2)
    assert catalogue.fee_on("heat+1995", date(2026, 11, 15)) is None
    assert [catalogue.fee_on("heat+1995", day) for day in (MONDAY, TUESDAY, WEDNESDAY)] == [Usd(1), Usd(1), Usd(2)]
    assert catalogue.find("heat+1995").licence_fee == Usd(2)


def test_the_history_of_fees_leaves_out_films_without_any(catalogue):
    catalogue.put(
        [a_movie(licence_fee=Usd(1)), Movie("x+", "X"), a_movie(id="up+2009", licence_fee=Usd(7))], MONDAY, 1
    )
    catalogue.put([a_movie(licence_fee=Usd(2))], WEDNESDAY, 2)
    assert catalogue.fee_history() == {
        "heat+1995": [(MONDAY, Usd(1)), (WEDNESDAY, Usd(2))],
        "up+2009": [(MONDAY, Usd(7))],
    }


def test_an_unchanged_fee_adds_no_row(catalogue):
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        catalogue.put([a_movie(licence_fee=Usd(5))], day, 1)
    assert catalogue.fees("heat+1995") == [(MONDAY, Usd(5))]


def test_of_two_fees_of_one_day_the_last_counts(catalogue):
    catalogue.put([a_movie(licence_fee=Usd(5))], MONDAY, 1)
    catalogue.put([a_movie(licence_fee=Usd(6))], MONDAY, 2)
    assert catalogue.fees("heat+1995") == [(MONDAY, Usd(6))]


def test_a_fee_that_comes_back_is_a_change_of_its_own(catalogue):
    for day, nano in ((MONDAY, 5), (TUESDAY, 6), (WEDNESDAY, 5)):
        catalogue.put([a_movie(licence_fee=Usd(nano))], day, 1)
    assert [fee for _, fee in catalogue.fees("heat+1995")] == [Usd(5), Usd(6), Usd(5)]


def test_an_unknown_fee_is_not_0_and_a_fee_of_0_is_known(catalogue):
    catalogue.put([a_movie(id="a", licence_fee=None), a_movie(id="b", licence_fee=Usd(0))], MONDAY, 1)
    assert [movie.licence_fee for movie in catalogue.movies()] == [None, Usd(0)]


def test_what_a_new_record_leaves_open_stays_known(catalogue):
    catalogue.put([a_movie()], MONDAY, 1)
    catalogue.put([Movie("heat+1995", "Heat (1995)", year=1995)], TUESDAY, 2)
    assert catalogue.movies() == [a_movie(title="Heat (1995)")]


@pytest.mark.parametrize(
    ("before", "after", "years"),
    [
        (estimated(8), estimated(13), 13),
        (estimated(13), estimated(8), 13),
        (estimated(None), estimated(8), None),
        (estimated(8), estimated(None), None),
        (estimated(None), a_movie(certificate="PG", age_limit=AgeLimit(8, CERTIFIED)), 8),
        (a_movie(), estimated(8), 18),
        (a_movie(certificate="?", age_limit=None), estimated(8), None),
        (a_movie(), a_movie(certificate="PG", age_limit=AgeLimit(8, CERTIFIED)), 8),
        (estimated(8), a_movie(certificate="?", age_limit=None), None),
        (a_movie(certificate="G", age_limit=AgeLimit(0, CERTIFIED)), called_adult(), 18),
        (estimated(8), called_adult(), 18),
        (called_adult(), a_movie(certificate="G", age_limit=AgeLimit(0, CERTIFIED)), 18),
    ],
)
def test_a_limit_falls_only_by_a_certificate(catalogue, before, after, years):
    catalogue.put([before], MONDAY, 1)
    catalogue.put([after], TUESDAY, 2)
    limit = catalogue.find("heat+1995").age_limit
    assert (limit and limit.years) == years


def test_an_import_is_counted(catalogue):
    first = [estimated(8, id="a"), estimated(None, id="b", licence_fee=None), a_movie(id="c")]
    assert catalogue.put(first, MONDAY, 1) == ImportCount(3, 3, 0, 1, 1, 1, 2)
    again = [*first, estimated(8, id="d")]
    again[0] = replace(again[0], title="Another")
    assert catalogue.put(again, TUESDAY, 2) == ImportCount(4, 1, 1, 1, 1, 2, 2)


def test_a_change_is_a_batch_and_no_change_is_none(catalogue):
    catalogue.put([a_movie(), a_movie(id="b")], MONDAY, 5)
    assert catalogue.changed_after(0)
    catalogue.put([a_movie()], TUESDAY, 6)
    assert not catalogue.changed_after(1)
    catalogue.put([a_movie(certificate="NC-17"), a_movie(id="b")], TUESDAY, 7)
    assert catalogue.changed_after(1)
    rows = catalogue._db.execute("SELECT source, lines, rejected, first_us, last_us, committed_us FROM batches")
    assert list(rows) == [("catalogue", 2, 0, 5, 5, 5), ("catalogue", 2, 0, 7, 7, 7)]


def test_another_fee_is_a_change(catalogue):
    catalogue.put([a_movie(licence_fee=Usd(1))], MONDAY, 1)
    assert catalogue.put([a_movie(licence_fee=Usd(2))], TUESDAY, 2).changed == 1


def test_an_import_that_breaks_off_leaves_nothing(catalogue):
    def breaking():
        yield a_movie()
        raise OSError("unplugged")

    with pytest.raises(OSError, match="unplugged"):
        catalogue.put(breaking(), MONDAY, 1)
    assert catalogue.movies() == []


def test_another_writer_is_waited_for_before_anything_is_read(catalogue, tmp_path):
    catalogue.put([a_movie(licence_fee=Usd(1))], MONDAY, 1)
    catalogue._db.execute("PRAGMA busy_timeout=0")
    other = sqlite3.connect(tmp_path / "events.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        catalogue.put([a_movie(licence_fee=Usd(2))], TUESDAY, 2)
    other.execute("COMMIT")
    other.close()
    assert catalogue.put([a_movie(licence_fee=Usd(2))], TUESDAY, 2).changed == 1
