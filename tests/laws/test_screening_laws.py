"""Laws of screening, whatever is typed."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from llm.screening import LONGEST_TEXT, screen

PIECES = [
    *(
        "a@b.cd",
        "www.x.yz",
        "4111 1111 1111 1111",
        "555 0101",
        "1984",
        "DE89 3704 ",
        "0044 0532 0130 00",
        "http:",
        "//",
    ),
    *("x.com/", " ", "\n", "+", "(", "[", "]", "@", "\u0301", "\u1160", "\ufdfa", "\u200d", "\u0665"),
]
TEXTS = st.one_of(
    st.text(),
    st.text(st.characters(categories=["Mn", "Cf", "Nd", "Lm", "Zs", "Cs", "Lo"])),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5))).map("".join),
    st.tuples(st.integers(1970, 2010), st.lists(st.sampled_from(PIECES)).map("".join)).map(
        lambda one: "x" * one[0] + one[1]
    ),
)


@given(TEXTS)
def test_screening_twice_is_screening_once(text):
    screened = screen(text).text
    assert screen(screened).text == screened


@given(TEXTS)
def test_a_screened_text_is_one_line_of_visible_characters_that_can_be_written(text):
    screened = screen(text).text
    assert not any(unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp") for one in screened)
    assert screened == screened.strip()
    screened.encode()


@given(TEXTS)
def test_a_screened_text_is_never_longer_than_its_plain_form_nor_than_the_limit(text):
    assert len(screen(text).text) <= min(LONGEST_TEXT, len(unicodedata.normalize("NFKC", text)))


@given(
    st.text(st.characters(codec="ascii", exclude_categories=["Cc"])),
    st.from_regex(r"\+[1-9][0-9]{9,13}", fullmatch=True),
)
def test_a_phone_number_never_gets_through(before, phone):
    assert phone[1:] not in screen(f"{before} {phone}").text
