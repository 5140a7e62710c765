"""Names that words may be with errors: how much likeness is enough, and what is another title instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from llm.common_words import is_ordinary
from llm.near_names import Near, likeness, same_bones
from llm.titles import Titles
from llm.words import ARTICLES, Word, without_article

# Likeness of letters: tried on titles of all lengths with one error or two, and on film titles one word apart
SURE, LIKELY, PERHAPS = 0.85, 0.8, 0.72
_SURE_OF_OTHER_WORDS = 0.9  # "Dead Pets Society"
_SURE_OF_ITSELF = 3  # words of a title of which one may be another word that sounds like its own
_SHORTEST_NEAR, _LONG_NAME = 5, 12  # letters of a name that may be misspelt, and much so
_KNOWN = 0.5  # of the fame of the best known film: one error in a short word is enough for such a film
_FAME_AMONG_NEAR = 0.03


class Likeness(Enum):
    """What a name is to the words that are like it; the value says why, for people."""

    SAME = "is a title, misspelt"
    PERHAPS = "is somewhat like a title"
    OTHER_FORM = "is another form of a title: Australian is not Australia"
    OTHER_NUMBER = "is like a title with another number"
    OTHER_WORDS = "is like a title, but of other words"


class Misspelt:
    """Compares words with the names of one catalogue."""

    def __init__(self, titles: Titles) -> None:
        self._titles = titles
        self._known = titles.fame_at(_KNOWN)

    def near(self, plain: Sequence[str], must: int | None) -> list[Near]:
        """Names like a window of these words: one with the word at `must`, or one around their longest word."""
        if must is None:
            must = max(range(len(plain)), key=lambda place: len(plain[place]))
        found = [one for one in self._titles.near.near(plain, must, PERHAPS) if len(one.name) >= _SHORTEST_NEAR]
        return sorted(found, key=lambda one: -(one.alike + _FAME_AMONG_NEAR * self._fame(one.name)))

    def heard(self, plain: Sequence[str]) -> str | None:
        """The name of a well-known film that sounds like these words, but for vowels; None when there is none."""
        names = [
            name
            for name in self._titles.near.heard(plain)
            if self._fame(name) >= self._known and not _digits(name.split(" "))
        ]
        return max(names, key=self._fame, default=None)

    def compared(self, window: Sequence[Word], near: Near) -> Likeness:
        """What a name is to exactly these words, which are like it."""
        if len(window) == 1 and (window[0].plain.startswith(near.name) or near.name.startswith(window[0].plain)):
            return Likeness.OTHER_FORM
        if _digits(word.key for word in window) != _digits(near.name.split(" ")):
            return Likeness.OTHER_NUMBER
        letters, alike = self._letters(window, near)
        title = near.name.split(" ")
        if title[0] in ARTICLES and len(window) < len(title) and alike < _SURE_OF_OTHER_WORDS:
            return Likeness.OTHER_WORDS  # "Tenet" is no "The Net"
        if self._other_word(window, near.name):
            if alike >= _SURE_OF_OTHER_WORDS and letters >= _LONG_NAME:
                return Likeness.SAME
            return Likeness.PERHAPS if alike >= SURE else Likeness.OTHER_WORDS
        if alike >= SURE or (alike >= LIKELY and self._fame(near.name) >= self._known):
            return Likeness.SAME
        return Likeness.PERHAPS

    def _letters(self, window: Sequence[Word], near: Near) -> tuple[int, float]:
        """(letters, likeness) of the name without an article: "the host" is not nearly "the post"."""
        name = " ".join(without_article(tuple(near.name.split(" "))))
        if name == near.name or window[0].key not in ARTICLES:
            return len(name), near.alike
        return len(name), min(near.alike, likeness("".join(plain_words(window[1:])), name))

    def _other_word(self, window: Sequence[Word], name: str) -> bool:
        """Whether a word of the name was replaced by another real word: "Toy Store" need not be Toy Story."""
        title = name.split(" ")
        first = int(title[0] in ARTICLES and len(window) == len(title))  # "te" stands for "the"
        changed = [word.key for word in window[first:] if word.key not in title]
        missing = [word for word in title if word not in {one.key for one in window} and word not in ARTICLES]
        real = [key for key in changed if is_ordinary(key) or self._titles.knows_well(key)]
        if len(title) >= _SURE_OF_ITSELF and len(changed) == len(missing):  # "life of pie"
            real = [
                key for key, word in zip(changed, missing, strict=True) if key in real and not same_bones(key, word)
            ]
        return any(not _same_word(key, word) for key in real for word in missing) or bool(real and not missing)

    def _fame(self, name: str) -> float:
        return max(one.score for one in self._titles.named(name))


def plain_words(words: Sequence[Word]) -> list[str]:
    """The words in letters, as names are compared by letters."""
    return ["and" if word.plain == "&" else word.key if word.key.isdigit() else word.plain for word in words]


def _digits(keys: Iterable[str]) -> set[str]:
    return {key for key in keys if key.isdigit()}


def _same_word(one: str, other: str) -> bool:
    """Whether two real words are one but for its ending or its spelling.

    >>> _same_word("suspect", "suspects"), _same_word("harbour", "harbor"), _same_word("store", "story")
    (True, True, False)
    """
    if likeness(one, other) >= SURE:
        return True
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and long[len(short) :] in {"s", "es", "d", "ed", "r", "er", "ing"}
