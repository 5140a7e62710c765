"""What a user's two texts mean: the mentions found in them, and what each one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.ids import MovieId
from core.taste import Means, NamedFilm, NamedGenre, Polarity

TextField = Literal["likes", "dislikes"]
LONGEST_WORDS = 80  # characters of a mention's words in a taste, as core.taste.NamedFilm says


@dataclass(frozen=True, slots=True)
class Candidate:
    """A film that a mention could mean. `score` compares the candidates of one mention only; more is better."""

    movie: MovieId
    title: str
    year: int | None
    score: float


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a text that name films or a person.

    words : the text from `start` to `end`, in characters of that field's text.
    films : what it means, the best first; empty when it is open, or names nothing that the catalogue has.
    means : how the words became films; None without films.
    candidates : films that it could mean, the best first, at most 8.
    is_open : worth a question to a language model: films is empty, candidates are not.
    why : the reason of the decision, for people.
    """

    words: str
    text_field: TextField
    start: int
    end: int
    polarity: Polarity
    films: tuple[MovieId, ...]
    means: Means | None
    candidates: tuple[Candidate, ...]
    is_open: bool
    why: str


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """A person whom the catalogue's records know, with the films that they say the person took part in."""

    name: str
    polarity: Polarity
    films: tuple[MovieId, ...]


@dataclass(frozen=True, slots=True)
class Understanding:
    """What two texts say. Mentions are in the order in which they stand, likes first."""

    mentions: tuple[Mention, ...] = ()
    genres: tuple[NamedGenre, ...] = ()
    people: tuple[NamedPerson, ...] = ()

    def taste_films(self) -> tuple[NamedFilm, ...]:
        """Each film that is meant, once, in the order named. A film has one polarity.

        Of two mentions of one film the more particular one decides: its own title before a franchise before a
        person; of two of the same kind the one that stands first.
        """
        named: dict[MovieId, NamedFilm] = {}
        for mention in self.mentions:
            for movie in mention.films:
                assert mention.means is not None  # films come with the way in which they were found
                film = NamedFilm(movie, mention.polarity, mention.means, mention.words[:LONGEST_WORDS])
                before = named.get(movie)
                if before is None or _PARTICULAR[film.means] < _PARTICULAR[before.means]:
                    named[movie] = film
        return tuple(named.values())

    def open_mentions(self) -> tuple[Mention, ...]:
        """What a language model may be asked about."""
        return tuple(mention for mention in self.mentions if mention.is_open)


_PARTICULAR = {Means.TITLE: 0, Means.LLM: 0, Means.FRANCHISE: 1, Means.PERSON: 2}
