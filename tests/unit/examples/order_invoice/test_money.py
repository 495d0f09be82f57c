from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.money import DECIMAL_PLACES, Money, MoneyError, smallest_unit

currencies = st.sampled_from(sorted(DECIMAL_PLACES))


@st.composite
def amounts(draw: st.DrawFn, currency: str = "EUR") -> Money:
    return Money(amount=Decimal(draw(st.integers(-(10**12), 10**12))) * smallest_unit(currency), currency=currency)


@pytest.mark.parametrize(("currency", "unit"), [("EUR", "0.01"), ("JPY", "1"), ("KWD", "0.001")])
def test_the_smallest_unit_is_the_currencys(currency: str, unit: str) -> None:
    assert smallest_unit(currency) == Decimal(unit)


def test_an_unknown_currency_is_refused_by_name() -> None:
    with pytest.raises(MoneyError, match="'XXX' is unknown; known are BHD, CHF, EUR"):
        Money(amount=Decimal(1), currency="XXX")


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), 0.1, 1])
def test_what_is_no_finite_decimal_is_refused(amount: Decimal) -> None:
    with pytest.raises(MoneyError, match="not an exact amount"):
        Money(amount=amount, currency="EUR")


def test_a_fraction_of_the_smallest_unit_is_refused_and_rounded_says_so() -> None:
    with pytest.raises(MoneyError, match=r"0\.005 EUR is finer than 0\.01; use Money\.rounded"):
        Money(amount=Decimal("0.005"), currency="EUR")


def test_more_than_can_be_counted_exactly_is_refused() -> None:
    with pytest.raises(MoneyError, match="more money than this shop can count"):
        Money(amount=Decimal(10) ** 15, currency="EUR")


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0.005", "EUR", "0.01"),
        ("-0.005", "EUR", "-0.01"),
        ("0.0049", "EUR", "0.00"),
        ("0.5", "JPY", "1"),
        ("1.0005", "KWD", "1.001"),
    ],
)
def test_halves_are_rounded_away_from_zero_at_the_currencys_places(amount: str, currency: str, expected: str) -> None:
    assert str(Money.rounded(Decimal(amount), currency)) == f"{expected} {currency}"


def test_one_amount_has_one_form() -> None:
    assert str(Money(amount=Decimal("12.5"), currency="EUR")) == "12.50 EUR"
    assert str(Money(amount=Decimal("-0"), currency="EUR")) == "0.00 EUR"


def test_two_currencies_are_never_added() -> None:
    with pytest.raises(MoneyError, match="two currencies"):
        _ = Money.zero("EUR") + Money.zero("USD")


@given(amounts(), amounts(), amounts())
def test_addition_is_exact_and_in_any_order(a: Money, b: Money, c: Money) -> None:
    assert (a + b) + c == c + (b + a)
    assert (a + b) - b == a
    assert a + -a == Money.zero("EUR")


@given(amounts(), st.integers(0, 50))
def test_times_is_repeated_addition(a: Money, quantity: int) -> None:
    assert a.times(quantity) == Money.total([a] * quantity, "EUR")


@given(currencies, st.decimals(-(10**9), 10**9, places=6))
def test_rounding_moves_by_half_a_unit_at_most(currency: str, amount: Decimal) -> None:
    assert abs(Money.rounded(amount, currency).amount - amount) * 2 <= smallest_unit(currency)
