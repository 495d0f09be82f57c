from __future__ import annotations

from html.parser import HTMLParser

from invoices.document import render_credit_note, render_invoice
from invoices.invoice import CreditNote
from tests.unit.examples.order_invoice.samples import ISSUED_AT, invoice, new_order


class _Text(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 -- the parser's
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def _credit_note() -> CreditNote:
    return CreditNote(number="CRN-2026-000001", reason="<b>too late</b>", issued_at=ISSUED_AT, invoice=invoice())


def test_an_invoice_shows_number_customer_lines_and_sums() -> None:
    texts = _Text(render_invoice(invoice(order=new_order(quantity=10)))).texts
    for shown in (
        "Invoice INV-2026-000001",
        "For Ada Lovelace (DE)",
        "Desk lamp (LAMP-01)",
        "490.00",
        "-49.00",
        "19 %",
        "83.79",
        "524.79",
    ):
        assert shown in texts
    assert texts[texts.index("Total EUR") + 1] == "524.79"


def test_a_credit_note_names_the_invoice_that_it_takes_back() -> None:
    texts = _Text(render_credit_note(_credit_note())).texts
    assert "Credit note CRN-2026-000001" in texts
    assert any("Takes back invoice INV-2026-000001" in text for text in texts)


def test_what_a_customer_wrote_stays_text() -> None:
    page = render_invoice(invoice(order=new_order(customer="<script>alert(1)</script>")))
    assert "script" not in _Text(page).tags
    assert "For <script>alert(1)</script> (DE)" in _Text(page).texts
    assert "b" not in _Text(render_credit_note(_credit_note())).tags


def test_the_same_invoice_is_the_same_bytes() -> None:
    assert render_invoice(invoice()) == render_invoice(invoice())


def test_the_document_lies_under_its_series() -> None:
    assert invoice().document_key == "documents/INV-2026/INV-2026-000001.html"
    assert _credit_note().document_key == "documents/CRN-2026/CRN-2026-000001.html"
