"""A small catalogue of well-known films for tests of what texts mean."""

from __future__ import annotations

from core.ids import MovieId
from core.movie import Movie
from ingest.film_ids import film_id

_FILMS = (
    ("Heat", 1995, 1000, "Action|Crime"),
    ("The Heat", 2013, 100, "Comedy"),
    ("Casino", 1995, 800, "Crime|Drama"),
    ("Pulp Fiction", 1994, 3000, "Crime|Drama"),
    ("The Shawshank Redemption", 1994, 3100, "Crime|Drama"),
    ("Fight Club", 1999, 2100, "Drama|Thriller"),
    ("Titanic", 1997, 1400, "Drama|Romance"),
    ("Titanic", 1953, 9, "Drama"),
    ("Alien", 1979, 1460, "Horror|Sci-Fi"),
    ("Aliens", 1986, 1260, "Action|Sci-Fi"),
    ("Gladiator", 2000, 1700, "Action|Drama"),
    ("The Matrix", 1999, 2780, "Action|Sci-Fi"),
    ("Terminator 2: Judgment Day", 1991, 2240, "Action|Sci-Fi"),
    ("The Terminator", 1984, 1310, "Action|Sci-Fi"),
    ("Star Wars: Episode IV - A New Hope", 1977, 2510, "Action|Sci-Fi"),
    ("Star Wars: Episode V - The Empire Strikes Back", 1980, 2110, "Action|Sci-Fi"),
    ("Star Wars: Episode VI - Return of the Jedi", 1983, 1960, "Action|Sci-Fi"),
    ("The Godfather", 1972, 1920, "Crime|Drama"),
    ("The Godfather: Part II", 1974, 1290, "Crime|Drama"),
    ("Harry Potter and the Philosopher's Stone", 2001, 1070, "Children|Fantasy"),
    ("Harry Potter and the Chamber of Secrets", 2002, 1020, "Children|Fantasy"),
    ("Harry Potter and the Prisoner of Azkaban", 2004, 930, "Children|Fantasy"),
    ("The Lord of the Rings: The Fellowship of the Ring", 2001, 1980, "Adventure|Fantasy"),
    ("The Lord of the Rings: The Two Towers", 2002, 1880, "Adventure|Fantasy"),
    ("Saving Private Ryan", 1998, 1880, "Action|Drama|War"),
    ("Twelve Monkeys (a.k.a. 12 Monkeys)", 1995, 1770, "Sci-Fi|Thriller"),
    ("Seven (a.k.a. Se7en)", 1995, 2030, "Mystery|Thriller"),
    ("Amelie (Fabuleux destin d'Amélie Poulain, Le)", 2001, 1200, "Comedy|Romance"),
    ("Dumb & Dumber", 1994, 1330, "Comedy"),
    ("The Silence of the Lambs", 1991, 2790, "Crime"),
    ("The Haunting", 1999, 300, "Horror|Thriller"),
    ("The Haunting", 1963, 210, "Horror"),
    ("Stargate", 1994, 1000, "Action|Sci-Fi"),
    ("Braveheart", 1995, 2370, "Action|Drama|War"),
    ("M", 1931, 300, "Crime"),
    ("Love", 2015, 40, "Drama"),
    ("21", 2008, 300, "Crime|Drama"),
    ("Big", 1988, 900, "Comedy"),
    ("Crash", 2004, 1000, "Crime|Drama"),
    ("Kids", 1995, 200, "Drama"),
    ("The War", 1994, 50, "Drama|War"),
    ("Speed", 1994, 1710, "Action|Romance|Thriller"),
    ("The Exorcist", 1973, 600, "Horror|Mystery"),
    ("Grease", 1978, 700, "Comedy|Musical|Romance"),
    ("E.T. the Extra-Terrestrial", 1982, 1220, "Children|Sci-Fi"),
    ("Nikita (La Femme Nikita)", 1990, 480, "Action|Crime"),
)


def well_known_films() -> list[Movie]:
    """The films, with ids by the rule of the site and with votes."""
    return [
        Movie(MovieId(film_id(title.split(" (")[0], year) or ""), title, year, tuple(genres.split("|")), votes=votes)
        for title, year, votes, genres in _FILMS
    ]
