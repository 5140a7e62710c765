import pytest

from core.user import User
from ingest.record_fields import RecordReason
from ingest.user_records import user_from_record


def a_record(**changes):
    """A user of the API, unless the test says otherwise."""
    return {
        "user_id": "130276",
        "age": "33",
        "occupation": "K-12 student",
        "gender": "M",
        "self_description_likes": "I dig movies.",
        "self_description_dislikes": "No musicals...",
    } | changes


def test_a_record_becomes_a_user():
    assert user_from_record(a_record()) == User(130276, 33, "M", "K-12 student", "I dig movies.", "No musicals...")


@pytest.mark.parametrize("nothing", [None, "", "null", "NaN", {}])
def test_an_absent_age_is_unknown(nothing):
    assert user_from_record(a_record(age=nothing)).age_years is None


@pytest.mark.parametrize("age", ["0", "120", "33.0"])
def test_ages_from_0_to_120_are_taken(age):
    assert user_from_record(a_record(age=age)).age_years == int(float(age))


@pytest.mark.parametrize("age", ["-1", "121", "12.5", "abc", "1e2", "٣٣", "999999999999"])
def test_a_wrong_age_refuses_the_record(age):
    refused = user_from_record(a_record(age=age))
    assert (refused.id, refused.reason) == ("130276", RecordReason.AGE)


def test_both_texts_may_be_absent():
    user = user_from_record(a_record(self_description_likes=None, self_description_dislikes=None))
    assert (user.likes, user.dislikes) == ("", "")


@pytest.mark.parametrize("name", ["self_description_likes", "self_description_dislikes"])
def test_one_text_without_the_other_refuses_the_record(name):
    assert user_from_record(a_record(**{name: None})).reason is RecordReason.TEXTS


@pytest.mark.parametrize("user", [None, "-1", "abc", "12345678901"])
def test_a_wrong_id_refuses_the_record(user):
    assert user_from_record(a_record(user_id=user)).reason is RecordReason.ID


def test_a_text_stays_as_it_was_written():
    odd = "  CRLF\r\nand <b>tags</b>; ' OR 1=1 --\x00 "
    assert user_from_record(a_record(self_description_likes=odd)).likes == odd


def test_what_is_no_object_is_refused():
    assert user_from_record("130276").reason is RecordReason.SHAPE
