from pathlib import Path

import pytest

from core.errors import CatalogueError
from core.movie import Movie
from core.user import User
from ingest.course_csv import read_movie_csv, read_user_csv
from ingest.record_fields import RecordReason


@pytest.fixture
def csv_of(tmp_path):
    def write(content: bytes) -> Path:
        path = tmp_path / "records.csv"
        path.write_bytes(content)
        return path

    return write


def test_a_row_becomes_a_film(csv_of):
    path = csv_of(b"movie_id,title,genres,license_cost\r\nheat+1995,Heat,Action|Crime,0.1\r\n")
    (movie,) = read_movie_csv(path)
    assert (movie.id, movie.genres, movie.licence_fee.nano) == ("heat+1995", ("Action", "Crime"), 100_000_000)


def test_line_ends_and_quotes_inside_a_field_stay(csv_of):
    path = csv_of(
        b"\xef\xbb\xbfuser_id,age,likes\r\n1,33,x\r\n".replace(
            b"likes", b"self_description_likes,self_description_dislikes"
        ).replace(b"33,x", b'33,"one\r\n""two"", three",no')
    )
    assert list(read_user_csv(path)) == [User(1, 33, likes='one\r\n"two", three', dislikes="no")]


def test_an_invalid_byte_spoils_its_own_row_only(csv_of):
    path = csv_of(b"movie_id,title\na,caf\xff\nb,B\n")
    broken, whole = read_movie_csv(path)
    assert (broken.id, broken.reason) == ("a", RecordReason.ENCODING)
    assert whole == Movie("b", "B")


@pytest.mark.parametrize("row", [b"a", b"a,A,more"])
def test_a_row_of_another_width_is_refused(csv_of, row):
    refused, whole = read_movie_csv(csv_of(b"movie_id,title\n" + row + b"\nb,B\n"))
    assert refused.reason is RecordReason.SHAPE
    assert "line 2" in refused.detail
    assert whole.id == "b"


def test_a_wrong_row_is_set_aside(csv_of):
    refused, whole = read_user_csv(csv_of(b"user_id,age\n1,999\n2,20\n"))
    assert (refused.id, refused.reason, whole) == ("1", RecordReason.AGE, User(2, 20))


def test_of_two_rows_with_one_id_the_first_counts(csv_of):
    first, second = read_user_csv(csv_of(b"user_id,age\n1,20\n1,30\n"))
    assert (first.age_years, second.reason) == (20, RecordReason.SAME_ID)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"user_id,age\n1,2\n"])
def test_a_table_of_something_else_is_refused(csv_of, content):
    with pytest.raises(CatalogueError, match="movie_id or id is needed"):
        list(read_movie_csv(csv_of(content)))


@pytest.mark.parametrize("content", [b'user_id,age\n1,"20" or so\n', b"user_id,age\n1," + b"9" * 140_000])
def test_what_is_no_csv_is_refused_by_name(csv_of, content):
    with pytest.raises(CatalogueError, match=r"records\.csv is no CSV"):
        list(read_user_csv(csv_of(content)))


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(CatalogueError, match=r"none\.csv.*No such file"):
        list(read_movie_csv(tmp_path / "none.csv"))


def test_the_course_samples_are_taken_whole(shared_real):
    movies, users = (
        list(read_movie_csv(shared_real / "movies_m0.csv")),
        list(read_user_csv(shared_real / "users_m0.csv")),
    )
    assert len(movies) == 38
    assert all(isinstance(movie, Movie) and movie.licence_fee for movie in movies)
    assert len(users) == 60
    assert sum(bool(user.likes) for user in users) == 42
