"""Self-descriptions: what users write of their most extreme tastes, with what they mean by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from string import Formatter
from typing import NamedTuple

from simulator.mentions import Description, Field, Kind, Mention, Polarity
from simulator.voices import Voice

SHORT, MISSPELT = 0.09, 0.03  # shares of films named by another name, with a typing error: 14 and 5 of 165 real ones
LONG_WORD = 5  # letters; shorter words are spelt right
OTHERS_NAMED = 2  # most films of the opposite polarity in a text; the less extreme ones
GENRE_WORDS = {  # other words for a genre than its own name
    "Science Fiction": ("sci-fi", "scifi", "science fiction"),
    "Animation": ("animation", "cartoons", "animated films"),
    "Documentary": ("documentaries", "documentary"),
    "Romance": ("romance", "love stories"),
    "Comedy": ("comedies", "comedy"),
    "Drama": ("dramas", "drama"),
    "Thriller": ("thrillers", "thriller"),
    "Western": ("westerns", "western"),
    "Mystery": ("mysteries", "mystery"),
    "Music": ("musicals", "music films"),
    "War": ("war films", "war"),
    "Family": ("family films", "kids films"),
    "History": ("historical films", "history"),
}
QUALIFIERS = ("silly", "cheesy", "slow", "loud", "generic", "sentimental", "obscure", "cheap")
SOUNDS = (("ph", "f"), ("ight", "ite"), ("ck", "k"), ("ie", "ei"), ("ea", "ee"), ("tion", "shun"), ("qu", "kw"))


@dataclass(frozen=True, slots=True)
class Named:
    """Several films under one name: a franchise, or the films of a person."""

    name: str
    movies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TalkedOf:
    """A film as people talk of it.

    movies : its id, then those of other films with the same title. also : what people say instead of the title and
    mean no other film. people : who directed it and plays in it.
    """

    title: str
    movies: tuple[str, ...]
    also: tuple[str, ...] = ()
    series: Named | None = None
    people: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaning:
    """What a user likes best, or least: films and genres, the most extreme first."""

    films: Sequence[TalkedOf]
    genres: Sequence[str]


class _Reference(NamedTuple):
    """Something that fills a slot: how it may be said, and what is meant."""

    text: str
    polarity: Polarity
    kind: Kind
    name: str
    movies: tuple[str, ...] = ()


_Stock = dict[str, list[_Reference]]  # by slot, what comes first is said first


def describe(liked: Leaning, disliked: Leaning, phantoms: Sequence[str], voice: Voice, rng: Random) -> Description:
    """A user's two texts in a voice. phantoms : titles of films that do not exist, one for each text at most."""
    likes_stock = _stock(liked, disliked, Polarity.LIKE, phantoms[:1], rng)
    dislikes_stock = _stock(disliked, liked, Polarity.DISLIKE, phantoms[1:], rng)
    likes, in_likes = _compose(Field.LIKES, likes_stock, voice, rng)
    dislikes, in_dislikes = _compose(Field.DISLIKES, dislikes_stock, voice, rng)
    return Description(likes, dislikes, (*in_likes, *in_dislikes))


def misspell(word: str, rng: Random) -> str:
    """The word with one typing error: as it sounds, a letter lost, doubled, or in the wrong place.

    >>> misspell("fight", Random(1)), misspell("it", Random(1))
    ('fite', 'it')
    """
    if len(word) < LONG_WORD or not word.isalpha():
        return word
    sounds = [(right, wrong) for right, wrong in SOUNDS if right in word]
    if sounds:
        right, wrong = rng.choice(sounds)
        return word.replace(right, wrong, 1)
    place = rng.randrange(1, len(word) - 1)
    return rng.choice((word[:place] + word[place + 1 :], word[:place] + word[place] + word[place:]))


