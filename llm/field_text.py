"""One of a user's two texts, with its words, its pauses, its quotes and how it uses capitals."""

from __future__ import annotations

import re
from enum import Enum
from functools import cached_property
from itertools import pairwise

from llm.common_words import LITTLE_WORDS
from llm.words import Word, read_words

_SINGLE = re.compile(
    r"(?<!\w)['\u2018`]"
    r"((?:[^'\u2018\u2019`\"\n]|(?<=\w)['\u2019](?=\w)|(?<=s)['\u2019](?= \w)){1,90})"
    r"['\u2019](?!\w)"
)
_QUOTES = (
    re.compile(r"\"([^\"\n]{1,90})\""),
    re.compile(r"[\u201c\u201e]([^\u201c\u201d\n]{1,90})[\u201d\u201c]"),
    re.compile(r"\u00ab([^\u00bb\n]{1,90})\u00bb"),
    _SINGLE,
)
_SENTENCE_END = re.compile(r"[.!?;\n\u2026\u3002]")
_PAUSE = re.compile(r"[,.:;!?'`\u2018\u2019()\[\]{}/\n\"\u201c\u201d\u2013\u2014\u2026|*<>=]|\s-+\s|--")
_CAPITAL_SHARE = 0.6  # of the letters of a text in capitals


class Style(Enum):
    """What capitals tell in a text."""

    MIXED = "mixed"  # titles can be told by their capitals
    LOWER = "lower"  # hardly any capitals
    UPPER = "upper"  # nothing but capitals


class FieldText:
    """The words of one text. A place is the number of a word; a span is a place and the place after its last word."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words: list[Word] = read_words(text)
        self.keys = [word.key for word in self.words]
        ends = [0, *(word.end for word in self.words)]
        self.gaps = [text[ends[place] : word.start] for place, word in enumerate(self.words)] + [text[ends[-1] :]]
        self.starts = [place == 0 or self._ends_sentence(place) for place in range(len(self.words))] + [True]
        self.pauses = [place == 0 or bool(_PAUSE.search(gap)) for place, gap in enumerate(self.gaps)]
        self.pauses[-1] = True

    @cached_property
    def style(self) -> Style:
        letters = [letter for letter in self.text if letter.isalpha()]
        if letters and sum(letter.isupper() for letter in letters) > _CAPITAL_SHARE * len(letters):
            return Style.UPPER
        inner = (place for place, word in enumerate(self.words) if not self.starts[place] and word.plain not in _I)
        return Style.MIXED if any(self.words[place].text[0].isupper() for place in inner) else Style.LOWER

    @cached_property
    def casual(self) -> bool:
        """Whether capitals are often forgotten: sentences begin without, or "i" stands alone in small."""
        begin = [word.text for place, word in enumerate(self.words) if self.starts[place] and word.text[0].isalpha()]
        return self.style is not Style.UPPER and (
            any(word[0].islower() for word in begin) or any(word.text == "i" for word in self.words)
        )

    @cached_property
    def quotes(self) -> list[tuple[int, int]]:
        """The spans in quotation marks, in order, without those inside others."""
        found = sorted({match.span(1) for pattern in _QUOTES for match in pattern.finditer(self.text)})
        spans: list[tuple[int, int]] = []
        for start, end in found:
            inside = [place for place, word in enumerate(self.words) if start <= word.start and word.end <= end]
            if inside and (not spans or inside[0] >= spans[-1][1]):
                spans.append((inside[0], inside[-1] + 1))
        return spans

    def capital(self, place: int) -> bool:
        """Whether the word begins with a capital, or is a number."""
        first = self.words[place].text[0]
        return first.isupper() or first.isdigit()

    def shouted(self, place: int) -> bool:
        """Whether an ordinary word is in capitals for force: "I LOVE it"."""
        word = self.words[place]
        return word.text.isupper() and (len(word.text) > 1 and word.plain in LITTLE_WORDS | _SHOUTED)

    def cased(self, first: int, last: int) -> bool:
        """Whether all words that count of a span begin with capitals."""
        counted = [place for place in range(first, last) if self.keys[place] not in LITTLE_WORDS or place == first]
        return all(self.capital(place) for place in counted) and not all(self.shouted(place) for place in counted)

    def sentence(self, place: int) -> tuple[int, int]:
        """The span of the sentence in which a word stands."""
        return self._sentences[place]

    @cached_property
    def _sentences(self) -> list[tuple[int, int]]:
        """By place the span of its sentence."""
        begins = [place for place, starts in enumerate(self.starts) if starts]
        return [span for span in pairwise(begins) for _ in range(*span)]

    def between(self, first: int, last: int) -> str:
        """The text of a span, from its first word to its last."""
        return self.text[self.words[first].start : self.words[last - 1].end]

    def _ends_sentence(self, place: int) -> bool:
        """Whether a sentence ends before this word; after "Mr." and inside "L.A. Confidential" none does."""
        gap, before = self.gaps[place], self.words[place - 1]
        if not _SENTENCE_END.search(gap):
            return False
        if gap.strip() != "." or "\n" in gap:
            return True
        if gap == ".":
            return False
        return before.plain not in _DOTTED and not (len(before.text) == 1 and before.text.isupper())


_I = frozenset({"i", "im", "ive", "id", "ill"})
_DOTTED = frozenset({"mr", "mrs", "ms", "dr", "vs", "st", "vol", "pt", "etc"})
_SHOUTED = frozenset(
    {"love", "hate", "best", "worst", "great", "loved", "hated", "awesome", "amazing", "good", "bad"}
)
