"""InvoiceIssued: the order shows its invoice."""

from __future__ import annotations

from best_practice_constructs.runtime import EventMetadata, queue_consumer
from orders.order_state import INVOICE
from orders.order_table import insert_outcome
from shop.events import InvoiceIssued
from shop.stored_fact import StoredFact


@queue_consumer(event=InvoiceIssued)
def handler(issued: InvoiceIssued, metadata: EventMetadata) -> None:
    insert_outcome(
        StoredFact.of(
            issued,
            order_id=issued.order_id,
            fact=INVOICE,
            occurred_at=issued.issued_at,
            correlation_id=metadata.correlation_id,
            causation_id=metadata.event_id,
        )
    )
