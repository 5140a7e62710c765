from __future__ import annotations

import pytest

from core.decision import Attempt, Outcome, Ranking
from core.ids import request_id_text
from telemetry.metrics import PLACES

ONE_LINE = "\n"


def count(caller, name, *labels):
    return caller.metrics._cells[PLACES[name, labels]]


def test_a_list_is_one_plain_line_of_ids_best_first(caller):
    answer = caller.ask("/recommend/42")
    assert answer.status == 200
    assert answer.body == ",".join(caller.recommender.ranking.movies)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Length"] == str(len(answer.body))


def test_an_answer_is_recorded_as_the_decision_that_it_names(caller):
    answer = caller.ask("/recommend/42")
    [decision] = caller.recorder.decisions
    assert answer.headers["X-Request-Id"] == request_id_text(decision.request)
    assert answer.headers["X-Model-Version"] == decision.ranking.model == "2026-11-20-a"
    assert (decision.user, decision.arm, decision.ranking) == (42, "default", caller.recommender.ranking)
    assert decision.elapsed_us == 120
    assert decision.time.isoformat() == "2026-11-20T00:00:00+00:00"


def test_the_recommender_is_asked_for_twenty_films_within_the_budget(caller):
    caller.ask("/recommend/42")
    assert caller.recommender.asked == [(42, 20, 250)]


def test_the_short_way_answers_as_flask_does(caller):
    short = caller.ask("/recommend/42")
    by_flask = caller.ask("//recommend/42")  # the short way takes no path but the plain one
    assert (by_flask.status, by_flask.body) == (short.status, short.body)
    assert {**by_flask.headers, "X-Request-Id": ""} == {**short.headers, "X-Request-Id": ""}


def test_a_head_request_has_the_headers_and_no_body(caller):
    head = caller.ask("/recommend/42", method="HEAD")
    assert (head.status, head.body) == (200, "")
    assert head.headers["Content-Length"] == str(len(caller.ask("/recommend/42").body))
    assert len(caller.recorder.decisions) == 2


def test_an_empty_list_is_an_answer(caller):
    caller.recommender.ranking = Ranking((), "none", (Attempt("last resort", Outcome.SHORT, 0, 1),))
    answer = caller.ask("/recommend/42")
    assert (answer.status, answer.body) == (200, "")
    assert answer.headers["X-Model-Version"] == "none"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abc", "'abc'"),
        ("-1", "'-1'"),
        ("1.5", "'1.5'"),
        ("1_0", "'1_0'"),
        ("", "''"),
        (" 42", "' 42'"),
        ("42/", "'42/'"),
        ("42/43", "'42/43'"),
        ("/1", "'/1'"),
        ("42\n", "'42\\n'"),
        ("1\r\nX: y", "'1\\r\\nX: y'"),
        ("2147483648", "'2147483648'"),
        ("\0", "'\\x00'"),
        ("\xc3\xa9", "'\\xe9'"),
        ("\xff\xfe", "'\\ufffd\\ufffd'"),
        ("<script>", "'<script>'"),
        ("9" * 1000, f"'{'9' * 40}'"),
        ("\xd9\xa1", "'\\u0661'"),
    ],
)
def test_what_is_no_user_id_is_refused_in_one_line(caller, text, shown):
    answer = caller.ask(f"/recommend/{text}")
    assert answer.status == 400
    assert answer.body == f"400: {shown} is no user id: a whole number from 0 to 2147483647 is needed\n"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert caller.recorder.decisions == []
    assert count(caller, "matinee_requests_total", "400") == 1


@pytest.mark.parametrize(
    "path",
    ["", "/", "*", "/Recommend/1", "/metrics", "/trace/1", "/a\0b"],
)
def test_nothing_else_is_found_on_the_public_port(caller, path):
    answer = caller.ask(path)
    assert answer.status == 404
    assert answer.body == "404: there are only GET /recommend/USERID and GET /healthz here\n"


@pytest.mark.parametrize("path", ["/recommend", "/recommend/"])
def test_a_request_without_a_user_is_refused(caller, path):
    assert caller.ask(path).status == 400


def test_a_query_string_changes_nothing(caller):
    assert caller.ask("/recommend/42", query="k=5&user=%00%ff").body == caller.ask("/recommend/42").body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/recommend/42", "/recommend/abc", "/healthz"])
def test_a_wrong_method_is_told_the_right_ones(caller, method, path):
    answer = caller.ask(path, method=method, body=b"role=admin")
    assert answer.status == 405
    assert sorted(answer.headers["Allow"].split(", ")) == ["GET", "HEAD"]
    assert answer.body.startswith("405: ")
    assert answer.body.endswith(ONE_LINE)
    assert answer.body.count(ONE_LINE) == 1


def test_an_over_long_path_is_refused(caller):
    answer = caller.ask("/recommend/" + "9" * 5000)
    assert answer.status == 414
    assert answer.body == "414: the path has 5011 characters: at most 1024 are read\n"


def test_liveness_says_which_model_serves(caller):
    answer = caller.ask("/healthz")
    assert (answer.status, answer.body) == (200, "ok\n")
    assert answer.headers["X-Model-Version"] == "2026-11-20-a"


def test_a_recommender_that_raises_is_a_failure_that_can_be_traced_and_shows_no_stack(caller, caplog):
    caller.recommender.error = RuntimeError("the secret of the model")
    answer = caller.ask("/recommend/42")
    [decision] = caller.recorder.decisions
    request_id = request_id_text(decision.request)
    assert answer.status == 500
    assert answer.body == f"500: no list could be made; `matinee trace {request_id}` says why\n"
    assert decision.ranking.attempts[0].outcome is Outcome.FAILED
    assert "the secret of the model" in decision.ranking.attempts[0].detail
    assert request_id in caplog.text
    assert count(caller, "matinee_errors_total", "request") == 1
    assert count(caller, "matinee_requests_total", "500") == 1


def test_a_defect_in_our_own_pages_shows_no_stack(caller, monkeypatch, caplog):
    class Broken:
        @property
        def version(self):
            raise RuntimeError("secret")

    monkeypatch.setattr(type(caller.recommender), "version", Broken.version)
    answer = caller.ask("/healthz")
    assert answer.status == 500
    assert "secret" not in answer.body
    assert answer.body.count(ONE_LINE) == 1
    assert "secret" in caplog.text


def test_requests_are_counted_on_both_ways(caller):
    caller.ask("/recommend/42")
    caller.ask("/recommend/42", method="HEAD")
    caller.ask("/healthz")
    assert count(caller, "matinee_requests_total", "200") == 3
