"""What strangers type is made plain and masked; what they say of films survives."""

from __future__ import annotations

import pytest

from llm.screening import LONGEST_TEXT, screen, text_hash

NAMES = [
    "1984", "2001", "12 Monkeys", "Apollo 13", "8 1/2", "10 Things I Hate About You", "20,000 Leagues Under the Sea",
    "Se7en", "THX 1138", "(500) Days of Summer", "Saw 1 2 3 4 5 6 7", "1917 1984 2012 2046", "10 Cloverfield Lane",
    "2001: A Space Odyssey (1968)", "the years 1994/1995/1999", "50/50", "007", "11:14", "Ocean's 11-12-13", "8.5/10",
    "WALL-E", "M*A*S*H", "Amélie", "Léon", "E.T.", "$9.99", "S.W.A.T.", "Dr. No", "ab12 cool film that i like",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_film_survives(name):
    assert screen(f"I love {name} a lot").text == f"I love {name} a lot"


@pytest.mark.parametrize(
    ("private", "mask"),
    [
        ("john.doe+films@mail.example.com", "[mail]"),
        ("jöhn@exämple.org", "[mail]"),
        ("john\uff20example.com", "[mail]"),
        ("jo\u200bhn@exam\u00adple.com", "[mail]"),
        ("a@b.cd", "[mail]"),
        ("https://example.com/me?x=1", "[web]"),
        ("www.example.com", "[web]"),
        ("facebook.com/john.doe", "[web]"),
        ("+1 (555) 010-0199", "[phone]"),
        ("+44 1984 2001", "[phone]"),
        ("555-0101-99", "[phone]"),
        ("01 23 45 67 89", "[phone]"),
        ("\uff15\uff15\uff15\uff10\uff11\uff10\uff11", "[phone]"),
        ("٥٥٥٠١٠١٩٩", "[phone]"),
        ("4111 1111 1111 1111", "[card]"),
        ("4111-1111-1111-1111", "[card]"),
        ("378282246310005", "[card]"),
        ("4111 1111 1111 1112", "[number]"),
        ("DE89 3704 0044 0532 0130 00", "[iban]"),
        ("gb29nwbk60161331926819", "[iban]"),
        ("BE68 5390 0754 7034", "[iban]"),
        ("123456789012345678901234567890", "[number]"),
    ],
)
def test_personal_data_becomes_a_mask_that_says_what_it_was(private, mask):
    screened = screen(f"Ask me: {private} about films")
    assert screened.text == f"Ask me: {mask} about films"
    assert screened.masked == 1


def test_a_number_that_only_looks_like_an_iban_is_masked_as_a_number():
    assert screen("DE88 3704 0044 0532 0130 00").text == "DE[number]"


@pytest.mark.parametrize(
    "hidden", ["\x00", "\x1b", "\u202e", "\u200b", "\ufeff", "\u2066", "\ufe0f", "\U000e0041", "\ud800"]
)
def test_what_can_not_be_seen_goes(hidden):
    assert screen(f"the ma{hidden}trix").text == "the matrix"


@pytest.mark.parametrize("blank", ["\n", "\r\n", "\t", "\u2028", "\u00a0", "   "])
def test_every_run_of_blanks_is_one_blank(blank):
    assert screen(f"{blank}the{blank}matrix{blank}").text == "the matrix"


def test_a_long_text_is_cut_and_the_rest_is_counted():
    screened = screen("ab " * 1000)
    assert len(screened.text) <= LONGEST_TEXT
    assert screened.cut == 2999 - LONGEST_TEXT


def test_an_endless_text_is_cut_before_it_is_looked_at():
    assert screen("heat " * 1_000_000).cut == 5_000_000 - LONGEST_TEXT


def test_what_is_masked_beyond_the_limit_is_not_cut_into_something_else():
    assert screen("x" * (LONGEST_TEXT - 3) + " 5550101993").text.endswith("x [p")


def test_texts_that_differ_in_case_and_blanks_have_one_hash_and_other_texts_have_their_own():
    assert text_hash(screen("I love  HEAT").text, "") == text_hash(screen("i love heat ").text, "")
    assert len({text_hash("heat", ""), text_hash("", "heat"), text_hash("heat", "heat"), text_hash("he", "at")}) == 4
