"""Words of a text, in the form in which titles and what people write are compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+(?:['\u2019`\u00b4](?:[^\W_]|[\u0300-\u036f])+)*|&")
_APOSTROPHES = str.maketrans("", "", "'\u2019`\u00b4")
NUMBER_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
# "i" is a word of its own; it counts only behind a word for a part. Of one letter v and x are numbers in titles.
_ROMAN = (
    "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii", "xviii",
    "xix", "xx",
)  # fmt: skip
_ORDINALS = {
    "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth", "6th": "sixth",
    "7th": "seventh", "8th": "eighth", "9th": "ninth", "10th": "tenth", "12th": "twelfth", "13th": "thirteenth",
}  # fmt: skip
_SAME: dict[str, str] = {
    **{word: str(number) for number, word in enumerate(NUMBER_WORDS)},
    **{word: str(number) for word, number in _TENS.items()},
    **{word: str(number) for number, word in enumerate(_ROMAN, 2)},
    **_ORDINALS,
    "&": "and", "n": "and", "versus": "vs", "doctor": "dr", "mister": "mr", "pt": "part", "vol": "volume",
}  # fmt: skip
_PARTS = frozenset({"part", "volume", "chapter"})
ARTICLES = frozenset(
    {"the", "a", "an", "le", "la", "les", "l", "il", "lo", "el", "los", "las", "der", "das", "un", "une"}
)
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ð": "d", "þ": "th"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text.

    text : as written. plain : folded (small letters, no accents, no apostrophes).
    key : plain, with one form for all ways to write a number or an abbreviation.
    start, end : where it stands, in characters of the text.
    """

    text: str
    plain: str
    key: str
    start: int
    end: int


def fold(text: str) -> str:
    """Small letters without accents and apostrophes; letters of other scripts stay.

    >>> fold("Léon"), fold("Schindler's"), fold("ФИЛЬМ")
    ('leon', 'schindlers', 'фильм')
    """
    text = text.casefold().translate(_APOSTROPHES)
    if text.isascii():
        return text
    letters = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def read_words(text: str) -> list[Word]:
    """The words of a text in order. Words for a part are left out before its number, so that
    "Part II", "part 2" and "2" are the same.

    >>> [word.key for word in read_words("The Godfather: Part II & Ocean's Twelve")]
    ['the', 'godfather', '2', 'and', 'oceans', '12']
    >>> [word.key for word in read_words("Saw \u2784")]  # a circled 5, of which int() knows nothing
    ['saw', '5']
    """
    found: list[Word] = []
    for match in _WORD.finditer(text):
        plain = fold(match[0])
        if not plain:  # a lone combining mark
            continue
        key = "".join(str(unicodedata.digit(sign)) for sign in plain) if plain.isdigit() else _SAME.get(plain, plain)
        before = found[-1].key if found else ""
        if before in _PARTS or before == "episode":
            key = "1" if key == "i" else key
            if key.isdigit() and before in _PARTS:
                found.pop()
        found.append(Word(match[0], plain, key, match.start(), match.end()))
    return found


def keys_of(text: str) -> tuple[str, ...]:
    """The keys of a text's words."""
    return tuple(word.key for word in read_words(text))


def without_article(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys without an article in front, when something else is left.

    >>> without_article(("the", "matrix")), without_article(("the",))
    (('matrix',), ('the',))
    """
    return keys[1:] if len(keys) > 1 and keys[0] in ARTICLES else keys
