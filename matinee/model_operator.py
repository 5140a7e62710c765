"""The model operator: releases a broken model when the timetable says so, and takes it back."""

from __future__ import annotations

import click
import numpy as np

from cf import Model, Registry, Why, broken
from cf.suitability import age_limits
from core.clock import Clock
from core.settings import Settings
from ingest import Catalogue
from matinee.live import Retraining, ServiceProcess
from simulator import BrokenForm


class ModelOperator:
    """Publishes a broken variant of the model that serves, and later that model again.

    No training may publish in between: whoever starts one asks `is_out` first.
    """

    def __init__(
        self, settings: Settings, service: ServiceProcess, retraining: Retraining, clock: Clock, seed: int
    ) -> None:
        self._settings = settings
        self._registry = Registry(settings.models)
        self._service = service
        self._retraining = retraining
        self._clock = clock
        self._seed = seed
        self._former: str | None = None

    @property
    def is_out(self) -> bool:
        """Whether a broken model serves."""
        return self._former is not None

    def __call__(self, form: BrokenForm | None) -> bool:
        """Let a broken model serve, or none any more; True when it was published. See `simulator.Operator`."""
        if form is None:
            version, self._former = self._former, None
        else:
            self._retraining.wait()  # it would publish over the broken model
            self._former = self._former or self._registry.current()
            version = None if self._former is None else self._broken(self._former, form)
        if version is None:
            return False
        reason = "the trouble is over" if form is None else f"trouble on purpose: {form}"
        self._registry.publish(version, Why(self._clock.now(), "the operator of a simulated site", reason))
        serves = self._service.wait_for(version)
        said = "the broken model is taken back" if form is None else f"a broken model ({form}) is released"
        state = "serves" if serves else "is published, but the service has ended or does not take it"
        click.echo(f"{self._clock.now():%H:%M:%S}  {said}: {version} {state}")
        return True

    def _broken(self, former: str, form: BrokenForm) -> str:
        """The version of a new, broken model."""
        return self._registry.add(self._variant(self._registry.load(former), form)).version

    def _variant(self, model: Model, form: BrokenForm) -> Model:
        match form:
            case BrokenForm.CONSTANT:
                return broken.constant(model)
            case BrokenForm.RANDOM:
                return broken.random(model, np.random.default_rng(self._seed))
            case BrokenForm.UNSUITABLE:
                limits = age_limits(Catalogue(self._settings.events_db).movies())
                return broken.unsuitable(model, np.array([limits[movie] for movie in model.movies], np.int8))
