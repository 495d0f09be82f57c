from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from invoices.invoice import CreditNote
from orders.order_state import CANCELLATION, CREDIT_NOTE, INVOICE, ORDER, view_of
from shop.events import OrderCancelled
from shop.stored_fact import StoredFact
from tests.unit.examples.order_invoice.samples import ISSUED_AT, ORDER_ID, PLACED_AT, invoice, placed

CONTENTS: dict[str, object] = {
    ORDER: placed(),
    CANCELLATION: OrderCancelled(order_id=ORDER_ID, reason="too late", cancelled_at=datetime(2026, 3, 2, tzinfo=UTC)),
    INVOICE: invoice().issued(),
    CREDIT_NOTE: CreditNote(
        number="CRN-2026-000001", reason="too late", issued_at=ISSUED_AT, invoice=invoice()
    ).issued(),
}


def _facts(*names: str) -> list[StoredFact]:
    return [
        StoredFact.of(CONTENTS[name], order_id=ORDER_ID, fact=name, occurred_at=PLACED_AT, correlation_id="c")
        for name in names
    ]


@pytest.mark.parametrize(
    ("names", "state"),
    [
        ((ORDER,), "PLACED"),
        ((ORDER, INVOICE), "INVOICED"),
        ((ORDER, CANCELLATION), "CANCELLED"),
        ((ORDER, CANCELLATION, INVOICE), "CANCELLED"),
        ((ORDER, CANCELLATION, INVOICE, CREDIT_NOTE), "CREDITED"),
    ],
)
def test_the_state_follows_from_the_facts_in_whatever_order_they_come(names: tuple[str, ...], state: str) -> None:
    for order in itertools.permutations(names):
        view = view_of(_facts(*order))
        assert view is not None
        assert view.state == state


def test_an_order_that_was_never_placed_is_none_whatever_else_is_known() -> None:
    assert view_of([]) is None
    assert view_of(_facts(CANCELLATION)) is None


def test_the_view_shows_invoice_credit_note_and_cancellation() -> None:
    view = view_of(_facts(ORDER, CANCELLATION, INVOICE, CREDIT_NOTE))
    assert view is not None
    assert view.invoice is not None
    assert view.credit_note is not None
    assert view.cancellation is not None
    assert view.invoice.number == view.credit_note.invoice_number == "INV-2026-000001"
    assert view.invoice.total == view.credit_note.total == view.total
    assert view.cancellation.reason == "too late"
