"""The events that the shop's services exchange, each declared once.

Rules, publishers and consumers take them from here.

An event is a fact, named in the past tense, and carries what was computed when it happened, so that no consumer
computes prices again. Amounts are exact decimals of the event's ``currency``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from best_practice_constructs.runtime import Event, EventSource

orders = EventSource("com.example.shop.orders")
invoices = EventSource("com.example.shop.invoices")
fulfilment = EventSource("com.example.shop.fulfilment")


@dataclass(frozen=True, kw_only=True)
class OrderedLine:
    """One article of an order, priced: ``net`` is ``unit_price × quantity - discount``, before tax."""

    sku: str
    description: str
    quantity: int
    unit_price: Decimal
    discount: Decimal
    net: Decimal
    tax_rate: Decimal


@orders.event
class OrderPlaced(Event):
    """A customer placed an order; prices, discount and tax are computed once, here."""

    order_id: str
    customer: str
    country: str
    currency: str
    lines: tuple[OrderedLine, ...]
    subtotal: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal
    placed_at: datetime


@orders.event
class OrderCancelled(Event):
    """A customer cancelled an order, whatever had become of it by then."""

    order_id: str
    reason: str
    cancelled_at: datetime


# Version 2 of both also says to whom the document is addressed. Consumers of version 1 read it; what an archive replays
# of version 1 has no customer.
@invoices.event(version=2, compatible_since=1)
class InvoiceIssued(Event):
    """An order has its invoice; ``document`` is the key of the readable one in the invoice service's bucket."""

    order_id: str
    invoice_number: str
    currency: str
    total: Decimal
    issued_at: datetime
    document: str
    customer: str | None = None


@invoices.event(version=2, compatible_since=1)
class CreditNoteIssued(Event):
    """A cancelled order's invoice is taken back; ``total`` is what the customer gets, as a positive amount."""

    order_id: str
    credit_note_number: str
    invoice_number: str
    currency: str
    total: Decimal
    issued_at: datetime
    document: str
    customer: str | None = None


@fulfilment.event
class OrderFulfilled(Event):
    """What was ordered is paid and on its way to the customer's country."""

    order_id: str
    country: str
    fulfilled_at: datetime


@fulfilment.event
class FulfilmentFailed(Event):
    """An order cannot be fulfilled; what had been done for it is undone: the stock released, the customer refunded."""

    order_id: str
    reason: Literal["OUT_OF_STOCK", "PAYMENT_DECLINED", "PAYMENT_FAILED", "COUNTRY_NOT_SERVED", "SHIPPING_FAILED"]
    failed_at: datetime
