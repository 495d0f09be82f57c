"""OrderCancelled: takes the order's invoice back by a credit note, or sees to it that none is issued.

Which of the two it is can change while it is decided, so each of the two transactions checks what the other writes.
"""

from __future__ import annotations

from datetime import UTC, datetime

from best_practice_constructs.runtime import EventMetadata, IdempotentTransaction, logger, queue_consumer
from invoices.contention import retry_when_overtaken, write
from invoices.invoice import CANCELLATION, CREDIT_NOTE, INVOICE, CreditNote, Invoice
from invoices.invoice_table import absent, find_invoice, insert, last_count, take_number
from invoices.numbering import Series
from shop.business_metrics import add_amount, count
from shop.events import OrderCancelled
from shop.money import Money
from shop.stored_fact import StoredFact


@queue_consumer(event=OrderCancelled)
@retry_when_overtaken
def handler(cancelled: OrderCancelled, metadata: EventMetadata, transaction: IdempotentTransaction) -> None:
    invoice_fact = find_invoice(cancelled.order_id)
    if invoice_fact is None:
        _prevent_invoice(cancelled, metadata, transaction)
    else:
        _credit(invoice_fact.content(Invoice), cancelled, metadata, transaction)


def _prevent_invoice(cancelled: OrderCancelled, metadata: EventMetadata, transaction: IdempotentTransaction) -> None:
    marker = _fact(cancelled, cancelled.cancelled_at, cancelled.order_id, CANCELLATION, metadata)
    write(transaction, (insert(marker), absent(cancelled.order_id, INVOICE)), settled_by=(0,))
    logger().info("The order was cancelled before it had an invoice", order_id=cancelled.order_id)


def _credit(
    invoice: Invoice, cancelled: OrderCancelled, metadata: EventMetadata, transaction: IdempotentTransaction
) -> None:
    issued_at = datetime.now(UTC)
    series = Series.of_credit_notes(issued_at)
    last = last_count(series)
    credit_note = CreditNote(
        number=series.number(last + 1), reason=cancelled.reason, issued_at=issued_at, invoice=invoice
    )
    fact = _fact(credit_note, issued_at, cancelled.order_id, CREDIT_NOTE, metadata)
    if write(transaction, (take_number(series, last=last), insert(fact)), settled_by=(1,)):
        count("CreditNotesIssued")
        add_amount("Credited", Money(amount=invoice.total, currency=invoice.currency))


def _fact(content: object, occurred_at: datetime, order_id: str, name: str, metadata: EventMetadata) -> StoredFact:
    return StoredFact.of(
        content,
        order_id=order_id,
        fact=name,
        occurred_at=occurred_at,
        correlation_id=metadata.correlation_id,
        causation_id=metadata.event_id,
    )
