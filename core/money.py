"""Money as integer minor units with its unit; never a float, never a bare number."""

from __future__ import annotations

from msgspec import Struct

MINOR_DIGITS = {"USD": 2, "EUR": 2, "GBP": 2, "XTR": 0}
MOST = 100_000_000
"""The largest amount that anything of ours costs, minor units; more is a slip of the keys."""
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}


class Money(Struct, frozen=True):
    """An amount in the unit's smallest part: cents for `USD`, whole Stars for `XTR`."""

    amount: int
    unit: str

    def __str__(self) -> str:
        """Write the amount as a person reads it: `$9.99`, `250 Stars`."""
        if self.unit == "XTR":
            return f"{self.amount} Stars"
        digits = MINOR_DIGITS.get(self.unit, 2)
        whole, part = divmod(abs(self.amount), 10**digits)
        number = f"{whole}.{part:0{digits}d}" if digits else str(whole)
        symbol = SYMBOLS.get(self.unit)
        return ("-" if self.amount < 0 else "") + (f"{symbol}{number}" if symbol else f"{number} {self.unit}")
