"""Trainers: every model behind one protocol, with the parameters that it is fitted with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cf.als import Als, AlsParameters
from cf.biases import Biases
from cf.blend import Axes, Blend, BlendParameters
from cf.interactions import Interactions
from cf.linear import Linear, LinearParameters
from cf.lists import Scorer
from cf.neighbours import ItemNeighbours, NeighbourParameters
from cf.popularity import Popularity


class Trainer(Protocol):
    """Makes a model of interactions. Equal interactions and seed give an equal model. It can be pickled."""

    def fit(self, interactions: Interactions, seed: int) -> Scorer:
        """The fitted model, which can be judged and served from."""
        ...


@dataclass(frozen=True)
class PopularityTrainer:
    """The same list for everyone, of what was chosen lately."""

    half_life_days: float | None

    def fit(self, interactions: Interactions, seed: int) -> Popularity:  # noqa: ARG002  a Trainer
        """Nothing of it depends on the seed."""
        return Popularity.of(interactions, self.half_life_days)


@dataclass(frozen=True)
class NeighbourTrainer:
    """Item neighbours."""

    neighbours: NeighbourParameters

    def fit(self, interactions: Interactions, seed: int) -> ItemNeighbours:  # noqa: ARG002  a Trainer
        """Nothing of it depends on the seed."""
        return ItemNeighbours.of(interactions.history(), len(interactions.movies), self.neighbours)


@dataclass(frozen=True)
class AlsTrainer:
    """ALS by itself."""

    als: AlsParameters

    def fit(self, interactions: Interactions, seed: int) -> Als:
        """The factors of users and films."""
        return Als.fit(interactions.history(), len(interactions.movies), self.als, seed)


@dataclass(frozen=True)
class BlendTrainer:
    """What serves: the axes of ALS, anchored on recent popularity."""

    als: AlsParameters
    blend: BlendParameters

    def fit(self, interactions: Interactions, seed: int) -> Blend:
        """The blend of a fit of ALS and of popularity."""
        axes = Axes.of(Als.fit(interactions.history(), len(interactions.movies), self.als, seed).movies)
        return Blend.of(axes, Popularity.of(interactions, self.blend.half_life_days).score, self.blend)


@dataclass(frozen=True)
class LinearTrainer:
    """The linear item model."""

    linear: LinearParameters

    def fit(self, interactions: Interactions, seed: int) -> Linear:  # noqa: ARG002  a Trainer
        """Nothing of it depends on the seed."""
        popularity = Popularity.of(interactions, self.linear.half_life_days).score
        return Linear.of(interactions.history(), popularity, self.linear)


@dataclass(frozen=True)
class BiasTrainer:
    """Rating biases."""

    def fit(self, interactions: Interactions, seed: int) -> Biases:  # noqa: ARG002  a Trainer
        """Nothing of it depends on the seed."""
        return Biases.of(interactions)