def _stock(own: Leaning, other: Leaning, polarity: Polarity, phantoms: Sequence[str], rng: Random) -> _Stock:
    """What fills each slot of a text whose own polarity this is."""
    genres = [_Reference(_genre_words(genre, rng), polarity, Kind.GENRE, genre) for genre in own.genres]
    some = [
        _Reference(f"{rng.choice(QUALIFIERS)} {_genre_words(genre, rng)}", polarity, Kind.QUALIFIED_GENRE, genre)
        for genre in reversed(own.genres)
    ]
    series = _once(film.series for film in own.films if film.series)
    people = _once(rng.choice(film.people) for film in own.films if film.people)
    return {
        "film": [_film(film, polarity, rng) for film in own.films],
        "other": [_film(film, polarity.opposite, rng) for film in other.films[-OTHERS_NAMED:]],
        "series": [_Reference(one.name, polarity, Kind.FRANCHISE, one.name, one.movies) for one in series],
        "genre": genres,
        "some": some,
        "person": [_Reference(one.name, polarity, Kind.PERSON, one.name, one.movies) for one in people],
        "phantom": [_Reference(title, polarity, Kind.NOTHING, title) for title in phantoms],
    }


def _once(names: Iterable[Named]) -> Iterable[Named]:
    """Each name once, told apart by the name alone: the films of a person are hundreds, and slow to hash."""
    return {one.name: one for one in names}.values()


def _film(film: TalkedOf, polarity: Polarity, rng: Random) -> _Reference:
    chance = rng.random()
    text = film.title
    if chance < SHORT:
        text = rng.choice(film.also or (film.title,))
    elif chance < SHORT + MISSPELT:
        text = " ".join(misspell(word, rng) for word in film.title.split(" "))
    return _Reference(text, polarity, Kind.TITLE, film.title, film.movies)


def _genre_words(genre: str, rng: Random) -> str:
    return rng.choice(GENRE_WORDS.get(genre, (genre.lower(),)))


def _compose(field: Field, stock: _Stock, voice: Voice, rng: Random) -> tuple[str, list[Mention]]:
    """Sentences in any order until the voice has said enough, without those too long or with nothing to fill in."""
    templates, (shortest, longest) = (
        (voice.likes, voice.likes_length) if field is Field.LIKES else (voice.dislikes, voice.dislikes_length)
    )
    wanted = rng.randint(*voice.sentences)
    text, mentions, said = "", list[Mention](), 0
    for template in rng.sample(templates, len(templates)):
        if said >= wanted and len(text) >= shortest:
            break
        sentence = _say(template, field, stock, voice, rng)
        if sentence is None or len(text) + len(sentence[0]) >= longest:
            continue
        text = f"{text} {sentence[0]}" if text else sentence[0]
        mentions += sentence[1]
        said += 1
        for slot, count in _slots(template).items():
            del stock[slot][:count]
    return text, mentions


def _say(template: str, field: Field, stock: _Stock, voice: Voice, rng: Random) -> tuple[str, list[Mention]] | None:
    """One sentence with what it mentions; None when a slot has no filling left."""
    if any(len(stock[slot]) < count for slot, count in _slots(template).items()):
        return None
    fillings = {slot: iter(stock[slot]) for slot in _slots(template)}
    text, mentions = "", list[Mention]()
    for literal, slot in _pieces(template):
        text += _spell(literal if text else _capital(literal), voice, rng)
        if slot:
            one = next(fillings[slot])
            words = _spell(one.text if text else _capital(one.text), voice, rng)
            text += words
            mentions.append(Mention(words, field, one.polarity, one.kind, one.name, one.movies))
    return text, mentions


@cache
def _pieces(template: str) -> tuple[tuple[str, str], ...]:
    """(words, slot after them) from left to right; the slot is empty where only words are left."""
    return tuple((literal, slot or "") for literal, slot, _, _ in Formatter().parse(template))


@cache
def _slots(template: str) -> Counter[str]:
    """How often each slot stands in a template."""
    return Counter(slot for _, slot in _pieces(template) if slot)


def _spell(text: str, voice: Voice, rng: Random) -> str:
    if voice.misspelt:
        text = " ".join(misspell(word, rng) if rng.random() < voice.misspelt else word for word in text.split(" "))
    return voice.case(text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
