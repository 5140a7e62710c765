"""What the simulated site can say of a service."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.tally import Totals


@dataclass(frozen=True, slots=True)
class CallerReport:
    """What the site saw of the service, and what only it can know.

    affinity, popular_affinity : mean true affinity of the films shown and of popular films instead (see `Judge`).
    unsuitable : films shown to users who are too young for them, by the truth.
    """

    totals: Totals
    visits: int
    slowest_ms: int
    affinity: float | None
    popular_affinity: float | None
    unsuitable: int
