"""Whether something that a text names is liked: by what stands behind it, before it, and by the field."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from core.taste import Polarity
from llm.cues import (
    BAD,
    COPULAS,
    DISLIKING,
    GOOD,
    IT,
    LIKING,
    NEGATIONS,
    OTHERS,
    RELATIVES,
    SAYING,
    TURNS,
)  # fmt: skip
from llm.field_text import FieldText
from llm.tones import NEGATES, Tones
from llm.words import ARTICLES

_VERDICT_WORDS = 5  # most of a verdict that stands for itself: "Never again!", "very good story"
_SAID_BEFORE = 8  # words between what others say and the film
_BAD_STARS = 2  # of five
_SENTENCE_WORDS = 3  # most of a verdict that is a sentence: "Nope.", "Not good."
_BETWEEN = """
like for from to of movie movies film films with and or as perhaps maybe probably say stuff things such by in
watching seeing old good on my that this more
"""
_PASSED_OVER = frozenset(_BETWEEN.split())

Span = tuple[int, int]


class Leanings:
    """Tells the polarity of spans of one text. spans : all that the text names, in order."""

    def __init__(self, text: FieldText, field: Polarity, spans: Sequence[Span]) -> None:
        self._text = text
        self._keys = text.keys
        self._tones = Tones(text)
        self._field = field
        self._spans = sorted(spans)
        self._named = {inner for begin, end in self._spans for inner in range(begin, end)}
        self._spoken = self._spoken_behind()

    def of(self, span: Span) -> tuple[Polarity, str]:
        """The polarity of a span, with the reason."""
        first, last = self._group(span)
        behind = self._behind(last)
        if behind is not None and self._reported(first):
            own = self._of_it(last, self._next_span(last))
            return own or self._field, f"{own or self._field}, whatever others are said to say of it"
        if behind is not None:
            return behind, f"{behind} by what is said of it"
        before = self._before(first)
        if before is not None:
            return before, f"{before} by the words before it"
        return self._field, f"{self._field} as its text is"

    def _reported(self, first: int) -> bool:
        """Whether others are said to say it: "people telling me that X is a masterpiece"."""
        begin = max(self._clause_begin(first), first - _SAID_BEFORE)
        return any(
            self._keys[place] in SAYING
            and OTHERS.intersection(self._keys[max(begin, place - 2) : place])
            and "about" not in self._keys[place:first]
            for place in range(begin, first)
        )

    def _group(self, span: Span) -> Span:
        """The span with those that stand beside it in one list: what is said behind the last is said of all."""
        place = self._spans.index(span)
        first, last = span
        for other in self._spans[place + 1 :]:
            if not self._joined(last, other[0]):
                break
            last = other[1]
        for other in reversed(self._spans[:place]):
            if not self._joined(other[1], first):
                break
            first = other[0]
        return first, last

    def _joined(self, last: int, first: int) -> bool:
        between = self._keys[last:first]
        joined = all(key in {"and", "or", "nor", "n", "plus"} or key in ARTICLES for key in between)
        commas = set(self._text.gaps[last].strip()) <= set(",'\"\u2019\u2018/&") and not self._text.starts[last]
        return joined and commas and (bool(between) or self._text.pauses[first])

    def _behind(self, last: int) -> Polarity | None:
        """What is said of the words that end here; None when nothing is."""
        end = self._next_span(last)
        said = None
        if last < end:
            stop = self._clause_end(last, end)
            key, pause = self._keys[last], self._text.pauses[last]
            if key in RELATIVES and not (key == "that" and pause is False and self._keys[last - 1] in IT):
                said = self._tones.of(last + 1, self._pause_after(last + 1, end))
            elif not self._text.starts[last] and not pause and key in COPULAS | NEGATIONS | GOOD | BAD | {"i"}:
                said = self._tones.of(last, stop)
            elif pause:
                said = self._verdict(last, end)
        later = self._of_it(last, end)
        return later if later is not None else said

    def _verdict(self, last: int, end: int) -> Polarity | None:
        """A few words between pauses that only judge: "X? Nope.", "X, very good story"."""
        stop = self._pause_after(last, len(self._keys))
        most = _SENTENCE_WORDS if self._text.starts[last] else _VERDICT_WORDS
        if stop > end or stop - last > most or self._keys[last] in TURNS | {"and", "or", "like", "also", "no", "not"}:
            alone = stop - last <= 2 and stop <= end and self._keys[last] in {"no", "not"}
            return self._tones.of(last, stop) if alone else None
        if self._keys[last] in {
            "i",
            "my",
            "the",
            "if",
            "when",
            "who",
            "they",
            "give",
            "love",
            "hate",
            "some",
            "any",
            "anything",
            "especially",
        }:
            return None if self._keys[last] != "i" else self._tones.of(last, stop)
        return self._tones.of(last, stop)

    def _of_it(self, last: int, end: int) -> Polarity | None:
        """What a later clause of the sentence says of "it"."""
        _, sentence_end = self._text.sentence(last - 1)
        stop = min(end, sentence_end)
        for place in range(last + 1, stop):
            if (
                self._keys[place] in LIKING | DISLIKING | {"finish", "get", "stand"}
                and set(self._keys[place + 1 : place + 3]) & IT
            ):
                before = self._keys[max(last, place - 4) : place]
                if not set(before) & OTHERS:
                    return self._tones.of(max(last, place - NEGATES - 1), min(place + 3, stop))
        return None

    def _before(self, first: int) -> Polarity | None:
        """What the words before a group of spans say of it."""
        begin = self._clause_begin(first)
        said: Polarity | None = None
        negated, turned_at = -NEGATES - 1, None
        place = begin
        while place < first:
            key = self._keys[place]
            if self._spoken[place] or place in self._named:
                place += 1
                continue
            size, kind = self._tones.phrase(place, first)
            flipped = place - negated <= NEGATES
            if kind == "turn":
                turned_at = place + size
            elif kind == "praise":
                good_as = self._keys[place : place + size][-1] in {"as", "match", "for", "to"} or key == "nothing"
                said = Polarity.LIKED if good_as or not flipped else Polarity.DISLIKED
                negated = -NEGATES - 1
            elif kind == "scorn":
                said = Polarity.DISLIKED
            elif key in LIKING and self._tones.is_verb(place):
                if not set(self._keys[max(begin, place - 2) : place]) & OTHERS:
                    said = Polarity.DISLIKED if flipped else Polarity.LIKED
            elif key in {"star", "stars"} and place and self._keys[place - 1].isdigit():
                said = Polarity.DISLIKED if int(self._keys[place - 1][:2]) <= _BAD_STARS else Polarity.LIKED
            elif key in DISLIKING:
                said = Polarity.LIKED if flipped else Polarity.DISLIKED
            if key in NEGATIONS and kind is None and not self._only(place):
                negated = place
            place += size
        if turned_at is not None and self._near(turned_at, first):
            return (said or self._field).opposite
        if (
            negated >= begin
            and (said is None or negated > self._last_cue(begin, first))
            and self._near(negated + 1, first)
        ):
            return Polarity.DISLIKED
        return said

    def _only(self, place: int) -> bool:
        """ "Not only", "no doubt", "not just": no negation."""
        return place + 1 < len(self._keys) and self._keys[place + 1] in {
            "only",
            "just",
            "doubt",
            "question",
            "matter",
        }

    def _last_cue(self, begin: int, first: int) -> int:
        cues = [
            p
            for p in range(begin, first)
            if self._keys[p] in DISLIKING or (self._keys[p] in LIKING and self._tones.is_verb(p))
        ]
        return max(cues, default=-1)

    def _near(self, place: int, first: int) -> bool:
        """Whether only little words, and other things that are named, stand between."""
        return all(
            inner in self._named or self._keys[inner] in _PASSED_OVER or self._keys[inner] in ARTICLES
            for inner in range(place, first)
        )

    def _clause_begin(self, first: int) -> int:
        """Where the clause begins: behind the last turn ("but", "though") or the end of the sentence before."""
        begin, _ = self._text.sentence(first) if first < len(self._keys) else (first, first)
        for place in range(first - 1, begin, -1):
            if self._keys[place] in TURNS and not self._phrase_around(place):
                return place
            gap = self._text.gaps[place]
            if "\u2014" in gap or " - " in gap or (gap.strip() == "," and self._keys[place] in {"i", "my"}):
                return place
        return begin

    def _phrase_around(self, place: int) -> bool:
        return self._keys[place] == "but" and place > 0 and self._keys[place - 1] in {"anything", "everything", "all"}

    def _clause_end(self, place: int, end: int) -> int:
        _, sentence_end = self._text.sentence(place)
        stop = min(end, sentence_end)
        for inner in range(place + 1, stop):
            gap = self._text.gaps[inner].strip()
            turn = self._keys[inner] in TURNS and end < len(self._keys) and end <= sentence_end
            if (
                turn
                or gap in {";", "\u2014", "-", ":"}
                or (gap == "," and self._keys[inner] in {"i", "and", "not", "no"})
            ):
                return inner
        return stop

    def _pause_after(self, place: int, end: int) -> int:
        return next((p for p in range(place + 1, end) if self._text.pauses[p]), end)

    def _next_span(self, place: int) -> int:
        at = bisect_left(self._spans, (place, -1))
        return self._spans[at][0] if at < len(self._spans) else len(self._keys)

    def _spoken_behind(self) -> list[bool]:
        """Which words judge what is named before them, so that they say nothing of what comes after."""
        spoken = [False] * (len(self._keys) + 1)
        for _, last in self._spans:
            end = self._next_span(last)
            if last >= end or self._text.starts[last]:
                continue
            key, pause = self._keys[last], self._text.pauses[last]
            if key in RELATIVES and pause:
                stop = self._pause_after(last + 1, end)
            elif not pause and key in COPULAS:
                stop = self._clause_end(last, end)
            else:
                continue
            spoken[last:stop] = [True] * (stop - last)
        return spoken
