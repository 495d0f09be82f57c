"""OrderPlaced: issues the order's invoice.

Number, invoice and idempotency record are committed in one transaction, so whatever dies or repeats, an order has one
invoice, and no number is lost or used twice (H2).
"""

from __future__ import annotations

from datetime import UTC, datetime

from best_practice_constructs.runtime import EventMetadata, IdempotentTransaction, logger, queue_consumer
from invoices.contention import retry_when_overtaken, write
from invoices.invoice import CANCELLATION, INVOICE, Invoice
from invoices.invoice_table import absent, insert, last_count, take_number
from invoices.numbering import Series
from shop.business_metrics import add_amount, count
from shop.events import OrderPlaced
from shop.money import Money
from shop.stored_fact import StoredFact


@queue_consumer(event=OrderPlaced)
@retry_when_overtaken
def handler(placed: OrderPlaced, metadata: EventMetadata, transaction: IdempotentTransaction) -> None:
    issued_at = datetime.now(UTC)
    series = Series.of_invoices(issued_at)
    last = last_count(series)
    invoice = Invoice.of(placed, number=series.number(last + 1), issued_at=issued_at)
    fact = StoredFact.of(
        invoice,
        order_id=placed.order_id,
        fact=INVOICE,
        occurred_at=issued_at,
        correlation_id=metadata.correlation_id,
        causation_id=metadata.event_id,
    )
    items = (take_number(series, last=last), insert(fact), absent(placed.order_id, CANCELLATION))
    if write(transaction, items, settled_by=(1, 2)):
        count("InvoicesIssued")
        add_amount("Invoiced", Money(amount=invoice.total, currency=invoice.currency))
    else:
        logger().info("No invoice is due: the order has one, or was cancelled", order_id=placed.order_id)
