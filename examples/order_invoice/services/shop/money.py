"""Money: an exact amount in one currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

DECIMAL_PLACES = {"BHD": 3, "CHF": 2, "EUR": 2, "GBP": 2, "JPY": 0, "KWD": 3, "USD": 2}
"""How many decimal places a currency has (ISO 4217)."""

_MOST_DIGITS = 15  # leaves room in the 28 digits that Decimal computes with exactly


class MoneyError(ValueError):
    """Money that cannot be: an unknown currency, a fraction of the smallest coin, two currencies in one sum."""


def smallest_unit(currency: str) -> Decimal:
    """Give the smallest amount of a currency: ``0.01`` of EUR, ``1`` of JPY.

    :raises MoneyError: the currency is unknown.
    """
    places = DECIMAL_PLACES.get(currency)
    if places is None:
        raise MoneyError(f"the currency {currency!r} is unknown; known are {', '.join(sorted(DECIMAL_PLACES))}")
    return Decimal(1).scaleb(-places)


def _check(amount: Decimal) -> None:
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise MoneyError(f"{amount!r} is not an exact amount; pass a finite Decimal")
    if amount.adjusted() >= _MOST_DIGITS:
        raise MoneyError(
            f"{amount:.3e} is more money than this shop can count; it takes {_MOST_DIGITS} digits before the point"
        )


@dataclass(frozen=True, kw_only=True)
class Money:
    """An amount of whole smallest units in one currency; arithmetic between currencies is an error.

    :param amount: a ``Decimal``; a float is refused, since 0.1 is not one.
    :param currency: ISO 4217.
    :raises MoneyError: the amount is no finite ``Decimal``, or has a fraction that the currency does not know.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        unit = smallest_unit(self.currency)
        _check(self.amount)
        exact = self.amount.quantize(unit, rounding=ROUND_HALF_UP)
        if exact != self.amount:
            raise MoneyError(f"{self.amount} {self.currency} is finer than {unit}; use Money.rounded")
        # One amount has one form (12.5 becomes 12.50), so that it is stored, printed and hashed as one. Zero has no
        # sign.
        object.__setattr__(self, "amount", exact or abs(exact))

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> Money:
        """Round to the currency's smallest unit, halves away from zero, as invoices do."""
        _check(amount)
        return cls(amount=amount.quantize(smallest_unit(currency), rounding=ROUND_HALF_UP), currency=currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Give no money, in a currency."""
        return cls(amount=Decimal(0), currency=currency)

    @classmethod
    def total(cls, parts: Iterable[Money], currency: str) -> Money:
        """Add up; nothing at all is zero of ``currency``."""
        return sum(parts, cls.zero(currency))

    def __add__(self, other: Money) -> Money:
        return Money(amount=self.amount + self._same_currency(other), currency=self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(amount=self.amount - self._same_currency(other), currency=self.currency)

    def __neg__(self) -> Money:
        return Money(amount=-self.amount, currency=self.currency)

    def times(self, quantity: int) -> Money:
        """Multiply by a number of pieces: exact."""
        return Money(amount=self.amount * quantity, currency=self.currency)

    def share(self, rate: Decimal) -> Money:
        """Take a share, such as a tax rate of ``Decimal("0.19")``: rounded once."""
        return Money.rounded(self.amount * rate, self.currency)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def _same_currency(self, other: Money) -> Decimal:
        if other.currency != self.currency:
            raise MoneyError(f"{self} and {other} are of two currencies; convert one of them first")
        return other.amount
