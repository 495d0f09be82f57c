"""The event that the app of API destinations tells a partner of."""

from __future__ import annotations

from decimal import Decimal

from best_practice_constructs.runtime import Event, EventSource

invoices = EventSource("com.example.invoices")


@invoices.event
class InvoiceIssued(Event):
    """An invoice."""

    number: str
    customer: str
    total: Decimal
    lines: tuple[str, ...]
