"""Odd words of a text, which are no everyday English: titles with errors, nicknames, names of other things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from llm.common_words import LITTLE_WORDS, is_ordinary
from llm.evidence import Judge
from llm.field_text import FieldText, Style
from llm.genres import is_genre_word, like_genre
from llm.hints import hints_at, is_number_of_film
from llm.misspelt import SURE, plain_words
from llm.resolver import Resolver
from llm.spot import Spot
from llm.verdict import Hints, Verdict
from llm.words import ARTICLES, Word, without_article

_MOST = 24  # that are looked up by letters in one text, so that time stays in bounds
_AROUND = 6  # words on each side of an odd one that can belong to the same title
_SHORTEST, _SHORTEST_ALONE = 3, 5  # letters of an odd word in a title, and as a whole one
_LONG_ALONE = 7  # letters: "align" is no misspelt Alien
_GO_ON = frozenset({":", "-", "'", "."})  # gaps that titles go over


class OddWords:
    """Finds mentions around the odd words of one text."""

    def __init__(self, text: FieldText, resolver: Resolver, judge: Judge, titles: Sequence[tuple[int, int]]) -> None:
        """titles : the spans that equal a title and are meant as one; no word in them is odd."""
        self._text = text
        self._resolver = resolver
        self._judge = judge
        self._titles = titles
        self._named = {place for first, last in titles for place in range(first, last)}
        self._places = [place for place, word in enumerate(text.words) if self._is_odd(place, word)][:_MOST]

    def misspelt(self) -> Iterator[Spot]:
        """What nearly equals a title or sounds like one, in letters; sure or open, none over another."""
        taken: set[int] = set()
        for spot in [*self._heard(), *(spot for place in self._places for spot in self._like(place, taken))]:
            if taken.isdisjoint(range(spot.first, spot.last)):
                taken.update(range(spot.first, spot.last))
                yield spot

    def hidden(self, taken: set[int]) -> Iterator[Spot]:
        """Items around odd words that are a title in another way than by its letters; none over `taken`."""
        for place in self._places:
            item = self._item(place) if place not in taken else None
            if item is not None:
                known = self._resolver.hidden(self._text.words[item[0] : item[1]], self._hints(place))
                if known is not None and known.films:
                    yield Spot(*item, known)

    def _is_odd(self, place: int, word: Word) -> bool:
        return (
            place not in self._named
            and len(word.plain) >= _SHORTEST
            and not word.text.endswith(("n't", "n\u2019t"))
            and not word.key.isdigit()
            and not is_ordinary(word.plain)
            and not is_genre_word(word.key)
            and not like_genre(word.plain)
        )

    def _heard(self) -> Iterator[Spot]:
        """Items of several words that sound like a title but for vowels: "shark tail", "life of pie"."""
        text, after = self._text, 0
        for first in range(len(text.words)):
            if first < after or first in self._named or not self._judge.opens(first):
                continue
            for last in range(first + 2, min(first + _AROUND, len(text.words)) + 1):
                if text.pauses[last - 1] or last - 1 in self._named:
                    break
                verdict = self._resolver.heard(text.words[first:last]) if self._judge.closes(last) else None
                if verdict is not None:
                    yield Spot(first, last, verdict)
                    after = last
                    break

    def _like(self, place: int, taken: set[int]) -> Iterator[Spot]:
        """The title around an odd word that nearly equals it with its neighbours; a shorter title within is none."""
        if place in taken:
            return
        first, last = self._around(place)
        words = self._text.words[first:last]
        near = [
            one
            for one in self._resolver.misspelt.near(plain_words(words), place - first)
            if one.alike < 1
            and not _names_less(words[one.first : one.last], one.name)
            and self._is_whole(first + one.first, first + one.last)
        ]
        if not near:
            return
        near.sort(key=lambda one: -(one.last - one.first) if one.alike >= SURE else 0)  # a title before its head
        verdict = self._resolver.judged(near, words, self._hints(place))
        begin, end = first + near[0].first, first + near[0].last
        if verdict.films and is_number_of_film(self._text, end):
            keys = (*near[0].name.split(" "), self._text.keys[end])
            numbered = self._resolver.exactly(keys, self._hints(place)) or self._resolver.numbered(keys)
            yield Spot(begin, end + 1, numbered or Verdict("is like a title, with another number behind"))
        elif verdict.films or verdict.is_open:
            yield Spot(begin, end, verdict)

    def _hints(self, place: int) -> Hints:
        around = hints_at(self._text, place, place + 1, None, self._text.sentence(place))
        return replace(around, particular=False)

    def _around(self, place: int) -> tuple[int, int]:
        first, last = place, place + 1
        while first > 0 and place - first < _AROUND and not self._ends_item(first):
            first -= 1
        while last < len(self._text.words) and last - place <= _AROUND and not self._ends_item(last):
            last += 1
        return first, last

    def _ends_item(self, place: int) -> bool:
        """Whether no title goes on over the gap before this word; over a colon it may."""
        text = self._text
        return text.pauses[place] and (text.starts[place] or text.gaps[place].strip() not in _GO_ON)

    def _item(self, place: int) -> tuple[int, int] | None:
        """The shortest span around a word that could be an item of a list, in a text without capitals."""
        text = self._text
        if text.style is Style.MIXED:
            return (place, place + 1) if text.capital(place) else None
        spans = [
            (first, last)
            for first in range(max(0, place - _AROUND), place + 1)
            for last in range(place + 1, min(place + _AROUND, len(text.words)) + 1)
            if self._judge.opens(first) and self._judge.closes(last)
        ]
        return min(spans, key=lambda span: span[1] - span[0], default=None)

    def _is_whole(self, first: int, last: int) -> bool:
        """Whether a window cuts no title in two, and is more than talk: one word must be long, and an item."""
        if any(first < end and begin < last and not first <= begin < end <= last for begin, end in self._titles):
            return False
        if self._goes_on(first - 1, first) or self._goes_on(last, last):
            return False
        words = self._text.words[first:last]
        if len(words) > 1:
            return not (words[0].key in LITTLE_WORDS - ARTICLES and is_ordinary(words[-1].plain) and len(words) < 4)
        if len(words[0].plain) < _LONG_ALONE and not self._is_apart(first, last):
            return False
        return len(words[0].plain) >= _SHORTEST_ALONE and self._judge.opens(first) and self._judge.closes(last)

    def _goes_on(self, place: int, gap: int) -> bool:
        """Whether the word beside a window belongs to it by its capital: "City Slickers" is no misspelt Slackers."""
        text = self._text
        if text.style is not Style.MIXED or text.pauses[gap] or not text.capital(place):
            return False
        return not text.starts[place] and not text.shouted(place) and text.words[place].plain != "i"

    def _is_apart(self, first: int, last: int) -> bool:
        """Whether words are an item by themselves: marked, behind or before a pause, or joined to another item."""
        text = self._text
        joined = {"and", "or"} & {text.keys[first - 1], *text.keys[last : last + 1]}
        marked = text.style is Style.MIXED and text.capital(first) and not text.starts[first]
        return marked or bool(joined) or text.pauses[first] or text.pauses[last]


def _names_less(window: Sequence[Word], name: str) -> bool:
    """Whether the name stands there already with one word less: what is odd belongs to something else."""
    keys = [word.key for word in window]
    bare = without_article(tuple(name.split(" ")))
    return any(without_article(tuple(less)) == bare for less in (keys[1:], keys[:-1]) if less)
