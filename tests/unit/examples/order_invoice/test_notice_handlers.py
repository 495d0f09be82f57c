"""What customers are told: one notice for each invoice and credit note, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

import pytest

from invoices.invoice import CREDIT_NOTE, INVOICE, CreditNote
from notices import write_invoice_notice
from notices.notice import Notice
from shop.events import CreditNoteIssued, InvoiceIssued
from shop.stored_fact import StoredFact
from tests.unit.examples.order_invoice.fake_cloud import Context, FakeCloud, fake_cloud, message
from tests.unit.examples.order_invoice.samples import ISSUED_AT, invoice


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCloud]:
    with fake_cloud(monkeypatch, idempotency_model="record") as cloud:
        yield cloud


def _invoice_issued() -> tuple[StoredFact, InvoiceIssued]:
    content = invoice()
    return _fact(content.order_id, INVOICE), content.issued()


def _credit_note_issued() -> tuple[StoredFact, CreditNoteIssued]:
    note = CreditNote(number="CRN-2026-000001", reason="no", issued_at=ISSUED_AT, invoice=invoice())
    return _fact(note.invoice.order_id, CREDIT_NOTE), note.issued()


def _fact(order_id: str, name: str) -> StoredFact:
    return StoredFact(
        order_id=order_id, fact=name, data="{}", occurred_at=ISSUED_AT, correlation_id="request", causation_id=None
    )


def _texts(cloud: FakeCloud) -> list[str]:
    return [item["text"]["S"] for item in cloud.items("notices")]


def test_a_customer_is_told_of_an_invoice_once(cloud: FakeCloud) -> None:
    issued = _invoice_issued()
    assert cloud.deliver("notices.write_invoice_notice", issued, issued) == []
    assert cloud.deliver("notices.write_invoice_notice", issued) == []
    assert _texts(cloud) == [
        "Dear Ada Lovelace, thank you for your order. Please find enclosed the invoice INV-2026-000001 over 116.62 EUR."
    ]


def test_a_customer_is_told_of_a_credit_note_beside_the_invoice(cloud: FakeCloud) -> None:
    assert cloud.deliver("notices.write_invoice_notice", _invoice_issued()) == []
    assert cloud.deliver("notices.write_credit_notice", _credit_note_issued()) == []
    assert {item["document_number"]["S"] for item in cloud.items("notices")} == {"INV-2026-000001", "CRN-2026-000001"}
    assert (
        "Dear Ada Lovelace, your order is cancelled. The credit note CRN-2026-000001 takes back the invoice "
        "INV-2026-000001: you get 116.62 EUR." in _texts(cloud)
    )


def test_an_event_of_version_1_which_names_no_customer_is_told_too(cloud: FakeCloud) -> None:
    record = message(0, *_invoice_issued())
    body = json.loads(str(record["body"]))
    del body["detail"]["data"]["customer"]
    body["detail"]["metadata"]["schema_version"] = 1
    response = write_invoice_notice.handler({"Records": [{**record, "body": json.dumps(body)}]}, Context())
    assert cast("dict[str, object]", response) == {"batchItemFailures": []}
    (text,) = _texts(cloud)
    assert text.startswith("Dear customer, thank you for your order.")


def test_another_event_is_no_notice(cloud: FakeCloud) -> None:
    assert cloud.deliver("notices.write_credit_notice", _invoice_issued()) == ["message-0"]
    assert _texts(cloud) == []


def test_the_same_event_makes_the_same_notice() -> None:
    assert Notice.of_invoice(_invoice_issued()[1]) == Notice.of_invoice(_invoice_issued()[1])
