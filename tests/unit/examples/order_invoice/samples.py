"""Orders, events and invoices that the tests of the order/invoice system share."""

from __future__ import annotations

from datetime import UTC, datetime

import examples.order_invoice  # noqa: F401 -- it makes the services importable  # pyright: ignore[reportUnusedImport]
from invoices.invoice import Invoice
from orders.new_order import NewOrder, NewOrderLine
from orders.pricing import price
from shop.events import OrderPlaced

ORDER_ID = "5f0c1c5e-4c5c-5d0e-9b57-0d9f7f1f2a11"
PLACED_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ISSUED_AT = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)


def new_order(*, quantity: int = 2, sku: str = "LAMP-01", customer: str = "Ada Lovelace", **more: str) -> NewOrder:
    return NewOrder(
        customer=customer,
        country=more.get("country", "DE"),  # type: ignore[arg-type] # a test may name any country
        currency=more.get("currency", "EUR"),  # type: ignore[arg-type] # a test may name any currency
        lines=[NewOrderLine(sku=sku, quantity=quantity)],
    )


def placed(order: NewOrder | None = None, *, order_id: str = ORDER_ID) -> OrderPlaced:
    order = order or new_order()
    priced = price(order)
    return OrderPlaced(
        order_id=order_id,
        customer=order.customer,
        country=order.country,
        currency=order.currency,
        lines=priced.lines,
        subtotal=priced.subtotal.amount,
        discount=priced.discount.amount,
        tax=priced.tax.amount,
        total=priced.total.amount,
        placed_at=PLACED_AT,
    )


def invoice(*, number: str = "INV-2026-000001", order: NewOrder | None = None, order_id: str = ORDER_ID) -> Invoice:
    return Invoice.of(placed(order, order_id=order_id), number=number, issued_at=ISSUED_AT)
