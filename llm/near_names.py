"""Names that nearly equal what was written: typing errors, as it sounds, without its vowels."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from llm.words import NUMBER_WORDS

_SOUNDS = (
    ("ph", "f"), ("ight", "ite"), ("ck", "k"), ("ie", "ei"), ("ea", "ee"), ("tion", "shun"), ("qu", "kw"),
    ("kn", "n"), ("wr", "r"), ("wh", "w"), ("c", "k"), ("x", "ks"), ("z", "s"),
)  # fmt: skip  # first seven: the errors that simulated users make
_DOUBLED = re.compile(r"(.)\1+")
_SOFT = re.compile(r"[aeiouywh]")
_VOWELS = re.compile(r"[aeiouy]")
_LEAST_SHARED, _LESS_SHARED = 0.3, 0.4  # of the triples of a short and a long name: so many are left with errors
_SHORTLIST = 24  # names that share most letter triples; the right one was among the first 20 of each trial
_SOUND_GAIN = 0.25  # most that sound adds: "fite club" is .67 of "fight club" in letters
_NO_SOUND_HELPS = 0.5  # likeness in letters
_SOUNDS_ALIKE, _LETTERS_ALIKE = 0.84, 0.7  # with other vowels, and then with at least so many letters alike
_LONG_NAME = 8  # letters; of shorter ones too many sound alike
_SHORT_NAME = 9  # letters; an error in such a name can change nearly all of its triples
_FEWEST_BONES = 5  # sounds: with fewer, as of "toy story", too many are heard that are other words
_SHORTEST_SKELETON = 4  # consonants


@dataclass(frozen=True, slots=True)
class Near:
    """A name and the words of the text that nearly equal it. alike : 1.0 for equal letters."""

    name: str
    first: int
    last: int  # after the last word
    alike: float


class NearNames:
    """Names to be found by letters. A name is its keys in one string."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._letters = [spelled(name).replace(" ", "") for name in names]
        self._lengths = [name.count(" ") + 1 for name in names]
        self._sounds = [sound(name) for name in self._letters]
        self._bones = [_bones(name) for name in self._sounds]
        postings: defaultdict[str, list[int]] = defaultdict(list)
        self._skeletons: defaultdict[str, list[str]] = defaultdict(list)
        for place, name in enumerate(names):
            for triple in _triples(self._sounds[place]):
                postings[triple].append(place)
            self._skeletons[skeleton(name)].append(name)
        sizes = np.array([len(_triples(one)) or 1 for one in self._sounds])
        self._sizes, self._fewest = sizes, np.ceil(np.where(sizes < _LONG_NAME, _LEAST_SHARED, _LESS_SHARED) * sizes)
        self._by_bones: defaultdict[str, list[int]] = defaultdict(list)
        for place, name in enumerate(names):
            if self._lengths[place] > 1:
                self._by_bones["".join(_bones_of_word(word) for word in spelled(name).split(" "))].append(place)
        self._short: defaultdict[str, list[int]] = defaultdict(list)
        for place, letters in enumerate(self._letters):
            if len(letters) <= _SHORT_NAME:
                for less in _with_one_less(letters):
                    self._short[less].append(place)
        self._postings = {triple: np.array(places, np.int32) for triple, places in postings.items()}

    def without_vowels(self, word: str) -> list[str]:
        """Names of which only the consonants were written.

        >>> NearNames(["the matrix", "terminator"]).without_vowels("trmntr")
        ['terminator']
        """
        if len(word) < _SHORTEST_SKELETON or _VOWELS.search(word):
            return []
        return self._skeletons.get(skeleton(word), [])

    def heard(self, words: Sequence[str]) -> list[str]:
        """The names of several words that sound like these, word by word, but for vowels, and are written nearly so.

        >>> NearNames(["shark tale", "toy story"]).heard(["shark", "tail"])
        ['shark tale']
        """
        bones = "".join(map(_bones_of_word, words))
        places = self._by_bones.get(bones, ()) if len(bones) >= _FEWEST_BONES else ()
        letters = "".join(words) if places else ""
        return [
            self._names[place]
            for place in places
            if letters != self._letters[place]
            and OSA.normalized_similarity(letters, self._letters[place]) >= _LETTERS_ALIKE
        ]

    def near(self, words: Sequence[str], must: int, least: float) -> list[Near]:
        """Names that some of `words`, among them the one at `must`, equal nearly; the most alike first.

        words : folded words that stand side by side. least : how alike they must be.
        """
        places = [self._postings[one] for one in _triples(sound(spelled(" ".join(words)))) if one in self._postings]
        windows = _Windows(words)
        short = {
            place
            for less in _with_one_less(windows.of(must, 1)[: _SHORT_NAME + 1])
            for place in self._short.get(less, ())
        }
        if places:
            short.update(self._sharing(np.bincount(np.concatenate(places), minlength=len(self._names))))
        found = [near for place in short for near in self._windows(place, windows, must, least)]
        return sorted(found, key=lambda near: (-near.alike, near.name))

    def _sharing(self, shared: NDArray[np.int64]) -> list[int]:
        """The names of whose own triples the largest part is in the words, whatever else the words hold."""
        seen = np.flatnonzero(shared >= self._fewest)
        if len(seen) > _SHORTLIST:
            shares = shared[seen] / (self._sizes[seen] + 2)
            seen = seen[np.argpartition(-shares, _SHORTLIST)[:_SHORTLIST]]
        return [int(place) for place in seen]

    def _windows(self, place: int, windows: _Windows, must: int, least: float) -> list[Near]:
        """The window of words that is most like one name, if it is enough so."""
        best: Near | None = None
        length, letters = self._lengths[place], self._letters[place]
        for size in {max(1, length - 1), length, length + 1}:
            for first in range(max(0, must - size + 1), min(must, windows.count - size) + 1):
                length_written = windows.ends[first + size] - windows.ends[first]
                if abs(length_written - len(letters)) > (1 - least) * max(length_written, len(letters)) + 1:
                    continue
                written = windows.of(first, size)
                alike = OSA.normalized_similarity(written, letters, score_cutoff=_NO_SOUND_HELPS)
                if alike < _NO_SOUND_HELPS:
                    continue
                alike = _heard(alike, letters, windows.sound_of(first, size), self._sounds[place])
                if _SOUNDS_ALIKE > alike >= _LETTERS_ALIKE and windows.bones_of(first, size) == self._bones[place]:
                    alike = _SOUNDS_ALIKE
                if alike >= least and (best is None or alike > best.alike):
                    best = Near(self._names[place], first, first + size, alike)
        return [] if best is None else [best]


