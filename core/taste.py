"""A taste: what a new user's own words say of films, genres and people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.ids import MovieId, UserId


class Polarity(StrEnum):
    """What the user thinks of something."""

    LIKED = "liked"
    DISLIKED = "disliked"

    @property
    def opposite(self) -> Polarity:
        """The other one."""
        return Polarity.DISLIKED if self is Polarity.LIKED else Polarity.LIKED


class Means(StrEnum):
    """How words became films."""

    TITLE = "title"  # one film, found by its title
    FRANCHISE = "franchise"  # all films of a series
    PERSON = "person"  # films that the catalogue says a person took part in
    LLM = "llm"  # a language model chose among the candidates of the title search


@dataclass(frozen=True, slots=True)
class NamedFilm:
    """A film that a user means, with the words that named it (masked, at most 80 characters)."""

    movie: MovieId
    polarity: Polarity
    means: Means
    words: str


@dataclass(frozen=True, slots=True)
class NamedGenre:
    """A genre of the catalogue that a user likes or dislikes.

    `qualifier`: "silly" in "silly comedies", where not all comedies are meant; empty when the genre as such is.
    """

    genre: str
    polarity: Polarity
    qualifier: str = ""


@dataclass(frozen=True, slots=True)
class Taste:
    """What one user's texts say, as far as it was understood. A film has one polarity only.

    open : how many mentions nobody could resolve (films that the catalogue does not have are not open).
    maker : what understood it, as "titles" or the model that answered, for provenance.
    prompt : name, version and hash of the prompt file, empty without an LLM.
    text_hash : sha256 of the normalised texts, so that a changed record is noticed.
    """

    user: UserId
    made: datetime
    films: tuple[NamedFilm, ...] = ()
    genres: tuple[NamedGenre, ...] = ()
    open: int = 0
    maker: str = "titles"
    prompt: str = ""
    text_hash: str = ""

    def movies(self, polarity: Polarity) -> tuple[MovieId, ...]:
        """The films of one polarity, in the order in which they were named."""
        return tuple(film.movie for film in self.films if film.polarity is polarity)
