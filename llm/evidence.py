"""Evidence that certain words of a text are meant as a title: marks, capitals, their place in a list, fame."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from llm.common_words import LITTLE_WORDS, is_ordinary
from llm.cues import BAD, GOOD
from llm.field_text import FieldText, Style
from llm.genres import is_genre_word
from llm.titles import Titles
from llm.words import ARTICLES

ENOUGH = 2.0  # points, as weighed below: tried on titles that are ordinary words ("Heat", "Big", "The War", "Kids")
NEIGHBOUR = 1.0  # a film beside it in the same list
CERTAIN, CERTAIN_NEIGHBOUR = 3.5, 1.5  # a film beside it that needs no other evidence
WEAK = 1.0  # points from which a doubtful title lends weight to another
_QUOTED, _CAPITALS, _CAPITALS_ORDINARY, _AT_START, _IN_LIST, _CALLED_FILM = 4.0, 2.0, 1.5, 0.5, 1.0, 1.5
_RARE_WORDS, _RARE_WORD, _SHORT_WORD = 3.0, 1.5, 0.5
_TWO_ORDINARY, _MORE_ORDINARY, _MANY_ORDINARY = 0.5, 1.5, 2.0
_NOT_CAPITALS, _GENRE, _DESCRIBES, _LITTLE_KNOWN, _TALK = -1.0, -4.0, -2.0, -0.5, -1.0
_FAMOUS, _OF_A_PERSON, _OBSCURE, _WITHIN, _DATED, _A_DATE, _WHOLE_SENTENCE = 0.5, -2.5, -1.5, -1.0, 3.0, -3.0, 1.5
_LEAST_FAMOUS = 0.01  # where no film has votes, none is famous
_KNOWN_SHARE = 0.5  # of the fame of the best known film: a fortieth of its votes where it has 1,600
_FAMOUS_SHARE = 0.7

# A film may begin behind any little word but these, and end before any but these: "the", "in", "so" go on.
_GO_ON_WORDS = """
the a an my your his her our their its in on at of for with from by very so too more most some any these those
"""
_BEFORE_WORDS = """
original first second third new old comme wie und et like likes liked love loved loves hate hated hates enjoy enjoyed
adore adored avoid avoided watch watched rewatch see saw seen movie movies film films unlike favorite favorites
favourite favourites called named titled think prefer dislike disliked recommend appreciate beats finished owns own
for of by
"""
_AFTER_WORDS = """
starring movie movies film films again great good rocks sucks style type und et happened wrecked put for so with very
from in on at
"""
_GO_ON = frozenset(_GO_ON_WORDS.split())
OPENING = (LITTLE_WORDS - _GO_ON) | frozenset(_BEFORE_WORDS.split())
_AFTER = (LITTLE_WORDS - _GO_ON) | GOOD | BAD | frozenset(_AFTER_WORDS.split())
OF_A_PERSON = frozenset({"with", "by", "from", "in", "starring", "at", "directed", "actor", "director", "mr", "am"})
_FILM = frozenset({"movie", "film", "flick", "picture"})
_FILMS = frozenset(
    {"movies", "films", "flicks", "pictures", "cinema", "stuff", "stories", "comedy", "drama", "actors"}
)
_WATCHED = frozenset({"watch", "watched", "watching", "rewatch", "rewatched", "rewatching", "saw", "seen"})
_SAYS = [["is"], ["was"], ["has"], ["had"], ["made"], ["gave"]]
_SUBJECT = 1.0  # a sentence that begins with one thing and says something of it
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Possible:
    """Words that equal a name. points : how much speaks for a title. bounded : an item of a list, or an object."""

    first: int
    last: int
    points: float
    bounded: bool


class Judge:
    """Weighs the evidence in one text."""

    def __init__(self, text: FieldText, titles: Titles) -> None:
        self._text = text
        self._titles = titles
        self._famous = max(_LEAST_FAMOUS, titles.fame_at(_FAMOUS_SHARE))
        self._known = titles.fame_at(_KNOWN_SHARE)

    def weigh(self, first: int, last: int, fame: float) -> Possible:
        """What speaks for the words from `first` to before `last` being meant as a title that they equal."""
        text, keys = self._text, self._text.keys[first:last]
        content = [key for key in keys if key not in {"the", "a", "an"}]
        rare = [key for key in content if not is_ordinary(key) and not key.isdigit()]
        points = self._words(keys, content, rare)
        bounded = self.opens(first) and self.closes(last)
        marked = text.style is Style.MIXED and not text.casual
        points += _IN_LIST if bounded else _IN_LIST / 2 if text.pauses[first] and rare and not marked else 0.0
        points += _FAMOUS if bounded and not (rare or marked) and len(content) > 1 and fame >= self._known else 0.0
        points += self._capitals(first, last, bool(rare), len(content))
        if text.starts[first] and text.starts[last] and content[0] not in LITTLE_WORDS | GOOD | BAD:
            points += _WHOLE_SENTENCE
        if (first, last) in text.quotes:
            points += _QUOTED
        elif is_genre_word(" ".join(keys)):
            points += _GENRE
        if self._dated(first, last):
            points += _DATED
        if (
            (rare or len(content) > 1)
            and text.starts[first]
            and text.keys[last : last + 1] in _SAYS
            and not (text.pauses[last])
        ):
            points += _SUBJECT
        if not marked and len(content) > 1 and not bounded and (self.opens(first) or self.closes(last)):
            points += _IN_LIST / 2
        if not text.pauses[first] and text.keys[first - 1] in _WATCHED:
            points += _IN_LIST
        if self._called_film(first, last):
            points += _CALLED_FILM
        if (
            not rare
            and len(content) == 1
            and last < len(text.keys)
            and text.keys[last] in _FILMS
            and not text.pauses[last]
        ):
            points += _DESCRIBES
        if fame >= self._famous and not (self._only_starts(first, last) and content[0] in LITTLE_WORDS | GOOD | BAD):
            points += _FAMOUS
        elif fame < self._famous / 3 and len(content) < 3:
            points += _LITTLE_KNOWN if rare and (marked or len(content) > 1) else 2 * _LITTLE_KNOWN
        if last == first + 1 and not text.pauses[first] and text.keys[first - 1] in OF_A_PERSON:
            points += _OF_A_PERSON if not rare or fame < self._known else _OF_A_PERSON / 2
        if last == first + 1 and fame < self._known and not (self.opens(first) or self.closes(last)):
            points += _OBSCURE
        if (
            len(content) == 1
            and (text.style is not Style.MIXED or text.casual)
            and (self._goes_on(last) or self._began(first))
        ):
            points += _WITHIN
        if all(key in LITTLE_WORDS for key in keys) and len(keys) > 1:
            points += 2 * _TALK
        if len(content) == 1 and (content[0] in LITTLE_WORDS or self._counts(first, last)):
            points += _TALK
        if len(keys) == 1 and self._is_date(first):
            points += _A_DATE
        return Possible(first, last, points, bounded)

    def opens(self, first: int) -> bool:
        """Whether an item of a list, or the object of a sentence, can begin here."""
        return self._text.pauses[first] or self._text.keys[first - 1] in OPENING

    def closes(self, last: int) -> bool:
        """Whether it can end before this word."""
        return self._text.pauses[last] or self._text.keys[last] in _AFTER

    def neighbours(self, one: Possible, other: Possible) -> bool:
        """Whether two possible titles stand in one list: between them a comma, "and" or "or", and nothing else."""
        left, right = sorted((one, other), key=lambda possible: possible.first)
        between = self._text.keys[left.last : right.first]
        if any(self._text.starts[left.last : right.first + 1]) and (between or self._talk(one) or self._talk(other)):
            return False
        joined = bool(between) or self._text.pauses[right.first]
        return (
            joined
            and left.last <= right.first
            and all(key in {"and", "or", "the", "also", "then"} for key in between)
        )

    def _goes_on(self, last: int) -> bool:
        """Whether a word of titles, or a name, follows that ends no item: "dumbo game" need not be Dumbo."""
        return not self.closes(last) and (self._of_titles(last) or not is_ordinary(self._text.keys[last]))

    def _began(self, first: int) -> bool:
        return not self.opens(first) and self._of_titles(first - 1)

    def _of_titles(self, place: int) -> bool:
        return self._text.keys[place] not in LITTLE_WORDS and self._titles.knows(self._text.keys[place])

    def _talk(self, one: Possible) -> bool:
        """Whether it is one word that people use for a judgement: "Perfect!"."""
        return one.last == one.first + 1 and (
            self._text.keys[one.first] in LITTLE_WORDS | GOOD | BAD or self._text.keys[one.first].isdigit()
        )

    def _counts(self, first: int, last: int) -> bool:
        """Whether a number is a year or a mark: "since 2001", "10/10"."""
        key, around = self._text.keys[first], self._text.gaps[first] + self._text.gaps[last]
        return key.isdigit() and (len(key) == len("1999") or "/" in around or "%" in around)

    def _words(self, keys: Sequence[str], content: Sequence[str], rare: Sequence[str]) -> float:
        if rare and len([key for key in content if key not in LITTLE_WORDS]) > 1:
            return _RARE_WORDS
        if rare:
            return _RARE_WORD if len(rare[0]) > 3 else _SHORT_WORD
        if len(keys) > 3 and len(content) > 1:
            return _MANY_ORDINARY
        if len(content) > 2:
            return _MORE_ORDINARY
        return _TWO_ORDINARY if len(content) > 1 else 0.0

    def _dated(self, first: int, last: int) -> bool:
        """Whether the year of a film with this name stands in brackets behind it: "Wild (2014)"."""
        if self._text.gaps[last].strip(" '\"\u2019\u201d,") != "(" or not self._year(last):
            return False
        made = {
            self._titles.movies[one.place].year for one in self._titles.named(" ".join(self._text.keys[first:last]))
        }
        return int(self._text.keys[last]) in made

    def _is_date(self, place: int) -> bool:
        """Whether a number tells a year, or only counts: "(2001)", "since 2001", "part 1"."""
        if not self._text.keys[place].isdigit():
            return False
        if not self._year(place):
            return len(self._text.words[place].text) == 1
        return "(" in self._text.gaps[place] or self._text.keys[place - 1] in {"since", "in", "year", "of", "the"}

    def _year(self, place: int) -> bool:
        return place < len(self._text.keys) and bool(_YEAR.fullmatch(self._text.keys[place]))

    def _only_starts(self, first: int, last: int) -> bool:
        """Whether a capital says nothing, because a sentence begins here."""
        return self._text.starts[first] and last - first == 1

    def _capitals(self, first: int, last: int, rare: bool, content: int) -> float:
        text = self._text
        if text.style is not Style.MIXED or all(key.isdigit() for key in text.keys[first:last]):
            return 0.0
        if not text.cased(first, last):
            if text.casual:
                return 0.0
            real = sum(key not in LITTLE_WORDS for key in text.keys[first:last])  # "bring it on" has one
            return (1 if content > 1 and (rare or content + real > 4) else 2 if rare else 3) * _NOT_CAPITALS
        if self._only_starts(first, last):
            return _AT_START
        return _CAPITALS if rare or content > 1 or self.opens(first) or self.closes(last) else _CAPITALS_ORDINARY

    def _called_film(self, first: int, last: int) -> bool:
        """ "the movie Heat", "that Heat movie"; one film, not a kind of films."""
        keys, pauses = self._text.keys, self._text.pauses
        if (
            first > 1
            and keys[first - 1] in _FILM
            and keys[first - 2] in {"the", "that", "this"}
            and not pauses[first]
        ):
            return True
        behind = last < len(keys) and keys[last] in _FILM and not pauses[last]
        return behind and first > 0 and keys[first - 1] in {"that", "the", "this"} and keys[first] not in ARTICLES
