"""Finds the mentions of films in one text: titles as they are, then what is marked as one, then odd words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from llm.capital_runs import CapitalRuns
from llm.common_words import LITTLE_WORDS, is_ordinary
from llm.evidence import CERTAIN, CERTAIN_NEIGHBOUR, ENOUGH, NEIGHBOUR, OPENING, WEAK, Judge
from llm.field_text import FieldText, Style
from llm.genres import is_genre_word, like_genre
from llm.hints import hints_at, is_many
from llm.misspelt import plain_words
from llm.resolver import Resolver
from llm.spot import Spot, spot_at
from llm.verdict import Verdict
from llm.words import ARTICLES, Word, without_article

_NOT_PART = frozenset({"movie", "movies", "film", "films", "and", "or", "but", "is", "was", "are", "were", "i", "im"})
_MOST_ODD_WORDS = 24  # that are looked up by letters in one text, so that time stays in bounds
_AROUND = 6  # words on each side of an odd one that can belong to the same title
_SHORTEST_ODD = 3  # letters
_LONG_ALONE = 7  # letters: "align" is no misspelt Alien
_SHORTEST_ALONE = 4  # letters of an odd word that is a whole title
_LONGEST_QUOTE = 12  # words
_LINKS = frozenset({"of", "to", "for"})  # "Sphere to Kill" is no Sphere
_PART_WORDS = re.compile(r"\b(?:part|pt|volume|vol|chapter)\b\.?", re.IGNORECASE)
_COUNTED = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6}
_SURE_OF_ITSELF = 3  # words of a title that stays one, whatever stands before it
_YEARS = range(1890, 2100)


class Finder:
    """Finds mentions in texts by one resolver."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._titles = resolver.titles
        self._runs = CapitalRuns(resolver)

    def again(self, text: FieldText, spot: Spot, usual_year: int) -> Verdict:
        """The verdict on a title when the usual year of the other films named is known."""
        hints = hints_at(text, spot.first, spot.last, usual_year, text.sentence(spot.first))
        keys = tuple(text.keys[spot.first : spot.last])
        counted = self._counted(text, spot.first, spot.last)
        return counted or self._resolver.exactly(keys, hints) or spot.verdict

    def find(self, text: FieldText, barred: Sequence[tuple[int, int]] = ()) -> list[Spot]:
        """The mentions of a text, in order, none over another nor over the spans that are barred."""
        judge = Judge(text, self._titles)
        chosen = self._chosen(text, judge)
        odd = self._odd_places(text, chosen)
        like = [spot for place in odd if (spot := self._like(text, place, chosen, judge)) is not None]
        barred = [*barred, *((spot.first, spot.last) for spot in like if spot.verdict.films)]
        taken = {place for first, last in barred for place in range(first, last)}
        chosen = [span for span in chosen if taken.isdisjoint(range(*span))]
        spots = [spot for spot in like if spot.verdict.films]
        for first, last in [*self._whole_quotes(text, chosen), *chosen]:
            if taken.isdisjoint(range(first, last)):
                spot = self._spot(text, first, last, chosen)
                spots.append(spot)
                taken.update(range(spot.first, spot.last))
        in_capitals = list(self._runs.find(text, taken))
        taken.update(place for spot in in_capitals for place in range(spot.first, spot.last))
        spots += in_capitals
        for spot in [*self._hidden(text, odd, taken, judge), *like]:
            if taken.isdisjoint(range(spot.first, spot.last)):
                spots.append(spot)
                taken.update(range(spot.first, spot.last))
        return sorted(spots, key=lambda spot: spot.first)

    def _chosen(self, text: FieldText, judge: Judge) -> list[tuple[int, int]]:
        """The spans that equal a name and are meant as one: the longest first, none over another."""
        possible = [judge.weigh(first, last, fame) for first, last, fame in self._equal(text)]
        strong = [one for one in possible if one.points >= WEAK]
        for place, one in enumerate(possible):
            if one.points < ENOUGH and one.bounded:
                beside = [other.points for other in strong if other != one and judge.neighbours(one, other)]
                gain = CERTAIN_NEIGHBOUR if max(beside, default=0.0) >= CERTAIN else NEIGHBOUR
                possible[place] = replace(one, points=one.points + (gain if beside else 0.0))
        taken, chosen = set[int](), list[tuple[int, int]]()
        for one in sorted(possible, key=lambda one: (one.first - one.last, -one.points)):
            if one.points >= ENOUGH and taken.isdisjoint(range(one.first, one.last)):
                chosen.append((one.first, one.last))
                taken.update(range(one.first, one.last))
        return sorted(chosen)

    def _equal(self, text: FieldText) -> Iterator[tuple[int, int, float]]:
        """(first, last, fame) of all spans that are names, but for a sentence that ends within."""
        for first in range(len(text.words)):
            for last in range(first + 1, min(first + self._titles.longest, len(text.words)) + 1):
                if last > first + 1 and text.starts[last - 1] and text.gaps[last - 1].strip() not in {"!", "?"}:
                    break
                if last > first + 3 and not self._titles.begins(text.keys[first], text.keys[first + 1]):
                    break
                name = " ".join(text.keys[first:last])
                if not self._titles.is_name(name) and last - first <= 3 and last > first + 1:
                    name = self._titles.run_together(name.replace(" ", "")) or name
                if self._titles.is_name(name):
                    yield first, last, self._titles.fame_of(name)
                elif last - first == 3 and self._pair(text, first):
                    yield first, last, 0.0

    def _pair(self, text: FieldText, first: int) -> bool:
        """Whether two names in capitals belong together in a title: "Bill and Ted" is no Ted."""
        keys = text.keys[first : first + 3]
        marked = text.style is Style.MIXED and keys[1] == "and" and text.cased(first, first + 3)
        return marked and self._titles.shares(keys)

    def _spot(self, text: FieldText, first: int, last: int, chosen: Sequence[tuple[int, int]]) -> Spot:
        """A title, or what it is only the beginning of: "Gladiator" in "Gladiator II" is not Gladiator."""
        longer_first, longer_last = self._grown(text, first, last, {begin for begin, _ in chosen})
        if (longer_first, longer_last) == (first, last):
            counted = self._counted(text, first, last)
            return Spot(first, last, counted) if counted else spot_at(self._resolver, text, first, last)
        longer = spot_at(self._resolver, text, longer_first, longer_last)
        sure = _SURE_OF_ITSELF - text.starts[longer_first]  # where a sentence begins a capital says less
        if not longer.verdict.films and longer_last == last and last - first >= sure:
            return spot_at(self._resolver, text, first, last)  # "the Swedish Girl with the Dragon Tattoo"
        return longer

    def _counted(self, text: FieldText, first: int, last: int) -> Verdict | None:
        """ "The second Godfather" is its number two."""
        number = _COUNTED.get(text.keys[first - 1]) if first else None
        return self._resolver.numbered((*text.keys[first:last], str(number))) if number is not None else None

    def _grown(self, text: FieldText, first: int, last: int, begins: set[int]) -> tuple[int, int]:
        """The span with the words beside it that belong to it by their capitals, or as a number behind it."""
        if (first, last) in text.quotes:
            return first, last
        quote = next((end for begin, end in text.quotes if begin <= first and last <= end), len(text.words))
        marked = text.style is Style.MIXED
        while last < quote and (marked or last not in begins) and self._belongs(text, first, last):
            last += 1
        while first > 0 and not text.pauses[first] and not text.starts[first] and self._belongs_before(text, first):
            first -= 1
        return first, last

    def _belongs(self, text: FieldText, first: int, place: int) -> bool:
        word, gap = text.words[place], text.gaps[place]
        if word.key.isdigit():
            more = text.gaps[place + 1]
            counts = place + 1 < len(text.words) and text.keys[place + 1] in {"times", "time", "stars", "out"}
            if len(word.text) == 1 and word.text.islower():  # "batman v superman"
                return False
            is_year = len(word.key) == 4 and int(word.key) in _YEARS
            return (
                not _PART_WORDS.sub("", gap).strip(" #")
                and not counts
                and not is_year
                and not more.startswith(("/", "%"))
            )
        if text.style is not Style.MIXED:
            return (
                not text.pauses[place]
                and not is_ordinary(word.plain)
                and self._titles.knows(word.key)
                and not is_genre_word(word.key)
                and word.key != text.keys[first]
                and text.style is Style.LOWER
            )
        if word.text in _LINKS and place + 1 < len(text.words):
            return text.words[place + 1].text[0].isupper() and not gap.strip() and not text.gaps[place + 1].strip()
        if not text.capital(place) or word.key in _NOT_PART or text.shouted(place) or is_many(word.key):
            return False
        if gap.strip() == ":":
            goes_on = place + 1 < len(text.words) and text.capital(place + 1) and not text.pauses[place + 1]
            return text.cased(first, place) and (goes_on or not is_ordinary(word.plain))
        return not gap.strip() and text.cased(first, place)

    def _belongs_before(self, text: FieldText, first: int) -> bool:
        word = text.words[first - 1]
        if text.style is not Style.MIXED or not text.capital(first - 1) or not text.cased(first, first + 1):
            return False
        owner = word.text.endswith(("'s", "\u2019s", "s'")) and not self._titles.knows(word.key)
        opens = text.starts[first - 1] and (word.key in OPENING or word.key.endswith("ing"))
        usual = word.key in _NOT_PART | ARTICLES or is_genre_word(word.key) or word.key.isdigit()
        return not owner and not usual and not text.shouted(first - 1) and not opens

    def _whole_quotes(self, text: FieldText, chosen: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Quotes that are no title as they stand; those that hold several titles, or only talk, are no mention."""
        for first, last in text.quotes:
            inside = [(begin, end) for begin, end in chosen if first <= begin and end <= last]
            left = set(range(first, last)).difference(*(range(begin, end) for begin, end in inside))
            parts = len(inside) > 1 and all(text.keys[place] in {"and", "or"} for place in left)
            if (first, last) in inside or last - first > _LONGEST_QUOTE or parts:
                continue
            rare = any(not is_ordinary(key) and not key.isdigit() for key in text.keys[first:last])
            years = [key for key in text.keys[first:last] if len(key) == 4 and key.isdigit()]
            if years and inside and sum(end - begin for begin, end in inside) == last - first - len(years):
                continue
            if inside or rare or (text.capital(first) and text.cased(first, last) and last - first > 1):
                yield first, last

    def _odd_places(self, text: FieldText, chosen: Sequence[tuple[int, int]]) -> list[int]:
        """The words that are neither ordinary nor in a title: errors of typing, or names."""
        named = {place for first, last in chosen for place in range(first, last)}
        odd = [
            place
            for place, word in enumerate(text.words)
            if place not in named
            and len(word.plain) >= _SHORTEST_ODD
            and not word.text.endswith(("n't", "n\u2019t"))
            and not word.key.isdigit()
            and not is_ordinary(word.plain)
            and not is_genre_word(word.key)
            and not like_genre(word.plain)
        ]
        return odd[:_MOST_ODD_WORDS]

    def _like(self, text: FieldText, place: int, chosen: Sequence[tuple[int, int]], judge: Judge) -> Spot | None:
        """The title around an odd word that nearly equals it with its neighbours; a shorter title within is none."""
        first, last = place, place + 1
        while first > 0 and place - first < _AROUND and not self._ends_item(text, first):
            first -= 1
        while last < len(text.words) and last - place <= _AROUND and not self._ends_item(text, last):
            last += 1
        words = text.words[first:last]
        near = [
            one
            for one in self._resolver.misspelt.near(plain_words(words), place - first)
            if one.alike < 1
            and not _names_less(words[one.first : one.last], one.name)
            and self._whole(text, first + one.first, first + one.last, judge)
            and all(
                (first + one.first <= begin and end <= first + one.last)
                or end <= first + one.first
                or first + one.last <= begin
                for begin, end in chosen
            )
        ]
        if not near:
            return None
        hints = replace(hints_at(text, place, place + 1, None, text.sentence(place)), particular=False)
        verdict = self._resolver.judged(near, words, hints)
        end = first + near[0].last
        if verdict.films and end < len(text.words) and text.keys[end].isdigit() and self._belongs(text, place, end):
            keys = (*near[0].name.split(" "), text.keys[end])
            numbered = self._resolver.exactly(keys, hints) or self._resolver.numbered(keys)
            return Spot(first + near[0].first, end + 1, numbered or Verdict("is a title with another number behind"))
        if not verdict.films and not verdict.is_open:
            return None
        return Spot(first + near[0].first, first + near[0].last, verdict)

    def _ends_item(self, text: FieldText, place: int) -> bool:
        """Whether no title goes on over the gap before this word; over a colon it may."""
        return text.pauses[place] and (
            text.starts[place] or text.gaps[place].strip() not in {":", "-", "'", ".", ","}
        )

    def _hidden(self, text: FieldText, odd: Sequence[int], taken: set[int], judge: Judge) -> Iterator[Spot]:
        """Items around odd words that are a title in another way than by its letters."""
        for place in odd:
            item = self._item(text, place, judge) if place not in taken else None
            if item is not None:
                hints = replace(hints_at(text, place, place + 1, None, text.sentence(place)), particular=False)
                known = self._resolver.hidden(text.words[item[0] : item[1]], hints)
                if known is not None and known.films:
                    yield Spot(*item, known)

    def _item(self, text: FieldText, place: int, judge: Judge) -> tuple[int, int] | None:
        """The shortest span around a word that could be an item of a list, in a text without capitals."""
        if text.style is Style.MIXED:
            return (place, place + 1) if text.capital(place) else None
        spans = [
            (first, last)
            for first in range(max(0, place - _AROUND), place + 1)
            for last in range(place + 1, min(place + _AROUND, len(text.words)) + 1)
            if judge.opens(first) and judge.closes(last)
        ]
        return min(spans, key=lambda span: span[1] - span[0], default=None)

    def _whole(self, text: FieldText, first: int, last: int, judge: Judge) -> bool:
        """Whether a window is more than an ordinary word and no talk: one word must be long, and an item."""
        words = text.words[first:last]
        if len(words) > 1:
            return not (words[0].key in LITTLE_WORDS - ARTICLES and is_ordinary(words[-1].plain) and len(words) < 4)
        if len(words[0].plain) < _LONG_ALONE and not self._apart(text, first, last):
            return False
        return len(words[0].plain) > _SHORTEST_ALONE and (judge.opens(first) or judge.closes(last))

    def _apart(self, text: FieldText, first: int, last: int) -> bool:
        """Whether words are an item by themselves: marked, behind or before a pause, or joined to another item."""
        joined = {"and", "or"} & {text.keys[first - 1], *text.keys[last : last + 1]}
        marked = text.style is Style.MIXED and text.capital(first) and not text.starts[first]
        return marked or bool(joined) or text.pauses[first] or text.pauses[last]


def _names_less(window: Sequence[Word], name: str) -> bool:
    """Whether the name stands there already with one word less: what is odd belongs to something else."""
    keys = [word.key for word in window]
    bare = without_article(tuple(name.split(" ")))
    return any(without_article(tuple(less)) == bare for less in (keys[1:], keys[:-1]) if less)
