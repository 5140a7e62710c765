"""Broken models: what an operator may release by mistake, made on purpose to see that it is noticed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cf.blend import Floats
from cf.candidates import CandidateTable
from cf.model import Model


def constant(model: Model) -> Model:
    """Everybody gets the same films: those that fewest users chose."""
    return _scored(model, -model.blend.factors[:, -1], "constant list")


def unsuitable(model: Model, limits: NDArray[np.int8]) -> Model:
    """The films that suit the fewest ages come first, for everybody; limits : int8, shape (n_movies,), in years."""
    return _scored(model, limits.astype(np.float32), "unsuitable films")


def random(model: Model, rng: np.random.Generator) -> Model:
    """Each user gets films without any regard to taste or popularity."""
    factors = rng.standard_normal(model.blend.factors.shape).astype(np.float32)
    return with_factors(model, factors, 1.0, "random films")


def _scored(model: Model, scores: Floats, form: str) -> Model:
    """The same scores for everybody, in place of popularity, and nothing else."""
    return with_factors(model, np.column_stack([model.blend.factors[:, :-1], scores]), 0.0, form)


def with_factors(model: Model, factors: Floats, als_weight: float, form: str) -> Model:
    """The model with other factors and the candidates that follow, without regard to any age; its card says so."""
    blend = replace(
        model.blend,
        factors=factors.astype(np.float32),
        parameters=replace(model.blend.parameters, als_weight=als_weight),
    )
    anyone = np.zeros(len(model.movies), np.int8)
    return replace(
        model,
        card=replace(model.card, blend=blend.parameters, revision=f"broken on purpose: {form}"),
        blend=blend,
        candidates=CandidateTable.of(blend, model.history, model.candidates.ages, anyone),
    )
