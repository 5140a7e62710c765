"""A command-line option for faults on demand: KIND=RATE, as 429=0.1."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, TypeVar

import click

F = TypeVar("F", bound=StrEnum)


class FaultRate(click.ParamType[tuple[F, float]], Generic[F]):
    """A fault and the share of the calls that have it."""

    name = "KIND=RATE"

    def __init__(self, kinds: type[F]) -> None:
        self._kinds = kinds

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[F, float]:
        """Refuses what is no such fault and what is no number."""
        kind, _, rate = value.partition("=")
        try:
            return self._kinds(kind), float(rate)
        except ValueError:
            known = ", ".join(self._kinds)
            self.fail(f"{value!r} is no fault: give KIND=RATE, as 429=0.1, KIND one of {known}", param, ctx)
