"""Finds the mentions of films in one text: titles as they are, then what is marked as one, then odd words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from llm.capital_runs import CapitalRuns
from llm.common_words import is_ordinary
from llm.evidence import CERTAIN, CERTAIN_NEIGHBOUR, ENOUGH, NEIGHBOUR, OPENING, WEAK, Judge
from llm.field_text import FieldText, Style
from llm.genres import is_genre_word
from llm.hints import hints_at, is_many, is_number_of_film
from llm.odd_words import OddWords
from llm.resolver import Resolver
from llm.spot import Spot, spot_at
from llm.verdict import Verdict
from llm.words import ARTICLES

_NATIONS = frozenset({"american", "british", "french", "german", "japanese", "korean", "norwegian", "swedish"})
_NOT_PART = frozenset({"movie", "movies", "film", "films", "and", "or", "but", "is", "was", "are", "were", "i", "im"})
_LONGEST_QUOTE = 12  # words
_LINKS = frozenset({"of", "to", "for", "in", "on", "at"})  # "Sphere to Kill" is no Sphere
_LOOSE_LINKS = frozenset({"with", "by", "from", "the", "is"})  # behind one ordinary word: "Stand by Me"
_LINKED_ARTICLES = [["the"], ["a"], ["an"]]
_COUNTED = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6}
_LONGEST_REST = 4  # words behind a title that may belong to it
_SURE_OF_ITSELF = 3  # words of a title that stays one, whatever stands before it


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
        odd = OddWords(text, self._resolver, judge, chosen)
        taken = {place for first, last in barred for place in range(first, last)}
        spots: list[Spot] = []
        misspelt = list(odd.misspelt())
        _add(spots, taken, (spot for spot in misspelt if spot.verdict.films))
        spans = [*self._whole_quotes(text, chosen), *chosen]
        _add(spots, taken, (self._spot(text, *span, chosen) for span in spans if taken.isdisjoint(range(*span))))
        _add(spots, taken, list(self._runs.find(text, taken)))
        _add(spots, taken, odd.hidden(taken))
        _add(spots, taken, misspelt)
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
                elif last - first == 3 and text.keys[first + 1] == "and" and self._pair(text, first):
                    yield first, last, 0.0

    def _pair(self, text: FieldText, first: int) -> bool:
        """Whether two names in capitals belong together in a title: "Bill and Ted" is no Ted."""
        keys = text.keys[first : first + 3]
        marked = text.style is Style.MIXED and text.cased(first, first + 3)
        return marked and self._titles.shares(keys)

    def _spot(self, text: FieldText, first: int, last: int, chosen: Sequence[tuple[int, int]]) -> Spot:
        """A title, or what it is only the beginning of: "Gladiator" in "Gladiator II" is not Gladiator."""
        longer_first, longer_last = self._grown(text, first, last, {begin for begin, _ in chosen})
        if (longer_first, longer_last) == (first, last):
            counted = self._counted(text, first, last)
            if counted is None and self._only_begins(text, first, last):
                candidates = spot_at(self._resolver, text, first, last).verdict.candidates
                return Spot(
                    first, last, Verdict("seems to begin a longer title", candidates=candidates, is_open=True)
                )
            return Spot(first, last, counted) if counted else spot_at(self._resolver, text, first, last)
        longer = spot_at(self._resolver, text, longer_first, longer_last)
        sure = _SURE_OF_ITSELF - text.starts[longer_first]  # where a sentence begins a capital says less
        if not longer.verdict.films and longer_last == last and last - first >= sure:
            return spot_at(self._resolver, text, first, last)  # "the Swedish Girl with the Dragon Tattoo"
        return longer

    def _only_begins(self, text: FieldText, first: int, last: int) -> bool:
        """Whether a few more words end the item, where capitals tell nothing: "top gun maverick"."""
        if text.style is Style.MIXED or (first, last) in text.quotes:
            return False
        end = next(place for place in range(last, len(text.pauses)) if text.pauses[place])
        rest = text.words[last:end]
        if not rest or len(rest) > _LONGEST_REST:
            return False
        return (rest[0].key == "the" and len(rest) > 1) or (len(rest) == 1 and not is_ordinary(rest[0].plain))

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
        if last - first == 1 and marked and text.keys[first - 1 : first] == ["of"] and not text.pauses[first]:
            named = first > 1 and text.capital(first - 2) and not text.pauses[first - 1]
            if named and not (text.starts[first - 2] and is_ordinary(text.words[first - 2].plain)):
                first -= 2  # "Quantum of Solace" is no Solace
        return first, last

    def _belongs(self, text: FieldText, first: int, place: int) -> bool:
        word, gap = text.words[place], text.gaps[place]
        if word.key.isdigit():
            return is_number_of_film(text, place)
        if text.style is not Style.MIXED:
            return (
                not text.pauses[place]
                and not is_ordinary(word.plain)
                and self._titles.knows(word.key)
                and not is_genre_word(word.key)
                and word.key != text.keys[first]
                and text.style is Style.LOWER
            )
        if word.text in _LINKS or (
            word.text in _LOOSE_LINKS and place == first + 1 and is_ordinary(text.keys[first])
        ):
            onto = place + 1 + (text.keys[place + 1 : place + 2] in _LINKED_ARTICLES)
            joined = not any(between.strip() for between in text.gaps[place : onto + 1])
            return onto < len(text.words) and text.words[onto].text[0].isupper() and joined
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
        usual = word.key in _NOT_PART | ARTICLES | _NATIONS or is_genre_word(word.key) or word.key.isdigit()
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


def _add(spots: list[Spot], taken: set[int], more: Iterable[Spot]) -> None:
    """Add what does not stand over words that are taken, and take its words."""
    for spot in more:
        if taken.isdisjoint(range(spot.first, spot.last)):
            spots.append(spot)
            taken.update(range(spot.first, spot.last))
