"""What a customer is told, in words; made of an event alone, so that it is the same however often it is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shop.events import CreditNoteIssued, InvoiceIssued


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A notice to a customer.

    :param order_id: what it is about.
    :param document_number: of the invoice or credit note that it tells of; a notice tells of one, once.
    :param text: what the customer reads.
    :param issued_at: when the document was issued.
    """

    order_id: str
    document_number: str
    text: str
    issued_at: datetime

    @classmethod
    def of_invoice(cls, issued: InvoiceIssued) -> Notice:
        """Tell of an invoice."""
        return cls(
            order_id=issued.order_id,
            document_number=issued.invoice_number,
            text=f"{_greeting(issued.customer)} thank you for your order. Please find enclosed the invoice "
            f"{issued.invoice_number} over {_amount(issued.total, issued.currency)}.",
            issued_at=issued.issued_at,
        )

    @classmethod
    def of_credit_note(cls, issued: CreditNoteIssued) -> Notice:
        """Tell of a credit note."""
        return cls(
            order_id=issued.order_id,
            document_number=issued.credit_note_number,
            text=f"{_greeting(issued.customer)} your order is cancelled. The credit note {issued.credit_note_number} "
            f"takes back the invoice {issued.invoice_number}: you get {_amount(issued.total, issued.currency)}.",
            issued_at=issued.issued_at,
        )


def _greeting(customer: str | None) -> str:
    # Events of version 1 do not name the customer.
    return f"Dear {customer or 'customer'},"


def _amount(amount: Decimal, currency: str) -> str:
    return f"{amount:,f} {currency}"
