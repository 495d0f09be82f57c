"""What an invoice adds to the sales figures of its day, and a credit note takes away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal

from invoices.invoice import CreditNote, Invoice


@dataclass(frozen=True, kw_only=True)
class Sales:
    """The sales of one day (UTC) in one currency, or what one fact changes about them.

    :param invoices: how many were issued.
    :param credit_notes: how many were issued.
    :param net: of the invoices less the credit notes, before tax.
    :param tax: so too.
    :param total: ``net + tax``.
    """

    day: date
    currency: str
    invoices: int
    credit_notes: int
    net: Decimal
    tax: Decimal
    total: Decimal

    @classmethod
    def of_invoice(cls, invoice: Invoice) -> Sales:
        """Give what an invoice adds."""
        return cls(
            day=invoice.issued_at.astimezone(UTC).date(),
            currency=invoice.currency,
            invoices=1,
            credit_notes=0,
            net=invoice.subtotal - invoice.discount,
            tax=invoice.tax,
            total=invoice.total,
        )

    @classmethod
    def of_credit_note(cls, note: CreditNote) -> Sales:
        """Give what a credit note takes away, on the day when it is issued."""
        invoice = note.invoice
        return cls(
            day=note.issued_at.astimezone(UTC).date(),
            currency=invoice.currency,
            invoices=0,
            credit_notes=1,
            net=invoice.discount - invoice.subtotal,
            tax=-invoice.tax,
            total=-invoice.total,
        )
