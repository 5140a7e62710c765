"""Credits: who directed films and who plays in them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FIRST_NAMES = (
    "Alma", "Bruno", "Carla", "Daniel", "Edith", "Farid", "Gloria", "Henri", "Irene", "Jakob", "Keiko", "Lorenzo",
    "Mina", "Nils", "Olga", "Pablo", "Ruth", "Samir", "Thea", "Umberto", "Vera", "Walter", "Xenia", "Yusuf",
)  # fmt: skip
SURNAMES = (
    "Abendroth", "Bellamy", "Castellan", "Dvorny", "Eastlake", "Fairweather", "Garrido", "Hallström", "Ishimura",
    "Jarrow", "Kowalczyk", "Lindqvist", "Marchetti", "Novotna", "Okonjo", "Pemberley", "Quillfeather", "Rosenthal",
    "Sandoval", "Tremaine", "Ulveson", "Valcourt", "Wexford", "Yarborough", "Zielinska", "Ashgrove", "Brandauer",
    "Calloway", "Delacour", "Estévez", "Fontaine", "Grimaldi", "Hawthorn", "Ivarsson", "Jessop", "Krämer",
)  # fmt: skip
CREDITED = 4  # director, then up to three actors
WITHOUT_THIRD = 0.4  # share of films with two actors
SKEW = 2.0  # the power that makes a few names common: the first tenth of them has a third of the credits


def invent_credits(origins: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.str_]:
    """Names, shape (n_films, CREDITED): the director, two actors, and a third one or "".

    origins : int, shape (n_films,): the earlier film that a film follows, or its own place; director and first
    actors are those of that film. Nobody is named twice for one film.
    """
    names = np.array([f"{first} {last}" for first in FIRST_NAMES for last in SURNAMES])
    names = rng.permutation(names)
    credited = _draw(len(origins), len(names), rng)
    credited[:, :-1] = credited[origins, :-1]
    while (doubled := (credited[:, :-1] == credited[:, -1:]).any(axis=1)).any():
        credited[doubled, -1] = _draw(int(doubled.sum()), len(names), rng)[:, -1]
    named = names[credited]
    named[rng.random(len(origins)) < WITHOUT_THIRD, -1] = ""
    return named


def _draw(count: int, n_names: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Places of names, shape (count, CREDITED), without doubles in a row."""
    drawn = (n_names * rng.random((count, CREDITED)) ** SKEW).astype(np.int64)
    while (doubled := (np.diff(np.sort(drawn, axis=1), axis=1) == 0).any(axis=1)).any():
        drawn[doubled] = (n_names * rng.random((int(doubled.sum()), CREDITED)) ** SKEW).astype(np.int64)
    return drawn
