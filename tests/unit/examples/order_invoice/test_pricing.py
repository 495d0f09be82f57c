from __future__ import annotations

from decimal import Decimal
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.catalogue import ARTICLES, TAX_RATES
from orders.new_order import Country, Currency, NewOrder, NewOrderLine
from orders.pricing import UnknownArticleError, price
from shop.money import Money
from tests.unit.examples.order_invoice.samples import new_order

orders = st.builds(
    NewOrder,
    customer=st.just("Ada"),
    country=st.sampled_from(get_args(Country)),
    currency=st.sampled_from(get_args(Currency)),
    lines=st.lists(
        st.builds(NewOrderLine, sku=st.sampled_from(sorted(ARTICLES)), quantity=st.integers(1, 1000)),
        min_size=1,
        max_size=50,
    ),
)


def _amounts(order: NewOrder) -> list[str]:
    priced = price(order)
    return [str(money.amount) for money in (priced.subtotal, priced.discount, priced.tax, priced.total)]


def test_a_small_order_has_tax_and_no_discount() -> None:
    assert _amounts(new_order(sku="LAMP-01", quantity=2)) == ["98.00", "0.00", "18.62", "116.62"]


def test_ten_of_one_article_cost_a_tenth_less() -> None:
    assert _amounts(new_order(sku="LAMP-01", quantity=10)) == ["490.00", "49.00", "83.79", "524.79"]
    assert price(new_order(sku="LAMP-01", quantity=9)).discount == Money.zero("EUR")


def test_yen_have_no_fraction() -> None:
    assert _amounts(new_order(sku="BOOK-001", quantity=1, country="JP", currency="JPY")) == ["5480", "0", "438", "5918"]


def test_each_rate_is_rounded_once_and_not_each_line() -> None:
    pens = [NewOrderLine(sku="PEN-BLUE", quantity=1)] * 3
    order = NewOrder(customer="Ada", country="DE", currency="EUR", lines=pens)
    assert price(order).tax.amount == Decimal(
        "0.20"
    )  # 19 % of 1.05 is 0.1995; three times 0.0665, rounded each, would be 0.21


def test_two_rates_are_taxed_apart() -> None:
    lines = [NewOrderLine(sku="LAMP-01", quantity=1), NewOrderLine(sku="BOOK-001", quantity=1)]
    order = NewOrder(customer="Ada", country="DE", currency="EUR", lines=lines)
    assert price(order).tax.amount == Decimal("9.31") + Decimal("2.44")


def test_an_unknown_article_is_named_with_its_line() -> None:
    lines = [NewOrderLine(sku="LAMP-01", quantity=1), NewOrderLine(sku="GHOST", quantity=1)]
    with pytest.raises(UnknownArticleError, match="the shop sells no 'GHOST'") as caught:
        price(NewOrder(customer="Ada", country="DE", currency="EUR", lines=lines))
    assert (caught.value.sku, caught.value.line) == ("GHOST", 1)


@given(orders)
def test_the_sums_of_any_order_agree(order: NewOrder) -> None:
    priced = price(order)
    assert priced.total == priced.subtotal - priced.discount + priced.tax
    assert sum(line.net for line in priced.lines) == (priced.subtotal - priced.discount).amount
    assert Money.zero(order.currency).amount <= priced.discount.amount <= priced.subtotal.amount
    for line in priced.lines:
        assert line.net == line.unit_price * line.quantity - line.discount
        assert line.tax_rate in TAX_RATES[order.country].values()


@given(orders)
def test_a_price_depends_on_the_order_alone(order: NewOrder) -> None:
    copy = msgspec.json.decode(msgspec.json.encode(order), type=NewOrder)
    assert price(copy) == price(order)


def test_every_article_has_a_price_in_every_currency_and_every_country_its_rates() -> None:
    for sku, article in ARTICLES.items():
        assert set(article.prices) == set(get_args(Currency)), sku
        for currency, amount in article.prices.items():
            assert Money(amount=amount, currency=currency).amount > 0
    assert set(TAX_RATES) == set(get_args(Country))
