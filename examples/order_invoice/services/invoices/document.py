"""The readable document of an invoice or a credit note: the same bytes whenever it is written.

Writing it twice is harmless.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from html import escape

from invoices.invoice import CreditNote, Invoice
from shop.events import OrderedLine

CONTENT_TYPE = "text/html; charset=utf-8"

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:3rem auto;padding:0 1rem}"
    "table{width:100%;border-collapse:collapse}th,td{padding:.4rem;border-bottom:1px solid #ccc;text-align:right}"
    "th:first-child,td:first-child{text-align:left}"
)


def render_invoice(invoice: Invoice) -> str:
    """Render an invoice as one HTML page without scripts or outside parts."""
    return _page(
        title=f"Invoice {invoice.number}",
        paragraphs=(
            f"For {invoice.customer} ({invoice.country})",
            f"Order {invoice.order_id} of {_date(invoice.ordered_at)}",
            f"Issued {_date(invoice.issued_at)}",
        ),
        invoice=invoice,
    )


def render_credit_note(credit_note: CreditNote) -> str:
    """Render a credit note as one HTML page without scripts or outside parts."""
    invoice = credit_note.invoice
    return _page(
        title=f"Credit note {credit_note.number}",
        paragraphs=(
            f"For {invoice.customer} ({invoice.country})",
            f"Takes back invoice {invoice.number} of {_date(invoice.issued_at)}, order {invoice.order_id}",
            f"Issued {_date(credit_note.issued_at)}",
            f"Reason: {credit_note.reason}",
        ),
        invoice=invoice,
    )


def _page(*, title: str, paragraphs: tuple[str, ...], invoice: Invoice) -> str:
    head = "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in paragraphs)
    rows = "".join(_row(line) for line in invoice.lines)
    sums = "".join(
        f'<tr><th scope="row" colspan="5">{name}</th><td>{_amount(amount)}</td></tr>\n'
        for name, amount in (
            ("Subtotal", invoice.subtotal),
            ("Discount", -invoice.discount),
            ("Tax", invoice.tax),
            (f"Total {escape(invoice.currency)}", invoice.total),
        )
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n{head}"
        '<table>\n<thead><tr><th scope="col">Article</th><th scope="col">Pieces</th><th scope="col">Price</th>'
        '<th scope="col">Discount</th><th scope="col">Tax</th><th scope="col">Net</th></tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n<tfoot>\n{sums}</tfoot>\n</table>\n</body>\n</html>\n"
    )


def _row(line: OrderedLine) -> str:
    cells = (
        f"{line.description} ({line.sku})",
        str(line.quantity),
        _amount(line.unit_price),
        _amount(-line.discount),
        f"{(line.tax_rate * 100).normalize():f} %",
        _amount(line.net),
    )
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>\n"


def _amount(amount: Decimal) -> str:
    return f"{amount or abs(amount):,f}"


def _date(moment: datetime) -> str:
    return moment.date().isoformat()
