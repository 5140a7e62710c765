import json
from datetime import UTC, datetime
from random import Random

import pytest
import requests
import responses

from core.clock import ManualClock
from core.errors import DirectoryAnswer, DirectoryDown, SettingError
from core.money import Usd
from core.user import User
from ingest.directory import IDS_PER_CALL, PATH_MAX, TRIES, Directory
from ingest.record_fields import RecordReason

BASE = "http://site:8080"


@pytest.fixture
def site():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def clock():
    return ManualClock(datetime(2026, 11, 20, 10, tzinfo=UTC))


@pytest.fixture
def directory(clock):
    return Directory(f"{BASE}?rate=10", requests.Session(), clock, Random(1))


def user(number, **changes):
    return {"user_id": number, "age": 33, "occupation": "writer", "gender": "F"} | changes


def film(id_, **changes):
    return {"id": id_, "title": "A Film", "license_cost": 0.1} | changes


def test_one_id_is_answered_with_an_object(site, directory):
    site.get(f"{BASE}/user/7", json=user(7))
    assert directory.users([7]).records == (User(7, 33, "F", "writer"),)


def test_several_ids_are_answered_with_an_array(site, directory):
    site.get(f"{BASE}/user/7,8", json=[user(8), user(7)])
    fetched = directory.users([7, 8, 7])
    assert [record.id for record in fetched.records] == [8, 7]
    assert (fetched.refused, fetched.absent) == ((), ())


def test_no_id_is_no_call(site, directory):
    assert directory.users([]).records == ()
    assert len(site.calls) == 0


def test_the_rate_is_no_part_of_the_address_and_paces_the_calls(site, directory, clock):
    sent = []

    def answer(request):
        sent.append(clock.monotonic())
        assert "rate" not in request.url
        return 200, {}, json.dumps([user(int(one)) for one in request.path_url.rpartition("/")[2].split(",")])

    for first in range(0, 500, IDS_PER_CALL):
        ids = ",".join(map(str, range(first, min(first + IDS_PER_CALL, 500))))
        site.add_callback(responses.GET, f"{BASE}/user/{ids}", answer)
    assert len(directory.users(range(500)).records) == 500
    assert sent == pytest.approx([0, 0.1, 0.2])


def test_long_film_ids_make_shorter_calls(site, directory):
    ids = [f"{'x' * 190}+{number}" for number in range(100)]
    paths = []

    def answer(request):
        paths.append(request.path_url)
        return 200, {}, json.dumps([film(one) for one in request.path_url.removeprefix("/movie/").split(",")])

    site.add_callback(responses.GET, responses.matchers.re.compile(f"{BASE}/movie/.*"), answer)
    assert [record.id for record in directory.movies(ids).records] == ids
    assert len(paths) > 1
    assert max(map(len, paths)) <= PATH_MAX + len("/movie/")


def test_odd_film_ids_reach_the_site_as_they_are(site, directory):
    site.get(f"{BASE}/movie/%5Brec%5D+2007,ocean%27s+1960", json=[film("[rec]+2007"), film("ocean's+1960")])
    assert len(directory.movies(["[rec]+2007", "ocean's+1960"]).records) == 2


@pytest.mark.parametrize("answer", [[user(7)], user(7)])
def test_absent_ids_are_reported_not_invented(site, directory, answer):
    site.get(f"{BASE}/user/7,8", json=answer)
    fetched = directory.users([7, 8])
    assert [record.id for record in fetched.records] == [7]
    assert fetched.absent == ("8",)


@pytest.mark.parametrize("nothing", ["{}", "[]", "null"])
def test_an_empty_answer_is_all_absent(site, directory, nothing):
    site.get(f"{BASE}/user/7", body=nothing)
    assert directory.users([7]).absent == ("7",)


def test_404_means_that_none_is_known_and_is_not_repeated(site, directory):
    site.get(f"{BASE}/movie/no+such+film+1900", status=404, body="not found")
    assert directory.movies(["no+such+film+1900"]).absent == ("no+such+film+1900",)
    assert len(site.calls) == 1


def test_a_wrong_record_is_set_aside_and_its_neighbours_are_used(site, directory):
    site.get(f"{BASE}/user/1,2,3", json=[user(1), user(2, age=999), user(3)])
    fetched = directory.users([1, 2, 3])
    assert [record.id for record in fetched.records] == [1, 3]
    assert [(one.id, one.reason) for one in fetched.refused] == [("2", RecordReason.AGE)]
    assert fetched.absent == ("2",)


def test_a_record_that_was_not_asked_for_is_refused(site, directory):
    site.get(f"{BASE}/user/1", json=[user(1), user(2)])
    fetched = directory.users([1])
    assert [record.id for record in fetched.records] == [1]
    assert fetched.refused[0].reason is RecordReason.NOT_ASKED


