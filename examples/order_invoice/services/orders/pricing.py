"""Prices, discount and tax of an order: computed once, when it is placed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from orders.catalogue import ARTICLES, TAX_RATES, VOLUME_DISCOUNT, VOLUME_DISCOUNT_FROM
from orders.new_order import NewOrder, NewOrderLine
from shop.events import OrderedLine
from shop.money import Money


class UnknownArticleError(ValueError):
    """The shop does not sell what was ordered."""

    def __init__(self, *, sku: str, line: int) -> None:
        self.sku = sku
        self.line = line
        super().__init__(f"the shop sells no {sku!r}")


@dataclass(frozen=True, kw_only=True)
class PricedOrder:
    """What an order costs: ``total`` is ``subtotal - discount + tax``, exactly."""

    lines: tuple[OrderedLine, ...]
    subtotal: Money
    discount: Money
    tax: Money
    total: Money


def price(order: NewOrder) -> PricedOrder:
    """Compute what an order costs.

    Tax is computed on the sum of all lines with one rate and rounded once per rate: rounding each line would let the
    cents add up.

    :raises UnknownArticleError: naming the article and its line.
    """
    currency = order.currency
    lines = tuple(_price_line(order, index, line) for index, line in enumerate(order.lines))
    subtotal = Money.total((_money(line.unit_price, currency).times(line.quantity) for line in lines), currency)
    discount = Money.total((_money(line.discount, currency) for line in lines), currency)

    net_by_rate: defaultdict[Decimal, Money] = defaultdict(lambda: Money.zero(currency))
    for line in lines:
        net_by_rate[line.tax_rate] += _money(line.net, currency)
    tax = Money.total((net.share(rate) for rate, net in net_by_rate.items()), currency)

    return PricedOrder(lines=lines, subtotal=subtotal, discount=discount, tax=tax, total=subtotal - discount + tax)


def _price_line(order: NewOrder, index: int, line: NewOrderLine) -> OrderedLine:
    article = ARTICLES.get(line.sku)
    if article is None:
        raise UnknownArticleError(sku=line.sku, line=index)
    unit_price = _money(article.prices[order.currency], order.currency)
    gross = unit_price.times(line.quantity)
    discount = gross.share(VOLUME_DISCOUNT) if line.quantity >= VOLUME_DISCOUNT_FROM else Money.zero(order.currency)
    return OrderedLine(
        sku=line.sku,
        description=article.description,
        quantity=line.quantity,
        unit_price=unit_price.amount,
        discount=discount.amount,
        net=(gross - discount).amount,
        tax_rate=TAX_RATES[order.country][article.tax_category],
    )


def _money(amount: Decimal, currency: str) -> Money:
    return Money(amount=amount, currency=currency)
