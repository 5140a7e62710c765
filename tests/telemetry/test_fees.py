from __future__ import annotations

from datetime import UTC, datetime

from core.clock import ManualClock
from core.errors import StoreError
from core.money import Usd
from telemetry import Fees
from telemetry.fees import FRESH_S
from telemetry.metrics import PLACES


class Catalogue:
    """Tells its fees, or fails."""

    def __init__(self) -> None:
        self.fees = {"heat+1995": Usd(1)}
        self.broken = False
        self.asked = 0

    def read(self):
        self.asked += 1
        if self.broken:
            raise StoreError("no store")
        return dict(self.fees)


def test_fees_are_read_again_when_they_are_old(metrics):
    catalogue, clock = Catalogue(), ManualClock(datetime(2026, 11, 20, tzinfo=UTC))
    fees = Fees(catalogue.read, clock, metrics)
    assert catalogue.asked == 0, "not before they are needed"
    assert fees() == {"heat+1995": Usd(1)}
    catalogue.fees["heat+1995"] = Usd(2)
    assert fees() == {"heat+1995": Usd(1)}
    clock.sleep(FRESH_S)
    assert fees() == {"heat+1995": Usd(2)}
    assert catalogue.asked == 2


def test_fees_stay_when_they_can_not_be_read_and_the_failure_is_counted(metrics):
    catalogue, clock = Catalogue(), ManualClock(datetime(2026, 11, 20, tzinfo=UTC))
    fees = Fees(catalogue.read, clock, metrics)
    fees()
    catalogue.broken = True
    clock.sleep(FRESH_S)
    assert fees() == {"heat+1995": Usd(1)}
    assert metrics._cells[PLACES["matinee_errors_total", ("fees",)]] == 1
    clock.sleep(FRESH_S / 2)
    fees()
    assert catalogue.asked == 2, "not tried at every batch"