def test_of_two_records_with_one_id_the_first_counts(site, directory):
    site.get(f"{BASE}/user/1", json=[user(1, age=20), user(1, age=30)])
    fetched = directory.users([1])
    assert fetched.records[0].age_years == 20
    assert fetched.refused[0].reason is RecordReason.SAME_ID


def test_the_fee_has_two_names_which_must_not_disagree(site, directory):
    films = [film("a"), film("b", license_cost=None, cost="0.2"), film("c", cost=0.1), film("d", cost=0.2)]
    site.get(f"{BASE}/movie/a,b,c,d", json=films)
    fetched = directory.movies(["a", "b", "c", "d"])
    assert [record.licence_fee for record in fetched.records] == [
        Usd(100_000_000),
        Usd(200_000_000),
        Usd(100_000_000),
    ]
    assert [one.reason for one in fetched.refused] == [RecordReason.FEES_DISAGREE]


def test_nan_is_unknown_and_doubled_keys_are_refused(site, directory):
    body = '[{"id":"a","title":"A","cost":NaN},{"id":"b","title":"B","cost":1,"cost":2}]'
    site.get(f"{BASE}/movie/a,b", body=body)
    fetched = directory.movies(["a", "b"])
    assert [record.licence_fee for record in fetched.records] == [None]
    assert [one.reason for one in fetched.refused] == [RecordReason.DOUBLED]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(site, directory, clock, status):
    site.get(f"{BASE}/user/7", status=status)
    site.get(f"{BASE}/user/7", json=user(7))
    assert len(directory.users([7]).records) == 1
    assert 0.25 <= clock.monotonic() <= 0.5


@pytest.mark.parametrize(
    "fault",
    [
        requests.ConnectionError("refused"),
        requests.ReadTimeout("too slow"),
        requests.exceptions.ChunkedEncodingError("cut off"),
        '{"user_id": 7, "ag',
        b"\xff\xfe",
        "<html>",
    ],
)
def test_no_answer_and_half_an_answer_are_tried_again(site, directory, fault):
    site.get(f"{BASE}/user/7", body=fault)
    site.get(f"{BASE}/user/7", json=user(7))
    assert len(directory.users([7]).records) == 1


@pytest.mark.parametrize("header", ["30", "Fri, 20 Nov 2026 10:00:30 GMT"])
def test_retry_after_is_honoured(site, directory, clock, header):
    site.get(f"{BASE}/user/7", status=429, headers={"Retry-After": header})
    site.get(f"{BASE}/user/7", json=user(7))
    directory.users([7])
    assert 30 <= clock.monotonic() <= 30.5


def test_a_pause_that_is_too_long_ends_the_import(site, directory, clock):
    site.get(f"{BASE}/user/7", status=429, headers={"Retry-After": "86400"})
    with pytest.raises(DirectoryDown, match="86400 s"):
        directory.users([7])
    assert clock.monotonic() == 0


def test_the_last_failure_is_kept_as_the_cause(site, directory):
    site.get(f"{BASE}/user/7", body=requests.ConnectionError("refused"))
    with pytest.raises(DirectoryDown, match=f"{TRIES} tries.*refused") as caught:
        directory.users([7])
    assert isinstance(caught.value.__cause__, requests.ConnectionError)
    assert len(site.calls) == TRIES


@pytest.mark.parametrize("status", [301, 400, 401, 403, 414])
def test_what_will_not_pass_is_not_repeated(site, directory, status):
    site.get(f"{BASE}/user/7", status=status)
    with pytest.raises(DirectoryAnswer, match=str(status)):
        directory.users([7])
    assert len(site.calls) == 1


def test_every_call_has_a_timeout(site, directory):
    site.get(f"{BASE}/user/7", json=user(7))
    directory.users([7])
    assert all(seconds > 0 for seconds in site.calls[0].request.req_kwargs["timeout"])


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://site", "http://HOST"),
        ("http:nothing", "http://HOST"),
        ("http://site?speed=5", "no option 'speed'"),
        ("http://site?rate=fast", "rate='fast'"),
        ("http://site?rate=0", "rate='0'"),
        ("http://site?rate=nan", "rate='nan'"),
    ],
)
def test_a_wrong_address_is_refused(clock, url, message):
    with pytest.raises(SettingError, match=message):
        Directory(url, requests.Session(), clock, Random(1))


def test_a_failure_names_neither_the_users_nor_a_key(clock):
    directory = Directory("http://me:secret@127.0.0.1:9?rate=1000", requests.Session(), clock, Random(1))
    with pytest.raises(DirectoryDown, match=r"http://\*\*\*@127.0.0.1:9/user .* for 2 ids in .*refused") as told:
        directory.users([4711, 4712])
    assert "471" not in str(told.value)
    assert "secret" not in str(told.value)


def test_a_refused_call_names_no_users(site, directory):
    site.get(f"{BASE}/user/4711", status=400)
    with pytest.raises(DirectoryAnswer, match="for 1 ids was answered with status 400") as told:
        directory.users([4711])
    assert "4711" not in str(told.value)
