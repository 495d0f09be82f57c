"""The invoice table's stream: adds each invoice to the sales figures of its day, and takes each credit note off them.

A record that comes again changes nothing: the figures and the mark that the fact was counted are one transaction (H2).
"""

from __future__ import annotations

from best_practice_constructs.runtime import Change, logger, stream_consumer
from invoices.figures_table import add_once
from invoices.invoice import CREDIT_NOTE, INVOICE, CreditNote, Invoice
from invoices.sales import Sales
from shop.stored_fact import StoredFact


@stream_consumer
def handler(change: Change) -> None:
    if change.keys["fact"] not in (INVOICE, CREDIT_NOTE):
        # The mapping's filter lets no such change through, but a person may hand over a whole range of the stream.
        return
    fact = StoredFact.inserted_by(change)
    if fact is None:
        return
    if not add_once(_sales(fact), fact_id=fact.event_id):
        logger().info("Counted before", order_id=fact.order_id, fact=fact.fact)


def _sales(fact: StoredFact) -> Sales:
    if fact.fact == INVOICE:
        return Sales.of_invoice(fact.content(Invoice))
    return Sales.of_credit_note(fact.content(CreditNote))
