"""A leaning: what a taste counts for in a list, with the words left behind."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from core.ids import MovieId
from core.taste import Means, NamedFilm, Polarity, Taste

# In ratings of ten stars. Chosen on two simulated sites (400 films, 3 a user; 3,000 films, 9.4 a user) and on
# MovieLens, where a user's four best and two worst films stood for a text. NDCG moves by less than 2 % of itself when
# any of them is halved or doubled: docs/decisions/0012.
LIKED = 1.0
DISLIKED = -0.25  # -1 is worse than 0 on MovieLens: what is disliked was chosen once, and lies near what is liked
GENRE = 2.0
QUALIFIED = 0.3  # of a genre: "silly comedies" are some of them

MOST_OF_A_NAME = 50  # films: hardly anybody made more, and the mean of so many says where the others lie

FEW_FILMS = 10  # a taste counts half when so many films are known of the user
FADED_FILMS = 30  # from here on it would be less than a fourteenth of what counts, and the trained list serves

_ONE_BY_ONE = (Means.TITLE, Means.LLM)


@dataclass(frozen=True, slots=True)
class Leaning:
    """A taste as numbers.

    `films` and `genres` have the weights that `film_weights` and `genre_weights` say, below 0 what is disliked.
    `seen` : films liked by their own names: who praises a film has seen it. `disliked` : films never to be shown.
    """

    films: tuple[MovieId, ...] = ()
    film_weights: tuple[float, ...] = ()
    genres: tuple[str, ...] = ()
    genre_weights: tuple[float, ...] = ()
    seen: tuple[MovieId, ...] = ()
    disliked: tuple[MovieId, ...] = ()

    @classmethod
    def of(cls, taste: Taste) -> Leaning:
        """What this taste counts for."""
        weights = film_weights(taste)
        genres = dict[str, float]()
        for named in taste.genres:  # "horror, but no silly horror" counts both
            weight = genre_weight(named.polarity, named.qualifier)
            genres[named.genre] = genres.get(named.genre, 0.0) + weight
        own = by_own_name(taste)
        return cls(
            films=tuple(weights),
            film_weights=tuple(weights.values()),
            genres=tuple(genres),
            genre_weights=tuple(genres.values()),
            seen=tuple(movie for movie in taste.movies(Polarity.LIKED) if movie in own),
            disliked=taste.movies(Polarity.DISLIKED),
        )

    def __bool__(self) -> bool:
        """Whether it can order films."""
        return bool(self.films or self.genres)


def counts(n_films: int) -> float:
    """How much a taste still counts for a user of whom so many films are known: 1 without any, then less, then 0.

    >>> counts(0), counts(10), counts(30)
    (1.0, 0.5, 0.0)
    """
    return 1 / (1 + n_films / FEW_FILMS) if n_films < FADED_FILMS else 0.0


def by_own_name(taste: Taste) -> frozenset[MovieId]:
    """The films that a user named by their own titles, liked or not."""
    return frozenset(film.movie for film in taste.films if film.means in _ONE_BY_ONE)


def film_weights(taste: Taste) -> Mapping[MovieId, float]:
    """What each named film counts: the films of one series or person share what one film counts.

    Of a name with very many films only the first ones count, which are the best known.
    """
    together: dict[Hashable, list[NamedFilm]] = {}
    for film in taste.films:
        named = together.setdefault(named_as(film), [])
        if len(named) < MOST_OF_A_NAME:
            named.append(film)
    return {
        film.movie: (LIKED if film.polarity is Polarity.LIKED else DISLIKED) / len(named)
        for named in together.values()
        for film in named
    }


def genre_weight(polarity: Polarity, qualifier: str) -> float:
    """What a named genre counts."""
    weight = GENRE * (QUALIFIED if qualifier else 1)
    return weight if polarity is Polarity.LIKED else -weight


def named_as(film: NamedFilm) -> Hashable:
    """What films that were named together have in common; of a film with a name of its own, the film."""
    if film.means in _ONE_BY_ONE:
        return film.movie
    return film.words, film.means is Means.PERSON, film.polarity is Polarity.LIKED  # enums are slow to hash
