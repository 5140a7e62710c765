"""The truth of a world: what its users like and did. Nothing of the program under test reads it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import WorldError
from simulator.films import Films
from simulator.people import People
from simulator.viewings import Viewings

FILE = "truth.npz"


@dataclass(frozen=True)
class Truth:
    """One array entry a user, a film, or a viewing; `seen_*` is in order of start and names positions.

    A film suits a user when the user's age is at least `least_ages` of the film.
    """

    user_ids: NDArray[np.int64]
    ages: NDArray[np.int64]
    activity: NDArray[np.float64]
    user_tastes: NDArray[np.float32]
    movie_ids: NDArray[np.str_]
    nicknames: NDArray[np.str_]
    least_ages: NDArray[np.int64]
    runtimes: NDArray[np.int64]
    fame: NDArray[np.float64]
    film_tastes: NDArray[np.float32]
    seen_user: NDArray[np.int64]
    seen_film: NDArray[np.int64]
    seen_us: NDArray[np.int64]
    seen_minutes: NDArray[np.int64]
    seen_stars: NDArray[np.int64]

    @classmethod
    def of(cls, people: People, films: Films, viewings: Viewings) -> Truth:
        return cls(
            user_ids=people.ids,
            ages=people.ages,
            activity=people.activity,
            user_tastes=people.tastes,
            movie_ids=films.ids,
            nicknames=np.array(films.nicknames),
            least_ages=films.least_ages,
            runtimes=films.runtimes,
            fame=films.fame,
            film_tastes=films.tastes,
            seen_user=viewings.user,
            seen_film=viewings.film,
            seen_us=viewings.start_us,
            seen_minutes=viewings.minutes,
            seen_stars=viewings.stars,
        )

    @classmethod
    def load(cls, folder: Path) -> Truth:
        """The truth of the world in `folder`. Raises WorldError when there is none."""
        path = folder / FILE
        if not path.exists():
            raise WorldError(f"there is no world in {folder}: `matinee simulate world` makes one")
        with np.load(path, allow_pickle=False) as arrays:
            return cls(**{item.name: arrays[item.name] for item in fields(cls)})

    def save(self, folder: Path) -> None:
        arrays: dict[str, Any] = {item.name: getattr(self, item.name) for item in fields(self)}
        np.savez(folder / FILE, **arrays)

    def affinity(self, user: int, films: NDArray[np.int64]) -> NDArray[np.float32]:
        """How well each film lies to the user's taste: mean 0, standard deviation 1 over all pairs."""
        affinity: NDArray[np.float32] = self.film_tastes[films] @ self.user_tastes[user]
        return affinity

    def popular(self) -> NDArray[np.int64]:
        """Films in descending order of their viewings."""
        return np.argsort(-np.bincount(self.seen_film, minlength=len(self.movie_ids)), kind="stable")
