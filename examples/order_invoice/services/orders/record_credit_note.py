"""CreditNoteIssued: the cancelled order shows its credit note."""

from __future__ import annotations

from best_practice_constructs.runtime import EventMetadata, queue_consumer
from orders.order_state import CREDIT_NOTE
from orders.order_table import insert_outcome
from shop.events import CreditNoteIssued
from shop.stored_fact import StoredFact


@queue_consumer(event=CreditNoteIssued)
def handler(issued: CreditNoteIssued, metadata: EventMetadata) -> None:
    insert_outcome(
        StoredFact.of(
            issued,
            order_id=issued.order_id,
            fact=CREDIT_NOTE,
            occurred_at=issued.issued_at,
            correlation_id=metadata.correlation_id,
            causation_id=metadata.event_id,
        )
    )
