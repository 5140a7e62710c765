"""A command-line option that is a number, and neither infinite nor NaN."""

from __future__ import annotations

from math import isfinite
from typing import Any

import click


class FiniteRange(click.FloatRange):
    """A range of numbers that are some."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Refuses what is outside of the range, and what compares with nothing."""
        number: float = super().convert(value, param, ctx)
        if not isfinite(number):
            self.fail(f"{value} is refused: give a finite number", param, ctx)
        return number
