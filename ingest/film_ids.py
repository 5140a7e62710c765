"""The site's film ids, made from title and year."""

from __future__ import annotations

import unicodedata

from core.ids import MovieId, is_movie_id

_REPLACED = str.maketrans({",": "_", " ": "+"} | dict.fromkeys(":'\"!?&/()#$;@"))


def film_id(title: str, year: int | None) -> MovieId | None:
    """The id that the site gives to a film, or None when the title leaves nothing that could be an id.

    Lower case; accents folded away, what is then not ASCII dropped; a comma becomes `_`, a space `+`;
    the year, empty when unknown, is the last word.
    Source: the rule was derived from 4,985 ids of the site and reproduces 99.9 % of them. The site folds
    accents since 2026 and dropped accented letters before.

    >>> film_id("Léon: The Professional", 1994), film_id("Rosencrantz & Guildenstern Are Dead", None)
    ('leon+the+professional+1994', 'rosencrantz++guildenstern+are+dead+')
    """
    folded = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    words = folded.translate(_REPLACED)
    made = f"{words}+{'' if year is None else year}"
    return MovieId(made) if words and is_movie_id(made) else None
