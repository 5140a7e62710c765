"""Tones: what words of a text judge, taken by themselves."""

from __future__ import annotations

from core.taste import Polarity
from llm.common_words import LITTLE_WORDS, is_ordinary
from llm.cues import (
    BAD,
    COPULAS,
    DISLIKING,
    GOOD,
    LIKING,
    NEGATIONS,
    OTHERS,
    PRAISING,
    SCORNING,
    TURNING,
    TURNS,
    VERDICTS_BAD,
    VERDICTS_GOOD,
)
from llm.field_text import FieldText

NEGATES = 3  # words between a negation and what it negates: "not a big fan"
_PHRASES = {
    **dict.fromkeys(PRAISING, "praise"),
    **dict.fromkeys(SCORNING, "scorn"),
    **dict.fromkeys(TURNING, "turn"),
}
_LONGEST_PHRASE = max(phrase.count(" ") + 1 for phrase in _PHRASES)
_BEFORE_LIKE = """
i we you do dont did didnt not never really also actually would to always still kinda cant will no and doesnt
just sort totally absolutely most particularly especially
"""
_VERBS_BEFORE_LIKE = frozenset(_BEFORE_LIKE.split())
_ATTEMPTS = frozenset({"want", "wanted", "try", "tried", "trying", "supposed", "expected"})


class Tones:
    """Reads the tones of one text."""

    def __init__(self, text: FieldText) -> None:
        self._text = text
        self._keys = text.keys

    def of(self, first: int, stop: int) -> Polarity | None:
        """What the words from `first` to before `stop` judge; the first judgement, or one behind a "but"."""
        said: Polarity | None = None
        negated = -NEGATES - 1
        for place in range(first, stop):
            if self._keys[place] in NEGATIONS:
                negated = place
            judged = self._judged(place, first, stop, negated)
            if judged is not None:
                said = judged
                if not TURNS.intersection(self._keys[place + 1 : stop]):
                    return said
        if said is None and stop - first <= 2 and self._keys[first] in {"not", "no", "never"}:
            return Polarity.DISLIKED  # "X not.", "X no"
        return said

    def _judged(self, place: int, first: int, stop: int, negated: int) -> Polarity | None:
        """What the word at one place judges, with the last negation before it."""
        key, rest = self._keys[place], " ".join(self._keys[place:stop])
        if any(rest.startswith(verdict) for verdict in VERDICTS_GOOD):
            return Polarity.LIKED
        denied = place - negated <= NEGATES + 1 and any(rest.startswith(verdict) for verdict in VERDICTS_BAD)
        if denied or self._too(place, stop):
            return Polarity.DISLIKED
        if key not in GOOD | BAD | LIKING | DISLIKING or (key == "like" and not self.is_verb(place)):
            return None
        if set(self._keys[max(first, place - 2) : place]) & OTHERS:
            return None
        if key in LIKING and (self._in_vain(place) or self._keys[place + 1 : place + 2] == ["less"]):
            return Polarity.DISLIKED
        flipped = place - negated <= NEGATES and "only" not in self._keys[negated:place]
        return Polarity.LIKED if (key in GOOD or key in LIKING) != flipped else Polarity.DISLIKED

    def _in_vain(self, place: int) -> bool:
        """ "I wanted to like it"."""
        return place > 1 and self._keys[place - 1] == "to" and self._keys[place - 2] in _ATTEMPTS

    def _too(self, place: int, stop: int) -> bool:
        """ "Too sad", also written "to sad"; not "too" for also, nor "to see"."""
        if self._keys[place] not in {"too", "to"} or place + 1 >= stop or self._text.pauses[place + 1]:
            return False
        behind, before = self._keys[place + 1], self._keys[place - 1] if place else ""
        adjective = is_ordinary(behind) and behind not in LITTLE_WORDS | GOOD | LIKING
        return adjective and (
            self._keys[place] == "too" or before in COPULAS or behind in BAD | {"long", "slow", "dark"}
        )

    def phrase(self, place: int, end: int) -> tuple[int, str | None]:
        """(words, kind) of the longest phrase that begins here; one word without a kind when none does."""
        for size in range(min(_LONGEST_PHRASE, end - place), 0, -1):
            kind = _PHRASES.get(" ".join(self._keys[place : place + size]))
            if kind is not None and not (size == 1 and self._keys[place] == "over" and not self._prefers(place)):
                return size, kind
        return 1, None

    def _prefers(self, place: int) -> bool:
        return bool(
            {"prefer", "rather", "choose", "pick", "take", "any"} & set(self._keys[max(0, place - 8) : place])
        )

    def is_verb(self, place: int) -> bool:
        """Whether "like" is the verb of the writer, not "such as"."""
        if self._keys[place] != "like":
            return True
        before = self._keys[place - 1] if place else ""
        return before in _VERBS_BEFORE_LIKE and not (self._text.pauses[place] and place > 0)
