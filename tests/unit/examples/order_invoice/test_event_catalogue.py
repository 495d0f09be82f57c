"""The example's events: whoever changes one is told who cannot read it any more."""

from __future__ import annotations

import pytest

from best_practice_constructs import EventCatalogue
from examples.order_invoice.event_catalogue import COMMITTED, PAGE, current_catalogue, page_of


@pytest.fixture(scope="module")
def catalogue() -> EventCatalogue:
    return current_catalogue()


def test_every_consumer_can_read_every_event(catalogue: EventCatalogue) -> None:
    catalogue.check_against(COMMITTED)


def test_what_is_committed_is_what_is_declared(catalogue: EventCatalogue) -> None:
    assert COMMITTED.read_text("utf-8") == catalogue.to_json(), "run make events, and commit what it writes"
    assert PAGE.read_text("utf-8") == page_of(catalogue), "run make events, and commit what it writes"


def test_each_event_is_published_and_those_that_somebody_needs_are_consumed(catalogue: EventCatalogue) -> None:
    assert {event.detail_type: (event.publishers, [c.name for c in event.consumers]) for event in catalogue.events} == {
        "OrderPlaced": (
            ("orders: PublishOrderFacts",),
            ["fulfilment: FulfilOrder", "invoices: IssueInvoice"],
        ),
        "OrderCancelled": (("orders: PublishOrderFacts",), ["invoices: IssueCreditNote"]),
        "InvoiceIssued": (
            ("invoices: PublishInvoiceFacts",),
            [
                "notices: CustomerNotices",
                "notices: WriteInvoiceNotice",
                "orders: RecordInvoice",
                "partner: PartnerWebhook",
            ],
        ),
        "CreditNoteIssued": (
            ("invoices: PublishInvoiceFacts",),
            ["notices: CustomerNotices", "notices: WriteCreditNotice", "orders: RecordCreditNote"],
        ),
        # Nobody waits for these yet; who does subscribes without a change of the workflow.
        "OrderFulfilled": (("fulfilment: FulfilOrder",), []),
        "FulfilmentFailed": (("fulfilment: FulfilOrder",), []),
    }
