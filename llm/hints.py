"""What stands around a mention and tells which film is meant: years, "the first", "all the ... movies"."""

from __future__ import annotations

import re

from llm.field_text import FieldText
from llm.verdict import Hints

_YEAR_BEHIND = re.compile(
    r"['\"\u2019\u201d]?\s*\(?(?:the\s+)?(?:remake\s+|version\s+|one\s+)?(?:from\s+|of\s+|in\s+)?((?:19|20)\d\d)\b"
)
_BEHIND = r"['\"\u2019\u201d]?,?\s*\(?(?:the\s+)?"
_OLDEST_BEHIND = re.compile(_BEHIND + r"(?:\w+\s+)?(?:original|old(?:er)? one|first one)\b", re.IGNORECASE)
_NEWEST_BEHIND = re.compile(_BEHIND + r"(?:remake|reboot|new(?:er)? (?:one|version)|recent one)\b", re.IGNORECASE)
_YEAR_BEFORE = re.compile(r"\b((?:19|20)\d\d)(?:'s)?\s+(?:version of\s+|film\s+|movie\s+)?['\"\u2018\u201c]?$")
_DECADE = re.compile(r"\b(early |mid |late )?(?:19|20)?(\d)0['\u2019]?s\b", re.IGNORECASE)
_PART_OF_DECADE = {"early ": (0, 4), "mid ": (3, 7), "late ": (5, 9)}
_MANY = frozenset(
    {"movies", "films", "series", "trilogy", "saga", "franchise", "flicks", "pictures", "universe", "sequels"}
)
_ALL = frozenset({"all", "every", "any", "whole", "entire"})
_OLDEST = frozenset({"original", "old", "older", "first", "classic"})
_NEWEST = frozenset({"new", "newest", "latest", "remake", "recent", "newer", "reboot"})
_PART_WORDS = re.compile(r"\b(?:part|pt|volume|vol|chapter)\b\.?", re.IGNORECASE)
_YEARS = range(1890, 2100)
_LOOK_BEHIND = 40  # characters
_DECADES_OF_2000 = 3  # "20s" is 2020 to 2029, "30s" is 1930 to 1939


def is_many(key: str) -> bool:
    """Whether a word behind a name means several films of that name."""
    return key in _MANY


def is_number_of_film(text: FieldText, place: int) -> bool:
    """Whether the word here, right behind a title, is the number of a part: "2", "Part II"; no year, no count."""
    word = text.words[place] if place < len(text.words) else None
    if word is None or not word.key.isdigit() or (len(word.text) == 1 and word.text.islower()):
        return False  # "batman v superman"
    counts = text.keys[place + 1 : place + 2] in [["times"], ["time"], ["stars"], ["out"]]
    is_year = len(word.key) == len("1999") and int(word.key) in _YEARS
    behind = text.gaps[place + 1].startswith(("/", "%"))
    return not (_PART_WORDS.sub("", text.gaps[place]).strip(" #") or counts or is_year or behind)


def hints_at(text: FieldText, first: int, last: int, usual_year: int | None, sentence: tuple[int, int]) -> Hints:
    """The hints around the words from `first` to before `last`, which stand in that sentence."""
    start, end = text.words[first].start, text.words[last - 1].end
    before = text.keys[first - 1] if first and not text.pauses[first] else ""
    before = text.keys[first - 2] if before == "the" and first > 1 else before
    return Hints(
        years=_years(text.text, start, end, text.words[sentence[0]].start),
        usual_year=usual_year,
        all_of_them=_all_of_them(text, first, last, before, sentence[1]),
        particular=(first, last) in text.quotes or text.cased(first, last),
        order=_order(before, text.text[end : end + _LOOK_BEHIND]),
    )


def _order(before: str, behind: str) -> str:
    if before in _OLDEST or _OLDEST_BEHIND.match(behind):
        return "first"
    return "last" if before in _NEWEST or _NEWEST_BEHIND.match(behind) else ""


def _all_of_them(text: FieldText, first: int, last: int, before: str, sentence_end: int) -> bool:
    behind = text.keys[last] if last < len(text.keys) else ""
    if behind and not text.starts[last] and (behind in _MANY and "," not in text.gaps[last]):
        return True
    if (before in _ALL and last - first > 1) or (
        before == "of" and text.keys[max(0, first - 4) : first][:1] == ["all"]
    ):
        return True
    return " ".join(text.keys[last : min(last + 6, sentence_end)]).endswith("all of them")


def _years(text: str, start: int, end: int, sentence_start: int) -> tuple[int, int] | None:
    behind = _YEAR_BEHIND.match(text[end : end + _LOOK_BEHIND])
    before = _YEAR_BEFORE.search(text[max(0, start - 24) : start])
    if behind:
        return int(behind[1]) - 1, int(behind[1]) + 1
    if before:
        return int(before[1]) - 1, int(before[1]) + 1
    decades = list(_DECADE.finditer(text[max(sentence_start, start - 80) : end + 20]))
    if not decades:
        return None
    part, digit = decades[-1].groups()
    decade = (2000 if int(digit) < _DECADES_OF_2000 else 1900) + 10 * int(digit)
    from_year, to_year = _PART_OF_DECADE.get((part or "").lower(), (0, 9))
    return decade + from_year, decade + to_year
