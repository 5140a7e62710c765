"""Explanations: which of the user's own words speaks most for a film on the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cf.leaning import Leaning, film_weights, genre_weight, named_as
from cf.taste_vectors import TasteVectors
from core.ids import MovieId
from core.taste import Means, Polarity, Taste


def reasons(
    vectors: TasteVectors, taste: Taste, movies: Sequence[MovieId], titles: Mapping[MovieId, str]
) -> list[str]:
    """For each film the part of the taste that adds most to its score, as "you named Heat"; "" where none does.

    The parts add up to the score by words (`TasteVectors.says`), so what is named here is what brought the film
    forward, and not what merely resembles it. Films watched since and popularity are no part of it.
    `titles` : of the films named; one that is not there is called by the user's own words.
    """
    parts = list(_parts(taste, titles))
    if not parts:
        return [""] * len(movies)
    shares = vectors.says([leaning for _, leaning in parts], movies)
    best = shares.argmax(axis=0).tolist()
    return [parts[part][0] if shares[part, column] > 0 else "" for column, part in enumerate(best)]


def _parts(taste: Taste, titles: Mapping[MovieId, str]) -> Iterator[tuple[str, Leaning]]:
    """Each thing that was named, in words, with what it alone counts for."""
    weights = film_weights(taste)
    for together in dict.fromkeys(named_as(film) for film in taste.films):
        films = [film for film in taste.films if named_as(film) == together]
        by_words = films[0].means in (Means.FRANCHISE, Means.PERSON)
        name = films[0].words if by_words else titles.get(films[0].movie, films[0].words)
        movies = tuple(film.movie for film in films if film.movie in weights)
        liked = films[0].polarity is Polarity.LIKED
        said = f"you named {name}" if liked else f"you did not like {name}"
        yield said, Leaning(films=movies, film_weights=tuple(weights[movie] for movie in movies))
    for named in taste.genres:
        liked = named.polarity is Polarity.LIKED
        name = f"{named.qualifier} {named.genre}".strip()
        weight = genre_weight(named.polarity, named.qualifier)
        yield (
            f"you {'like' if liked else 'do not like'} {name}",
            Leaning(genres=(named.genre,), genre_weights=(weight,)),
        )
