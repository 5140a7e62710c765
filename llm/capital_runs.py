"""Runs of words in capitals: what is marked as a title without being one, letter by letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llm.common_words import is_ordinary
from llm.evidence import OF_A_PERSON
from llm.field_text import FieldText, Style
from llm.genres import is_genre_word, like_genre
from llm.resolver import Resolver
from llm.spot import Spot, spot_at
from llm.words import ARTICLES

_JOINTS = frozenset(
    {"of", "the", "in", "a", "an", "to", "on", "at", "for", "de", "la", "and", "with", "from", "vs", "by"}
)
_JOINED_BY = (frozenset({"and", "or", "&"}), frozenset({"from", "with"}))  # where a run that is no title may end


class CapitalRuns:
    """Finds mentions by their capitals."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def find(self, text: FieldText, taken: set[int]) -> Iterator[Spot]:
        """The mentions among words side by side in capitals, where capitals mean something; none over `taken`."""
        if text.style is not Style.MIXED:
            return
        place = 0
        while place < len(text.words):
            last = self._run_end(text, place, taken)
            if last > place:
                first = self._run_start(text, place, last)
                if first > place and last - first > 0 and spot_at(self._resolver, text, place, last).verdict.films:
                    yield spot_at(
                        self._resolver, text, place, last
                    )  # "Full Metal Jacket" begins with an ordinary word
                elif first < last and not self._refused(text, first, last) and self._seems_named(text, first, last):
                    yield from self._apart(text, first, last)
            place = max(last, place + 1)

    def _apart(
        self, text: FieldText, first: int, last: int, joints: Sequence[frozenset[str]] = _JOINED_BY
    ) -> Iterator[Spot]:
        """The run as one mention, or what stands on both sides of its "and" as several, or of its "from"."""
        whole = spot_at(self._resolver, text, first, last)
        if whole.verdict.films or not joints:
            yield whole
            return
        cuts = [place for place in range(first + 1, last - 1) if text.words[place].text in joints[0]]
        if not cuts:
            yield from self._apart(text, first, last, joints[1:])
            return
        for begin, end in zip([first, *(cut + 1 for cut in cuts)], [*cuts, last], strict=True):
            if begin < end and self._seems_named(text, begin, end):
                yield from self._apart(text, begin, end, joints[1:])

    def _run_end(self, text: FieldText, first: int, taken: set[int]) -> int:
        """The place after the last capital of a run that begins here; `first` when none does."""
        last, place = first, first
        while place < len(text.words) and place not in taken and (place == first or not text.pauses[place]):
            if text.capital(place) and not text.shouted(place) and text.words[place].text not in {"I", "I'm"}:
                last = place + 1
            elif text.keys[place] not in _JOINTS or last == first:
                break
            place += 1
        return last

    def _run_start(self, text: FieldText, first: int, last: int) -> int:
        """Without what the sentence begins with: a capital says nothing there, and "Loved" is no part of a title."""
        if text.starts[first]:
            while first < last and text.keys[first] not in ARTICLES and is_ordinary(text.words[first].plain):
                first += 1
        return first

    def _refused(self, text: FieldText, first: int, last: int) -> bool:
        """Whether it is one word: a title with too little evidence, or somebody or some place."""
        owner = first + 1 == last < len(text.words) and text.words[first].text.endswith(("'s", "\u2019s"))
        if owner and (text.capital(last) or any(begin == last for begin, _ in text.quotes)):
            return True  # who made or owns what follows: "Hitchcock's 'Rebecca'"
        before = text.keys[first - 1] if first and not text.pauses[first] else ""
        return last == first + 1 and (self._resolver.titles.is_name(text.keys[first]) or before in OF_A_PERSON)

    def _seems_named(self, text: FieldText, first: int, last: int) -> bool:
        words = text.words[first:last]
        if any(is_genre_word(word.key) or like_genre(word.plain) for word in words):
            return False
        rare = [word for word in words if not is_ordinary(word.plain) and not word.key.isdigit()]
        if not rare:
            plain = [word for word in words if word.key not in ARTICLES and not word.key.isdigit()]
            return len(plain) > 1 and not text.starts[first]
        return not all(len(word.plain) < 3 for word in rare)
