"""Ids of users, movies and requests: distinct types, so that mypy stops a swap."""

from __future__ import annotations

import re
from typing import NewType

UserId = NewType("UserId", int)
MovieId = NewType("MovieId", str)
RequestId = NewType("RequestId", int)  # 63 bits, ascending in time

USER_ID_MAX = 2**31 - 1  # the site has about a million users; ten digits are a typing error or an attack
_MOVIE_ID = re.compile(r"[a-z0-9+._*'\[\]-]{1,200}")  # every character seen in 14,700 real ids, no other


def is_movie_id(text: str) -> bool:
    """Whether `text` has the form of a film id. The year is part of the id and may be absent.

    >>> is_movie_id("1984+1956"), is_movie_id("the+awful+truth+"), is_movie_id("tBoy+story+3+2010")
    (True, True, False)
    """
    return _MOVIE_ID.fullmatch(text) is not None


def parse_user_id(text: str) -> UserId | None:
    """The user that `text` names, or None when it is no plain number from 0 to USER_ID_MAX.

    >>> parse_user_id("130276"), parse_user_id("-1"), parse_user_id("1_0"), parse_user_id("007")
    (130276, None, None, 7)
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    number = int(text)
    return UserId(number) if number <= USER_ID_MAX else None


def request_id_text(request: RequestId) -> str:
    """The 16 hexadecimal digits under which a request is traced.

    >>> request_id_text(RequestId(255))
    '00000000000000ff'
    """
    return f"{request:016x}"


def parse_request_id(text: str) -> RequestId | None:
    """The inverse of `request_id_text`; None when `text` is no request id."""
    if re.fullmatch(r"[0-7][0-9a-f]{15}", text) is None:
        return None
    return RequestId(int(text, 16))
