"""Money: whole billionths of a dollar, so that sums in SQL are exact."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from core.errors import NotMoney

NANO_PER_USD = 1_000_000_000
_LARGEST_USD = 9_000_000_000  # an SQLite INTEGER holds 9.22e18 billionths


@dataclass(frozen=True, order=True, slots=True)
class Usd:
    """An amount of US dollars in whole billionths. Never a float, never negative zero."""

    nano: int

    @classmethod
    def parse(cls, text: str) -> Usd:
        """The amount that `text` names, rounded half to even at the ninth digit.

        Raises NotMoney for anything but a finite, non-negative decimal number.

        >>> Usd.parse("0.07611307")
        Usd(nano=76113070)
        >>> Usd.parse("NaN")
        Traceback (most recent call last):
        core.errors.NotMoney: 'NaN' is no amount: a finite decimal number of dollars from 0 up is needed
        """
        try:
            amount = Decimal(text.strip())
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or not 0 <= amount <= _LARGEST_USD:
            raise NotMoney(f"{text[:40]!r} is no amount: a finite decimal number of dollars from 0 up is needed")
        return cls(int((amount * NANO_PER_USD).to_integral_value(ROUND_HALF_EVEN)))

    def __add__(self, other: Usd) -> Usd:
        return Usd(self.nano + other.nano)

    def __sub__(self, other: Usd) -> Usd:
        return Usd(self.nano - other.nano)

    def __str__(self) -> str:
        """Dollars with all nine digits that count, at least two shown.

        >>> str(Usd(76113070)), str(Usd(2_500_000_000))
        ('0.07611307', '2.50')
        """
        sign = "-" if self.nano < 0 else ""
        whole, part = divmod(abs(self.nano), NANO_PER_USD)
        digits = f"{part:09d}"
        return f"{sign}{whole}.{digits[:2]}{digits[2:].rstrip('0')}"
