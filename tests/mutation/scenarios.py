"""What each function of the system does when all goes well and when it does not, each proven by its effect.

Whatever a role is allowed, one of these needs it: without it the effect is missing, or a dead letter is.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import cast

from best_practice_constructs.testing import (
    api_event,
    example,
    object_created_event,
    sqs_event,
    topic_message,
)
from invoices.invoice import CANCELLATION, CREDIT_NOTE, DOCUMENT_PREFIX, INVOICE, CreditNote, Invoice
from orders.order_state import ORDER
from shop.events import CreditNoteIssued, InvoiceIssued, OrderCancelled, OrderPlaced
from shop.stored_fact import StoredFact
from tests.end_to_end.order_invoice_stage import new_order, stream_record
from tests.mutation.acting_system import ActingSystem

Scenarios = Mapping[str, Callable[[], object]]
"""By what they prove."""

_PUT = "dynamodb:PutItem"


def scenarios_of(system: ActingSystem) -> Mapping[str, Scenarios]:
    """Give the scenarios of each function, by its construct."""
    return {
        "PlaceOrder": {"an order is stored": lambda: _place(system)},
        "GetOrder": {"an order is shown": partial(_order_is_shown, system)},
        "CancelOrder": {"a cancellation is stored": partial(_cancellation_is_stored, system)},
        "PublishOrderFacts": {
            "an order is told": partial(_order_is_told, system),
            "what is no fact is given up with its cause": partial(_no_fact, system, "PublishOrderFacts"),
        },
        "RecordInvoice": _of_queue_consumer(
            system, "RecordInvoice", InvoiceIssued, table=system.system.orders_table, key=_fact_key(INVOICE)
        ),
        "RecordCreditNote": _of_queue_consumer(
            system, "RecordCreditNote", CreditNoteIssued, table=system.system.orders_table, key=_fact_key(CREDIT_NOTE)
        ),
        "IssueInvoice": {
            "an invoice is issued": lambda: _issue_invoice(system),
            "what is no order is given up with its cause": partial(_poison, system, "IssueInvoice", OrderPlaced),
        },
        "IssueCreditNote": {
            "an invoice is taken back": partial(_invoice_is_taken_back, system),
            "a cancelled order gets no invoice": partial(_invoice_is_prevented, system),
            "what is no cancellation is given up with its cause": partial(
                _poison, system, "IssueCreditNote", OrderCancelled
            ),
        },
        "PublishInvoiceFacts": {
            "a document is written and the invoice told": partial(_invoice_is_told, system),
            "what is no fact is given up with its cause": partial(_no_fact, system, "PublishInvoiceFacts"),
        },
        "CountSales": {
            "an invoice is counted": partial(_invoice_is_counted, system),
            "what is no fact is given up with its cause": partial(_no_fact, system, "CountSales"),
        },
        "RecordDocument": {
            "a document is recorded": partial(_document_is_recorded, system, with_version=False),
            "a version of a document is recorded": partial(_document_is_recorded, system, with_version=True),
            "after an outage it is recorded": partial(_document_is_recorded_later, system),
            "what tells of no object is given up with its cause": partial(_no_object, system),
        },
        "WriteInvoiceNotice": _of_queue_consumer(
            system,
            "WriteInvoiceNotice",
            InvoiceIssued,
            table=system.system.notices_table,
            key=lambda event: {"document_number": cast("InvoiceIssued", event).invoice_number},
        ),
        "WriteCreditNotice": _of_queue_consumer(
            system,
            "WriteCreditNotice",
            CreditNoteIssued,
            table=system.system.notices_table,
            key=lambda event: {"document_number": cast("CreditNoteIssued", event).credit_note_number},
        ),
    }


def _fact_key(fact: str) -> Callable[[object], Mapping[str, str]]:
    return lambda _: {"fact": fact}


def _of_queue_consumer(
    system: ActingSystem,
    construct: str,
    event: type,
    *,
    table: str,
    key: Callable[[object], Mapping[str, str]],
) -> Scenarios:
    """Give the scenarios of a consumer that keeps records: it stores, stores after an outage, and gives up."""

    def message() -> tuple[object, Mapping[str, object]]:
        told = _new(event)
        is_of_topic = construct.startswith("Write")
        return told, sqs_event(topic_message(told) if is_of_topic else told)

    def stored(told: object) -> None:
        system.item(table, order_id=_order_of(told), **key(told))

    def stores() -> None:
        told, messages = message()
        system.invoke(construct, messages)
        stored(told)

    def stores_after_an_outage() -> None:
        told, messages = message()
        with system.outage(construct, _PUT, table):
            system.fail(construct, messages)
        # At once: the record of the first attempt must not be in the way.
        system.invoke(construct, messages)
        stored(told)

    return {
        "what it is told is stored": stores,
        "after an outage it is stored": stores_after_an_outage,
        "what it cannot read is given up with its cause": partial(_poison, system, construct, event),
    }


def _new(event: type) -> object:
    # What the services compute with has to be as they know it.
    known: dict[str, object] = {"currency": "EUR", "country": "DE"}
    fields = {name: value for name, value in known.items() if name in event.__annotations__}
    return example(event, order_id=str(uuid.uuid4()), **fields)


def _order_of(event: object) -> str:
    return cast("OrderPlaced", event).order_id


def _place(system: ActingSystem) -> str:
    event = api_event(method="POST", path="/orders", body=new_order(), headers={"Idempotency-Key": str(uuid.uuid4())})
    answer = _answer(system, "PlaceOrder", event, status=202)
    order_id = str(answer["order_id"])
    system.item(system.system.orders_table, order_id=order_id, fact=ORDER)
    return order_id


def _answer(system: ActingSystem, construct: str, event: Mapping[str, object], *, status: int) -> Mapping[str, object]:
    answer = cast("Mapping[str, object]", system.invoke(construct, event))
    assert answer["statusCode"] == status, f"{construct} answers {answer['statusCode']}"
    return cast("Mapping[str, object]", json.loads(str(answer["body"])))


def _order_is_shown(system: ActingSystem) -> None:
    order_id = _place(system)
    event = api_event(path=f"/orders/{order_id}", path_parameters={"order_id": order_id})
    assert _answer(system, "GetOrder", event, status=200)["state"] == "PLACED"


def _cancellation_is_stored(system: ActingSystem) -> None:
    order_id = _place(system)
    path = f"/orders/{order_id}/cancellation"
    event = api_event(method="POST", path=path, path_parameters={"order_id": order_id}, body={"reason": "no"})
    _answer(system, "CancelOrder", event, status=202)
    system.item(system.system.orders_table, order_id=order_id, fact=CANCELLATION)


def _order_is_told(system: ActingSystem) -> None:
    placed = cast("OrderPlaced", _new(OrderPlaced))
    _tell(system, "PublishOrderFacts", placed, order_id=placed.order_id, fact=ORDER)
    system.heard("OrderPlaced", placed.order_id)


def _tell(system: ActingSystem, construct: str, content: object, *, order_id: str, fact: str) -> None:
    told = StoredFact.of(content, order_id=order_id, fact=fact, occurred_at=_now(), correlation_id="mutation")
    system.invoke(construct, {"Records": [stream_record(told, number=1)]})


def _now() -> datetime:
    return datetime.now(UTC)


def _no_fact(system: ActingSystem, construct: str) -> None:
    """Have a stream tell of an item that is no fact: its record lies in the failures queue, and the shard goes on."""
    mark = str(uuid.uuid4())
    name = ORDER if construct == "PublishOrderFacts" else INVOICE
    fact = StoredFact(order_id=mark, fact=name, data="{}", occurred_at=_now(), correlation_id="mutation")
    system.invoke(construct, {"Records": [stream_record(fact, number=1)]})
    system.given_up(system.system.failures_url(construct), mark)


def _poison(system: ActingSystem, construct: str, event: type) -> None:
    """Have a queue bring what no consumer understands: it is a dead letter, and does not come again."""
    mark = str(uuid.uuid4())
    body = {
        "source": "com.example.shop",
        "detail-type": event.__name__,
        "detail": {"metadata": {"event_id": mark}, "data": {}},
    }
    system.invoke(construct, sqs_event(body))
    system.given_up(system.system.dead_letters_url(construct), mark)


def _issue_invoice(system: ActingSystem) -> OrderPlaced:
    placed = cast("OrderPlaced", _new(OrderPlaced))
    system.invoke("IssueInvoice", sqs_event(placed))
    system.item(system.system.invoices_table, order_id=placed.order_id, fact=INVOICE)
    return placed


def _cancel(system: ActingSystem, order_id: str) -> None:
    system.invoke("IssueCreditNote", sqs_event(example(OrderCancelled, order_id=order_id)))


def _invoice_is_taken_back(system: ActingSystem) -> None:
    placed = _issue_invoice(system)
    _cancel(system, placed.order_id)
    system.item(system.system.invoices_table, order_id=placed.order_id, fact=CREDIT_NOTE)


def _invoice_is_prevented(system: ActingSystem) -> None:
    order_id = str(uuid.uuid4())
    _cancel(system, order_id)
    system.item(system.system.invoices_table, order_id=order_id, fact=CANCELLATION)


def _an_invoice() -> Invoice:
    placed = cast("OrderPlaced", _new(OrderPlaced))
    return Invoice.of(placed, number=f"INV-2026-{uuid.uuid4().int % 10**9:09d}", issued_at=_now())


def _invoice_is_told(system: ActingSystem) -> None:
    invoice = _an_invoice()
    _tell(system, "PublishInvoiceFacts", invoice, order_id=invoice.order_id, fact=INVOICE)
    system.stage.client("s3").head_object(Bucket=system.system.documents_bucket, Key=invoice.document_key)
    system.heard("InvoiceIssued", invoice.order_id)
    note = CreditNote(number=invoice.number.replace("INV", "CRN"), reason="no", issued_at=_now(), invoice=invoice)
    _tell(system, "PublishInvoiceFacts", note, order_id=invoice.order_id, fact=CREDIT_NOTE)
    system.heard("CreditNoteIssued", invoice.order_id)


def _invoice_is_counted(system: ActingSystem) -> None:
    invoice = _an_invoice()
    before = sum(sales.invoices for sales in system.system.sales_figures())
    _tell(system, "CountSales", invoice, order_id=invoice.order_id, fact=INVOICE)
    assert sum(sales.invoices for sales in system.system.sales_figures()) == before + 1, "the invoice is not counted"


def _document(system: ActingSystem, *, with_version: bool) -> tuple[str, Mapping[str, object]]:
    """Write a document, and give its key and the event that tells of it."""
    key = f"{DOCUMENT_PREFIX}{uuid.uuid4()}.html"
    bucket = system.system.documents_bucket
    written = system.stage.client("s3").put_object(Bucket=bucket, Key=key, Body=key.encode())
    version_id = written["VersionId"] if with_version else None
    return key, object_created_event(bucket=bucket, key=key, version_id=version_id) | {"id": str(uuid.uuid4())}


def _is_recorded(system: ActingSystem, key: str) -> None:
    table = system.system.document_digests_table
    assert any(item["document"]["S"] == key for item in system.system.items(table)), f"{key} is not recorded"


def _document_is_recorded(system: ActingSystem, *, with_version: bool) -> None:
    key, event = _document(system, with_version=with_version)
    system.invoke("RecordDocument", event)
    _is_recorded(system, key)


def _document_is_recorded_later(system: ActingSystem) -> None:
    key, event = _document(system, with_version=False)
    with system.outage("RecordDocument", _PUT, system.system.document_digests_table):
        system.fail("RecordDocument", event)
    system.invoke("RecordDocument", event)
    _is_recorded(system, key)


def _no_object(system: ActingSystem) -> None:
    mark = str(uuid.uuid4())
    system.invoke("RecordDocument", object_created_event(bucket="b", key="k") | {"id": mark, "detail": {}})
    system.given_up(system.system.failures_url("RecordDocument"), mark)
