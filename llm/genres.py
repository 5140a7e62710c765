"""Genres: which of the catalogue's genres a text names, and whether all of it is meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from llm.common_words import LITTLE_WORDS, is_ordinary
from llm.field_text import FieldText
from llm.near_names import likeness
from llm.words import keys_of

# Origin: genre names of MovieLens and TMDB, and the words that self-descriptions use for them; put together by hand.
# Left: all names that a catalogue may have for it. Right: what people say.
_GENRES = (
    ("Action", "action"),
    ("Adventure", "adventure, adventures, adventurous"),
    ("Animation", "animation, animations, animated, cartoons, anime"),
    ("Children; Family", "family, kids, children, childrens, kiddie, family friendly"),
    ("Comedy", "comedy, comedies, comedic, funny movies, slapstick, spoofs"),
    ("Crime", "crime, crimes, gangster, gangsters, mafia, mob, heist, heists"),
    ("Documentary", "documentary, documentaries, docs, documentarys"),
    ("Drama", "drama, dramas, melodrama, melodramas, tearjerkers"),
    ("Fantasy", "fantasy, fantasies"),
    ("Film-Noir; Noir", "film noir, noir, noirs"),
    ("History", "history, historical, histories, period pieces, costume dramas"),
    ("Horror", "horror, horrors, scary movies, scary films, slasher, slashers, gore"),
    ("Musical; Music", "musical, musicals, music"),
    ("Mystery", "mystery, mysteries, whodunit, whodunits, detective"),
    ("Romance", "romance, romances, romantic, love story, love stories, chick flicks"),
    ("Sci-Fi; Science Fiction", "sci fi, scifi, science fiction, sf, sciencefiction, space opera"),
    ("Thriller", "thriller, thrillers, suspense"),
    ("War", "war"),
    ("Western", "western, westerns, cowboy movies, cowboys"),
    ("Comedy & Romance", "rom com, rom coms, romcom, romcoms"),
)
_WORDS = {
    keys: names.split(" & ")
    for names, said in _GENRES
    for keys in (" ".join(keys_of(words)) for words in said.split(", "))
}
_LONGEST = max(words.count(" ") + 1 for words in _WORDS)
_PRAISE = frozenset(
    {
        "good", "great", "popular", "best", "made", "crafted", "regarded", "executed", "acclaimed", "rated", "highly",
        "critically", "well", "nice", "fine", "excellent", "awesome", "amazing", "fantastic", "brilliant",
        "wonderful",
        "classic", "favorite", "favourite", "top", "solid", "mainstream", "known", "big", "especially", "mostly",
        "enjoy", "enjoys", "love", "loves", "hate", "like", "likes", "dislike", "prefer", "avoid", "watch",
        "watching",
        "genre", "genres", "movie", "movies", "film", "films", "stuff", "loved", "liked", "want",
        "include", "preferred",
    }
)  # fmt: skip
_FILMS = frozenset({"films", "movies", "film", "movie", "stuff", "fare", "pictures"})
_SCORN_BEHIND = frozenset(
    {"garbage", "nonsense", "crap", "trash", "rubbish", "junk", "sequences", "cliches", "tropes", "sequels"}
)
_LEAST_LIKE, _LONG_ENOUGH = 0.75, 5
_RESTRICTION = 40  # characters of "that feel forced" that are kept


@dataclass(frozen=True, slots=True)
class GenreWords:
    """Words that name genres. genres : names as the catalogue has them. qualifier : see core.taste.NamedGenre."""

    first: int
    last: int
    genres: tuple[str, ...]
    qualifier: str


def is_genre_word(words: str) -> bool:
    """Whether these keys, in one string, are a word for a genre."""
    return words in _WORDS


@lru_cache(maxsize=4096)  # the same errors come again and again
def like_genre(plain: str) -> str | None:
    """The genre word that a misspelt word must be: "romnce", "fantacy"; None when there is none.

    >>> like_genre("fantacy"), like_genre("titanic"), like_genre("a" * 40)
    ('fantasy', None, None)
    """
    if len(plain) < _LONG_ENOUGH:
        return None
    near = (word for word in _WORDS if word[0] == plain[0] and abs(len(word) - len(plain)) <= 2)
    alike, best = max(((likeness(plain, word), word) for word in near), default=(0.0, ""))
    return best if alike >= _LEAST_LIKE else None


class Genres:
    """The genres of one catalogue."""

    def __init__(self, genres: Iterable[str]) -> None:
        self._known = frozenset(genres)

    def find(self, text: FieldText, taken: Iterable[tuple[int, int]]) -> Iterator[GenreWords]:
        """Each genre in a text, in order, outside of the spans that are already something else."""
        barred = {place for first, last in taken for place in range(first, last)}
        place = 0
        while place < len(text.words):
            found = self._at(text, place, barred)
            if found is None:
                place += 1
                continue
            yield found
            place = found.last

    def _at(self, text: FieldText, first: int, barred: set[int]) -> GenreWords | None:
        for last in range(min(first + _LONGEST, len(text.words)), first, -1):
            words = " ".join(text.keys[first:last])
            if last == first + 1 and words not in _WORDS:
                words = self._misspelt(text, first) or ""
            if (
                words in _WORDS
                and not barred.intersection(range(first, last))
                and not _says_other(text, first, words)
            ):
                names = tuple(name for group in _WORDS[words] for name in group.split("; ") if name in self._known)
                return GenreWords(first, last, names, _qualifier(text, first, last)) if names else None
        return None

    def _misspelt(self, text: FieldText, place: int) -> str | None:
        word = text.words[place]
        if word.plain in LITTLE_WORDS or not word.text.islower():
            return None
        return None if is_ordinary(word.plain) else like_genre(word.plain)


def _says_other(text: FieldText, first: int, words: str) -> bool:
    """ "My family", "it was a crime", "the children": no genre."""
    before = text.keys[first - 1] if first and not text.pauses[first] else ""
    if words == "crime" and before in {"a", "the"}:
        return True
    behind = text.keys[first + 1] if first + 1 < len(text.keys) else ""
    people = words in {"family", "kids", "children"} and before in {"my", "our", "the", "with", "his", "her", "for"}
    return people and behind not in _FILMS


def _qualifier(text: FieldText, first: int, last: int) -> str:
    """What narrows a genre: "silly" of "silly comedies", "that feel forced" behind it; praise does not."""
    before: list[str] = []
    place = first
    while place > 0 and not text.pauses[place]:
        word = text.words[place - 1]
        if word.key in LITTLE_WORDS or is_genre_word(word.key):
            break
        before.insert(0, word.plain)
        place -= 1
    narrowing = [word for word in before if word not in _PRAISE]
    if narrowing:
        return " ".join(narrowing[-2:])
    behind = last
    while (
        behind < len(text.keys) and not text.pauses[behind] and text.keys[behind] in _PRAISE | {"flicks", "comedies"}
    ):
        behind += 1
    if behind < len(text.keys) and not text.pauses[behind]:
        if text.keys[behind] in _SCORN_BEHIND:
            return text.keys[behind]
        if text.keys[behind] in {"that", "thats", "which", "who"}:
            end = next(place for place in range(behind + 1, len(text.pauses)) if text.pauses[place])
            return text.between(behind, end)[:_RESTRICTION]
    return ""
