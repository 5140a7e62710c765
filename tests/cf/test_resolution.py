import json

import pytest

from cf.resolution import Found, read_labelled, score
from core.errors import NothingToReport
from core.taste import Polarity


def mention(polarity, *acceptable, kind="title"):
    return {"polarity": polarity, "kind": kind, "acceptable": [f"film+{movie:02d}" for movie in acceptable]}


@pytest.fixture
def scored(tmp_path, words):
    """The figures when these mentions of one user are labelled and these films are understood."""

    def scored(mentions, liked=(), disliked=()):
        path = tmp_path / "labelled.jsonl"
        path.write_text(
            json.dumps({"user_id": 1, "likes_text": "a", "dislikes_text": "b", "mentions": mentions}) + "\n\n"
        )
        taste = words.a_taste(*map(words.named, liked), *map(words.disliked, disliked))
        return score(read_labelled(path), lambda likes, dislikes: taste if (likes, dislikes) == ("a", "b") else None)

    return scored


def test_all_found_and_nothing_else_is_1(scored):
    found = scored([mention("like", 1), mention("dislike", 2)], [1], [2])
    assert found.liked == found.disliked == Found(1.0, 1.0, 1.0)
    assert (found.polarity, found.nil_errors_a_user) == (1.0, 0.0)


def test_half_found_with_one_wrong_id(scored):
    found = scored([mention("like", 1), mention("like", 2)], [1, 9])
    assert found.liked == Found(0.5, 0.5, 0.5)
    assert found.nil_errors_a_user == 1.0


def test_a_title_in_the_wrong_list_is_a_wrong_polarity_and_no_nil_error(scored):
    found = scored([mention("like", 1), mention("like", 2)], [1], [2])
    assert found.polarity == 0.5
    assert found.nil_errors_a_user == 0.0
    assert found.disliked.precision == 0.0


def test_any_acceptable_film_will_do(scored):
    assert scored([mention("like", 1, 2)], [2]).liked == Found(1.0, 1.0, 1.0)


def test_films_of_a_series_are_neither_right_nor_wrong(scored):
    found = scored([mention("like", 1), mention("like", 2, 3, kind="franchise")], [1, 2, 3])
    assert found.liked == Found(1.0, 1.0, 1.0)


def test_a_film_that_we_do_not_have_is_not_missed_but_what_is_taken_for_it_is_wrong(scored):
    nothing = mention("like")
    assert scored([mention("like", 1), nothing], [1]).liked == Found(1.0, 1.0, 1.0)
    assert scored([mention("like", 1), nothing], [1, 5]).nil_errors_a_user == 1.0


def test_where_nothing_was_to_be_found_there_is_no_figure(scored):
    found = scored([])
    assert found.liked == Found(None, None, None)
    assert found.polarity is None


def test_titles_of_which_none_was_found_have_an_f1_of_0(scored):
    assert scored([mention("dislike", 1)]).disliked == Found(None, 0.0, 0.0)


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"user_id": 1}', '{"user_id":1,"likes_text":"","dislikes_text":"","mentions":[{}]}']
)
def test_a_line_that_is_no_label_is_refused_with_its_number(tmp_path, line):
    path = tmp_path / "labelled.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(NothingToReport, match="line 1 of"):
        read_labelled(path)


def test_a_file_without_labels_is_refused(tmp_path):
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(NothingToReport, match="has no labelled text"):
        read_labelled(tmp_path / "empty.jsonl")
    with pytest.raises(NothingToReport, match="can not read"):
        read_labelled(tmp_path / "absent.jsonl")


def test_the_figures_are_those_of_the_judges_script_on_its_own_labels(shared_real, words):
    """Everything labelled is understood, the best id each: perfect but for what has no id."""
    path = shared_real / "gold_users_m0.jsonl"
    best = {}
    for record in map(json.loads, path.read_text().splitlines()):
        best[record["likes_text"], record["dislikes_text"]] = record["mentions"]

    def read(likes, dislikes):
        films = {
            m["best"]: words.named(0, Polarity.LIKED if m["polarity"] == "like" else Polarity.DISLIKED)
            for m in best[likes, dislikes]
            if m["acceptable"]
        }
        return words.a_taste(*[type(film)(movie, film.polarity, film.means, "") for movie, film in films.items()])

    found = score(read_labelled(path), read)
    assert found.users == 42
    assert found.liked.f1 == found.disliked.f1 == 1.0
    assert found.nil_errors_a_user == 0.0
