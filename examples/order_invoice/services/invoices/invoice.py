"""Invoices and credit notes: what is stored for good, and printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from invoices.numbering import series_of
from shop.events import CreditNoteIssued, InvoiceIssued, OrderedLine, OrderPlaced

INVOICE = "INVOICE"
CREDIT_NOTE = "CREDIT_NOTE"
CANCELLATION = "CANCELLATION"

DOCUMENT_PREFIX = "documents/"
"""What the keys of all documents begin with."""


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """The invoice of one order, with all that its document shows."""

    number: str
    order_id: str
    customer: str
    country: str
    currency: str
    lines: tuple[OrderedLine, ...]
    subtotal: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal
    ordered_at: datetime
    issued_at: datetime

    @classmethod
    def of(cls, placed: OrderPlaced, *, number: str, issued_at: datetime) -> Invoice:
        """Make the invoice of an order; nothing is computed again."""
        return cls(
            number=number,
            order_id=placed.order_id,
            customer=placed.customer,
            country=placed.country,
            currency=placed.currency,
            lines=placed.lines,
            subtotal=placed.subtotal,
            discount=placed.discount,
            tax=placed.tax,
            total=placed.total,
            ordered_at=placed.placed_at,
            issued_at=issued_at,
        )

    @property
    def document_key(self) -> str:
        """Where its document lies in the bucket."""
        return document_key(self.number)

    def issued(self) -> InvoiceIssued:
        """Give the event that tells of it."""
        return InvoiceIssued(
            order_id=self.order_id,
            invoice_number=self.number,
            currency=self.currency,
            total=self.total,
            issued_at=self.issued_at,
            document=self.document_key,
            customer=self.customer,
        )


@dataclass(frozen=True, kw_only=True)
class CreditNote:
    """What takes one invoice back, in full; its amounts are positive: what the customer gets."""

    number: str
    reason: str
    issued_at: datetime
    invoice: Invoice

    @property
    def document_key(self) -> str:
        """Where its document lies in the bucket."""
        return document_key(self.number)

    def issued(self) -> CreditNoteIssued:
        """Give the event that tells of it."""
        return CreditNoteIssued(
            order_id=self.invoice.order_id,
            credit_note_number=self.number,
            invoice_number=self.invoice.number,
            currency=self.invoice.currency,
            total=self.invoice.total,
            issued_at=self.issued_at,
            document=self.document_key,
            customer=self.invoice.customer,
        )


def document_key(number: str) -> str:
    """Give where the document with this number lies: ``documents/INV-2026/INV-2026-000001.html``."""
    return f"{DOCUMENT_PREFIX}{series_of(number)}/{number}.html"
