"""The invoice table's stream: writes the document of each invoice and credit note, then tells that it was issued."""

from __future__ import annotations

import os

from best_practice_constructs.runtime import EventPublisher
from best_practice_constructs.runtime.clients import client
from invoices.document import CONTENT_TYPE, render_credit_note, render_invoice
from invoices.environment import DOCUMENTS_BUCKET_NAME
from invoices.invoice import CREDIT_NOTE, INVOICE, CreditNote, Invoice
from shop.fact_stream import StreamEvent, new_facts, stream_handler
from shop.stored_fact import StoredFact

publisher = EventPublisher()


@stream_handler
def handler(event: StreamEvent) -> None:
    # Documents first: who hears of an invoice can read it. A repeat writes the same bytes and has the same event ids.
    publisher.publish_all(
        [fact.event(_write_document(fact)) for fact in new_facts(event) if fact.fact in (INVOICE, CREDIT_NOTE)]
    )


def _write_document(fact: StoredFact) -> object:
    document: Invoice | CreditNote
    if fact.fact == INVOICE:
        document = fact.content(Invoice)
        page = render_invoice(document)
    else:
        document = fact.content(CreditNote)
        page = render_credit_note(document)
    client("s3").put_object(
        Bucket=os.environ[DOCUMENTS_BUCKET_NAME],
        Key=document.document_key,
        Body=page.encode(),
        ContentType=CONTENT_TYPE,
    )
    return document.issued()
