"""Law of the public port: no request whatever gives a 5xx, a stack trace or more than one line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

raw = st.binary(max_size=60).map(lambda octets: octets.decode("latin-1"))  # as WSGI hands over what was sent
almost_ids = st.text(st.sampled_from("0123456789-+_. /%\0\n;<e"), max_size=14)
paths = st.one_of(raw, raw.map("/recommend/{}".format), almost_ids.map("/recommend/{}".format), almost_ids)
methods = st.one_of(
    st.sampled_from(["GET", "HEAD", "POST", "OPTIONS"]), st.from_regex(r"[A-Z]{1,10}", fullmatch=True)
)
header_names = st.sampled_from(["HTTP_HOST", "HTTP_ACCEPT", "HTTP_COOKIE", "HTTP_X_FORWARDED_HOST", "CONTENT_TYPE"])


@given(path=paths, method=methods, query=raw, headers=st.dictionaries(header_names, raw))
def test_no_request_gives_a_server_error_or_more_than_one_line(one_caller, path, method, query, headers):
    answer = one_caller.ask(path, method, query, **headers)
    assert 200 <= answer.status < 500
    assert "Traceback" not in answer.body
    assert answer.body.count("\n") <= 1
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert not any("\n" in value or "\r" in value for value in answer.headers.values())


@given(user=st.integers(0, 2**31 - 1), zeros=st.integers(0, 2))
def test_every_user_id_gets_a_list(one_caller, user, zeros):
    text = "0" * zeros + str(user)
    assert one_caller.ask(f"/recommend/{text}").status == (200 if len(text) <= 10 else 400)