class _Windows:
    """The letters and the sounds of all runs of some words, each made once."""

    def __init__(self, words: Sequence[str]) -> None:
        self.count = len(words)
        self._words = [spelled(word).replace(" ", "") for word in words]
        self.ends = [0, *accumulate(map(len, self._words))]  # of each word, in letters
        self._letters: dict[tuple[int, int], str] = {}
        self._sounds: dict[tuple[int, int], str] = {}

    def of(self, first: int, size: int) -> str:
        """The letters of `size` words from `first` on, without spaces."""
        if (first, size) not in self._letters:
            self._letters[first, size] = "".join(self._words[first : first + size])
        return self._letters[first, size]

    def sound_of(self, first: int, size: int) -> str:
        """What they sound like."""
        if (first, size) not in self._sounds:
            self._sounds[first, size] = sound(self.of(first, size))
        return self._sounds[first, size]

    def bones_of(self, first: int, size: int) -> str:
        """What is left of the sounds without vowels."""
        return _bones(self.sound_of(first, size))


def likeness(written: str, name: str) -> float:
    """How alike two texts are, 0 to 1: in letters (a swap is one error), or a little less in sound.

    >>> round(likeness("sthrgate", "stargate"), 3), likeness("fite club", "fight club") > 0.9
    (0.875, True)
    """
    written, name = written.replace(" ", ""), name.replace(" ", "")
    letters = OSA.normalized_similarity(written, name)
    if len(name) < _LONG_NAME or letters < _NO_SOUND_HELPS:
        return letters
    return _heard(letters, name, sound(written), sound(name))


def _heard(letters: float, name: str, written_sound: str, name_sound: str) -> float:
    """The likeness in letters, or the one in sound where it is more."""
    if len(name) < _LONG_NAME or letters == 1:
        return letters
    sounds = OSA.normalized_similarity(written_sound, name_sound)
    return max(letters, min(sounds - 0.03, letters + _SOUND_GAIN))


def sound(text: str) -> str:
    """Letters as one hears them, without spaces: what is often confused is written one way.

    >>> sound("fight") == sound("fite"), sound("usuall") == sound("usual")
    (True, True)
    """
    text = text.replace(" ", "")
    for right, other in _SOUNDS:
        text = text.replace(right, other)
    return _DOUBLED.sub(r"\1", text)


def same_bones(one: str, other: str) -> bool:
    """Whether two words sound alike but for their vowels.

    >>> same_bones("pie", "pi"), same_bones("night", "knight"), same_bones("night", "day")
    (True, True, False)
    """
    return _bones(sound(one)) == _bones(sound(other))


def spelled(name: str) -> str:
    """The name with small numbers in letters.

    >>> spelled("snow white and the 7 dwarfs")
    'snow white and the seven dwarfs'
    """
    if not any(letter.isdigit() for letter in name):
        return name
    return " ".join(
        NUMBER_WORDS[int(word)]
        if word.isdecimal() and word.isascii() and len(word) < 3 and int(word) < len(NUMBER_WORDS)
        else word
        for word in name.split(" ")
    )


def skeleton(text: str) -> str:
    """The consonants of a text, doubles once."""
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", text.replace(" ", "")))


def _with_one_less(letters: str) -> set[str]:
    """The letters, and all forms with one of them left out: of two texts one error apart some are equal."""
    return {letters, *(letters[:place] + letters[place + 1 :] for place in range(len(letters)))}


def _bones(sounds: str) -> str:
    """The first sound, as a vowel or itself, and the consonants: "airplain" and "airplane" have the same."""
    return _DOUBLED.sub(r"\1", ("a" if sounds[:1] in "aeiouy" else sounds[:1]) + _SOFT.sub("", sounds[1:]))


@lru_cache(maxsize=16_384)  # the same words come again and again
def _bones_of_word(word: str) -> str:
    return _bones(sound(word))


def _triples(text: str) -> set[str]:
    padded = f"^{text}$"
    return {padded[place : place + 3] for place in range(len(padded) - 2)}
