"""A model: all that serving needs, as it was trained."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cf.als import AlsParameters
from cf.blend import Blend, BlendParameters
from cf.candidates import CandidateTable
from cf.interactions import History
from core.ids import MovieId, UserId


@dataclass(frozen=True)
class Validation:
    """What chose the parameters: NDCG at 20 on validation users, of popularity and of the blend."""

    split: str
    users: int
    popularity_ndcg: float
    blend_ndcg: float


@dataclass(frozen=True)
class Card:
    """Where a model comes from. Equal data, code and seed give an equal card.

    `version` is the day of the last event and the first digits of a hash of everything else on the card.
    `batch` is the number of the last batch of events that was read, as the store with the id `store` counts them;
    the id is random and no part of the hash. `files` maps names to sha256.
    """

    version: str
    data_id: str
    store: str
    batch: int
    interactions: int
    users: int
    movies: int
    unknown_movies: int  # films in the events that the catalogue does not know: they took no part
    unknown_interactions: int  # with these films
    first_us: int
    last_us: int
    seed: int
    stars_max: int
    als: AlsParameters
    blend: BlendParameters
    validation: Validation
    libraries: dict[str, str]
    revision: str  # of the code, empty when it is not known
    files: dict[str, str]


@dataclass(frozen=True)
class Model:
    """A trained blend with its users, their histories and their candidates. Never changed once made."""

    card: Card
    users: NDArray[np.int64]  # ids, ascending
    movies: tuple[MovieId, ...]  # ids, ascending
    blend: Blend
    history: History
    candidates: CandidateTable

    @cached_property
    def index(self) -> dict[MovieId, int]:
        """Where each film stands in `movies`."""
        return {movie: index for index, movie in enumerate(self.movies)}

    @cached_property
    def by_popularity(self) -> tuple[MovieId, ...]:
        """All films, the most popular first."""
        order = np.argsort(-self.blend.factors[:, -1], kind="stable")
        return tuple(self.movies[index] for index in order.tolist())

    def row(self, user: UserId) -> int | None:
        """The row of a user, None when the model does not know the user."""
        at = int(self.users.searchsorted(user))
        return at if at < len(self.users) and self.users[at] == user else None

    def films_of(self, row: int) -> list[MovieId]:
        """The films of a user's history, oldest first."""
        start, end = self.history.start[row : row + 2].tolist()
        return [self.movies[index] for index in self.history.movies[start:end].tolist()]
