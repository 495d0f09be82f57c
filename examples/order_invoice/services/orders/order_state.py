"""What became of an order: computed from its facts, never stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from shop.events import CreditNoteIssued, InvoiceIssued, OrderCancelled, OrderedLine, OrderPlaced
from shop.stored_fact import StoredFact

ORDER = "ORDER"
CANCELLATION = "CANCELLATION"
INVOICE = "INVOICE"
CREDIT_NOTE = "CREDIT_NOTE"

State = Literal["PLACED", "INVOICED", "CANCELLED", "CREDITED"]


@dataclass(frozen=True, kw_only=True)
class InvoiceView:
    """The invoice of an order, as a client sees it."""

    number: str
    total: Decimal
    issued_at: datetime
    document: str


@dataclass(frozen=True, kw_only=True)
class CreditNoteView:
    """The credit note of a cancelled order, as a client sees it."""

    number: str
    invoice_number: str
    total: Decimal
    issued_at: datetime
    document: str


@dataclass(frozen=True, kw_only=True)
class CancellationView:
    """The cancellation of an order, as a client sees it."""

    reason: str
    cancelled_at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderView:
    """An order as a client sees it."""

    order_id: str
    state: State
    customer: str
    country: str
    currency: str
    lines: tuple[OrderedLine, ...]
    subtotal: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal
    placed_at: datetime
    cancellation: CancellationView | None
    invoice: InvoiceView | None
    credit_note: CreditNoteView | None


def view_of(facts: Iterable[StoredFact]) -> OrderView | None:
    """Compute an order from its facts, in whatever order they come; ``None`` when it was never placed."""
    by_name = {fact.fact: fact for fact in facts}
    placed_fact = by_name.get(ORDER)
    if placed_fact is None:
        return None
    placed = placed_fact.content(OrderPlaced)
    cancellation = by_name.get(CANCELLATION)
    invoice = by_name.get(INVOICE)
    credit_note = by_name.get(CREDIT_NOTE)
    return OrderView(
        order_id=placed.order_id,
        state=_state(
            cancelled=cancellation is not None, invoiced=invoice is not None, credited=credit_note is not None
        ),
        customer=placed.customer,
        country=placed.country,
        currency=placed.currency,
        lines=placed.lines,
        subtotal=placed.subtotal,
        discount=placed.discount,
        tax=placed.tax,
        total=placed.total,
        placed_at=placed.placed_at,
        cancellation=_view_of_cancellation(cancellation.content(OrderCancelled)) if cancellation else None,
        invoice=_view_of_invoice(invoice.content(InvoiceIssued)) if invoice else None,
        credit_note=_view_of_credit_note(credit_note.content(CreditNoteIssued)) if credit_note else None,
    )


def _state(*, cancelled: bool, invoiced: bool, credited: bool) -> State:
    if credited:
        return "CREDITED"
    if cancelled:
        return "CANCELLED"
    return "INVOICED" if invoiced else "PLACED"


def _view_of_cancellation(cancelled: OrderCancelled) -> CancellationView:
    return CancellationView(reason=cancelled.reason, cancelled_at=cancelled.cancelled_at)


def _view_of_invoice(issued: InvoiceIssued) -> InvoiceView:
    return InvoiceView(
        number=issued.invoice_number, total=issued.total, issued_at=issued.issued_at, document=issued.document
    )


def _view_of_credit_note(issued: CreditNoteIssued) -> CreditNoteView:
    return CreditNoteView(
        number=issued.credit_note_number,
        invoice_number=issued.invoice_number,
        total=issued.total,
        issued_at=issued.issued_at,
        document=issued.document,
    )
