"""Understands what new users write, without a language model: by titles, people, genres and words of liking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import median_low

from core.movie import Movie
from core.taste import Means, NamedGenre, Polarity
from llm.field_text import FieldText
from llm.finder import Finder
from llm.genres import Genres, GenreWords
from llm.people import People
from llm.polarity import Leanings
from llm.resolver import MOST_CANDIDATES, Resolver
from llm.spot import Spot
from llm.titles import Titles
from llm.understanding import Candidate, Mention, NamedPerson, TextField, Understanding
from llm.verdict import Verdict

LONGEST_TEXT = 4_000  # characters that are read of each text; real ones have at most 428


class Understander:
    """Reads texts by the films of one catalogue. Thread-safe: reading changes nothing."""

    def __init__(self, titles: Titles, people: People, genres: Genres) -> None:
        self._titles = titles
        self._people = people
        self._genres = genres
        self._finder = Finder(Resolver(titles))

    @classmethod
    def of(cls, movies: Iterable[Movie]) -> Understander:
        """One for these films; some seconds for 27,000."""
        films = list(movies)
        return cls(Titles(films), People(films), Genres(genre for movie in films for genre in movie.genres))

    def read(self, likes: str, dislikes: str) -> Understanding:
        """What two texts mean. Never raises: strangers wrote them. Behind 4,000 characters nothing is read."""
        parts = [
            self._read(FieldText(likes[:LONGEST_TEXT]), "likes", Polarity.LIKED),
            self._read(FieldText(dislikes[:LONGEST_TEXT]), "dislikes", Polarity.DISLIKED),
        ]
        return Understanding(
            mentions=tuple(mention for part in parts for mention in part.mentions),
            genres=_once(genre for part in parts for genre in part.genres),
            people=tuple(person for part in parts for person in part.people),
        )

    def _read(self, text: FieldText, field: TextField, polarity: Polarity) -> Understanding:
        people = [
            Spot(first, last, self._person(name, films)) for first, last, name, films in self._people.find(text, ())
        ]
        spots = self._finder.find(text, [(spot.first, spot.last) for spot in people])
        spots = sorted([*self._of_usual_years(text, spots), *people], key=lambda spot: spot.first)
        genres = list(self._genres.find(text, [(spot.first, spot.last) for spot in spots]))
        spans = [(spot.first, spot.last) for spot in spots] + [(genre.first, genre.last) for genre in genres]
        leanings = Leanings(text, polarity, spans)
        mentions = [self._mention(text, field, spot, *leanings.of((spot.first, spot.last))) for spot in spots]
        named = [
            NamedPerson(mention.words, mention.polarity, mention.films)
            for mention in mentions
            if mention.means is Means.PERSON
        ]
        return Understanding(tuple(mentions), _genres_of(genres, leanings), tuple(named))

    def _person(self, name: str, films: Sequence[int]) -> Verdict:
        ordered = sorted(films, key=lambda place: -self._titles.fame[place])
        scored = tuple((place, self._titles.fame[place]) for place in ordered[:MOST_CANDIDATES])
        return Verdict(f"{name} took part in these films", tuple(ordered), Means.PERSON, scored)

    def _of_usual_years(self, text: FieldText, spots: Sequence[Spot]) -> list[Spot]:
        """The same mentions, where several films of one title are told apart by the years of the others."""
        titles = [spot for spot in spots if spot.verdict.means is Means.TITLE]
        years = [year for spot in titles if (year := self._titles.movies[spot.verdict.films[0]].year) is not None]
        if len(years) < 2:
            return list(spots)
        usual = median_low(years)
        return [
            replace(spot, verdict=self._finder.again(text, spot, usual))
            if spot.verdict.means is Means.TITLE and len(spot.verdict.candidates) > 1
            else spot
            for spot in spots
        ]

    def _mention(self, text: FieldText, field: TextField, spot: Spot, polarity: Polarity, leaning: str) -> Mention:
        verdict = spot.verdict
        movies = self._titles.movies
        return Mention(
            words=text.between(spot.first, spot.last),
            text_field=field,
            start=text.words[spot.first].start,
            end=text.words[spot.last - 1].end,
            polarity=polarity,
            films=tuple(movies[place].id for place in verdict.films),
            means=verdict.means,
            candidates=tuple(
                Candidate(movies[place].id, movies[place].title, movies[place].year, round(score, 3))
                for place, score in verdict.candidates[:MOST_CANDIDATES]
            ),
            is_open=verdict.is_open,
            why=f"{verdict.why}; {leaning}",
        )


def _genres_of(found: Iterable[GenreWords], leanings: Leanings) -> tuple[NamedGenre, ...]:
    return tuple(
        NamedGenre(genre, leanings.of((words.first, words.last))[0], words.qualifier)
        for words in found
        for genre in words.genres
    )


def _once(genres: Iterable[NamedGenre]) -> tuple[NamedGenre, ...]:
    """Each genre once a polarity; that all of it is meant counts more than that some of it is."""
    named: dict[tuple[str, Polarity], NamedGenre] = {}
    for genre in genres:
        key = (genre.genre, genre.polarity)
        if key not in named or not genre.qualifier:
            named[key] = genre
    return tuple(named.values())
