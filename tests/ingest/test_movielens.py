import pytest

from core.errors import CatalogueError
from core.movie import Movie
from ingest.movielens import read_movielens, split_title
from ingest.record_fields import RecordReason, RefusedRecord


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "movies.csv", "movieId,title,genres", '6,"Heat, The (1995)",Action|Crime')
    return tmp_path


def write(folder, name, *lines):
    (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        ("Heat (1995)", "Heat", 1995),
        ("Matrix, The (1999)", "The Matrix", 1999),
        ("Avventura, L' (1960)", "L'Avventura", 1960),
        ("Misérables, Les (1998)", "Les Misérables", 1998),
        ("Postman, The (Postino, Il) (1994)", "The Postman (Postino, Il)", 1994),
        ("Lock, Stock and Two Smoking Barrels (1998)", "Lock, Stock and Two Smoking Barrels", 1998),
        ("Pocahontas II (1998) ", "Pocahontas II", 1998),
        ("Death Note (2006\u20132007)", "Death Note", 2006),
        ("Babylon 5", "Babylon 5", None),
        ("1984 (1956)", "1984", 1956),
        ("", "", None),
    ],
)
def test_title_and_year_are_taken_apart(text, title, year):
    assert split_title(text) == (title, year)


def test_a_film_without_a_given_id_has_one_by_the_rule(folder):
    assert list(read_movielens(folder)) == [Movie("the+heat+1995", "The Heat", 1995, ("Action", "Crime"))]


def test_ratings_are_votes_where_they_are_there(folder):
    write(folder, "movies.csv", "movieId,title,genres", "6,Heat (1995),Action", "7,Sabrina (1995),Comedy")
    write(folder, "ratings.csv", "userId,movieId,rating,timestamp", "1,6,4.0,1", "2,6,3.5,2")
    assert [movie.votes for movie in read_movielens(folder)] == [2, 0]


def test_a_given_id_goes_before_the_rule(folder):
    write(folder, "service_ids.csv", "movieId,imdbId,tmdbId,service_movie_id,source", "6,1,2,heat+1995,observed")
    assert [movie.id for movie in read_movielens(folder)] == ["heat+1995"]


def test_other_names_are_part_of_the_title_but_not_of_the_id(folder):
    write(folder, "movies.csv", "movieId,title,genres", '1,"Postman, The (Postino, Il) (1994)",Drama')
    (movie,) = read_movielens(folder)
    assert (movie.id, movie.title) == ("the+postman+1994", "The Postman (Postino, Il)")


def test_of_two_films_with_one_id_the_first_counts(folder):
    write(folder, "movies.csv", "movieId,title,genres", "1,Emma (1996),Comedy", "2,Emma! (1996),Drama")
    first, second = read_movielens(folder)
    assert first.genres == ("Comedy",)
    assert (second.id, second.reason) == ("emma+1996", RecordReason.SAME_ID)


def test_a_title_that_makes_no_id_is_refused(folder):
    write(folder, "movies.csv", "movieId,title,genres", "9,거미숲 (2004),Horror")
    assert list(read_movielens(folder)) == [RefusedRecord("9", RecordReason.ID, "of '거미숲 (2004)'")]


def test_no_genres_listed_is_no_genre(folder):
    write(folder, "movies.csv", "movieId,title,genres", "6,Heat (1995),(no genres listed)")
    assert [movie.genres for movie in read_movielens(folder)] == [()]


def test_a_tag_can_close_a_film_to_minors(folder):
    write(folder, "movies.csv", "movieId,title,genres", "1,A Duck (1995),Animation|Children|Fantasy")
    assert [movie.age_limit.years for movie in read_movielens(folder)] == [8]
    write(folder, "tags.csv", "userId,movieId,tag,timestamp", "5,1,nudity (full frontal),0")
    assert [movie.age_limit for movie in read_movielens(folder)] == [None]


def test_a_folder_without_films_is_refused(tmp_path):
    with pytest.raises(CatalogueError, match=r"no movies\.csv"):
        list(read_movielens(tmp_path))


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"movieId,name\n1,Heat\n", "lacks"), (b"movieId,title,genres\n1,\xff,Drama\n", "damaged"), (b"", "lacks")],
)
def test_a_damaged_file_is_refused_by_name(folder, content, message):
    (folder / "movies.csv").write_bytes(content)
    with pytest.raises(CatalogueError, match=message):
        list(read_movielens(folder))


def test_the_small_folder_gives_all_films_but_the_five_whose_id_is_taken(shared_real):
    records = list(read_movielens(shared_real / "ml-latest-small"))
    refused = [record for record in records if isinstance(record, RefusedRecord)]
    assert len(records) == 9742
    assert {record.reason for record in refused} == {RecordReason.SAME_ID}
    assert len(refused) == 5
