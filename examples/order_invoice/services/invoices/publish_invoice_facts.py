"""The invoice table's stream: writes the document of each invoice and credit note, then tells that it was issued."""

from __future__ import annotations

import os

from best_practice_constructs.runtime import Change, OutgoingEvent, change_publisher
from best_practice_constructs.runtime.clients import client
from invoices.document import CONTENT_TYPE, render_credit_note, render_invoice
from invoices.environment import DOCUMENTS_BUCKET_NAME
from invoices.invoice import CREDIT_NOTE, INVOICE, CreditNote, Invoice
from shop.stored_fact import StoredFact


@change_publisher
def handler(change: Change) -> OutgoingEvent | None:
    fact = StoredFact.inserted_by(change)
    if fact is None or fact.fact not in (INVOICE, CREDIT_NOTE):
        return None
    # The document first: who hears of an invoice can read it. A repeat writes the same bytes and has the same event id.
    return fact.event(_write_document(fact))


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
