from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest
from botocore.exceptions import ClientError

from best_practice_constructs.runtime import clients
from invoices.invoice import CANCELLATION, CREDIT_NOTE, INVOICE, CreditNote, Invoice
from shop.events import OrderCancelled
from shop.stored_fact import StoredFact
from tests.unit.examples.order_invoice.fake_cloud import FakeCloud, fake_cloud
from tests.unit.examples.order_invoice.samples import ISSUED_AT, PLACED_AT, invoice, placed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Delivery = tuple[StoredFact, object]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCloud]:
    with fake_cloud(monkeypatch, idempotency_model="transaction") as cloud:
        yield cloud


def _placed(order_id: str) -> Delivery:
    content = placed(order_id=order_id)
    return StoredFact.of(
        content, order_id=order_id, fact="ORDER", occurred_at=PLACED_AT, correlation_id="request"
    ), content


def _cancelled(order_id: str) -> Delivery:
    content = OrderCancelled(order_id=order_id, reason="too late", cancelled_at=datetime(2026, 3, 2, tzinfo=UTC))
    return StoredFact.of(
        content, order_id=order_id, fact="CANCELLATION", occurred_at=content.cancelled_at, correlation_id="request"
    ), content


def _redelivered(delivery: Delivery) -> Delivery:
    """The same fact under another event id, as somebody's hand-made repair might send it."""
    fact, content = delivery
    return StoredFact.of(
        content, order_id=str(uuid.uuid4()), fact=fact.fact, occurred_at=fact.occurred_at, correlation_id="repair"
    ), content


def _numbers(cloud: FakeCloud, name: str = INVOICE) -> list[str]:
    facts = [fact for fact in cloud.facts("invoices") if fact.fact == name]
    return sorted(json.loads(fact.data)["number"] for fact in facts)


def _expected(prefix: str, count: int) -> list[str]:
    return [f"{prefix}-{datetime.now(UTC).year}-{number:06d}" for number in range(1, count + 1)]


def test_orders_get_numbers_without_gap_or_repeat(cloud: FakeCloud) -> None:
    assert cloud.deliver("invoices.issue_invoice", *[_placed(f"order-{n}") for n in range(10)]) == []
    assert _numbers(cloud) == _expected("INV", 10)


def test_an_invoice_says_what_the_order_said(cloud: FakeCloud) -> None:
    cloud.deliver("invoices.issue_invoice", _placed("order"))
    (fact,) = cloud.facts("invoices")
    issued = fact.content(Invoice)
    assert issued == Invoice.of(placed(order_id="order"), number=issued.number, issued_at=issued.issued_at)
    assert (fact.correlation_id, fact.causation_id) == ("request", _placed("order")[0].event_id)


def test_an_event_that_comes_three_times_gives_one_invoice(cloud: FakeCloud) -> None:
    delivery = _placed("order")
    assert cloud.deliver("invoices.issue_invoice", delivery, delivery) == []
    assert cloud.deliver("invoices.issue_invoice", delivery) == []
    assert cloud.deliver("invoices.issue_invoice", _placed("another")) == []
    assert _numbers(cloud) == _expected("INV", 2)


def test_an_order_that_is_told_under_another_event_id_has_its_invoice_already(cloud: FakeCloud) -> None:
    assert cloud.deliver("invoices.issue_invoice", _placed("order"), _redelivered(_placed("order"))) == []
    assert _numbers(cloud) == _expected("INV", 1)


def test_a_cancelled_order_gets_one_credit_note_for_its_invoice(cloud: FakeCloud) -> None:
    cloud.deliver("invoices.issue_invoice", _placed("order"))
    cancelled = _cancelled("order")
    assert cloud.deliver("invoices.issue_credit_note", cancelled, cancelled, _redelivered(cancelled)) == []
    assert _numbers(cloud, CREDIT_NOTE) == _expected("CRN", 1)
    (note,) = [fact.content(CreditNote) for fact in cloud.facts("invoices") if fact.fact == CREDIT_NOTE]
    assert (note.invoice.number, note.reason) == (_expected("INV", 1)[0], "too late")


def test_an_order_that_is_cancelled_first_never_gets_an_invoice(cloud: FakeCloud) -> None:
    cancelled = _cancelled("order")
    assert cloud.deliver("invoices.issue_credit_note", cancelled, _redelivered(cancelled)) == []
    assert cloud.deliver("invoices.issue_invoice", _placed("order"), _placed("another")) == []
    assert {(fact.order_id, fact.fact) for fact in cloud.facts("invoices")} == {
        ("order", CANCELLATION),
        ("another", INVOICE),
    }
    assert _numbers(cloud) == _expected("INV", 1)


class _Overtaking:
    """DynamoDB, with another worker that does something right before the first transaction."""

    def __init__(self, dynamodb: DynamoDBClient, cloud: FakeCloud, module: str, delivery: Delivery) -> None:
        self._dynamodb = dynamodb
        self._cloud = cloud
        self._other = (module, delivery)

    def __getattr__(self, name: str) -> object:
        return getattr(self._dynamodb, name)

    def transact_write_items(self, **request: object) -> object:
        clients.use("dynamodb", self._dynamodb)
        assert self._cloud.deliver(*self._other) == []
        write = cast("Callable[..., object]", self._dynamodb.transact_write_items)
        return write(**request)


def _overtaken(cloud: FakeCloud, *, by: tuple[str, Delivery]) -> None:
    clients.use("dynamodb", _Overtaking(cloud.dynamodb, cloud, *by))


def test_a_worker_that_is_overtaken_at_the_counter_takes_the_next_number(cloud: FakeCloud) -> None:
    _overtaken(cloud, by=("invoices.issue_invoice", _placed("faster")))
    assert cloud.deliver("invoices.issue_invoice", _placed("slower")) == []
    assert _numbers(cloud) == _expected("INV", 2)


def test_a_cancellation_that_overtakes_the_invoice_prevents_it(cloud: FakeCloud) -> None:
    _overtaken(cloud, by=("invoices.issue_credit_note", _cancelled("order")))
    assert cloud.deliver("invoices.issue_invoice", _placed("order")) == []
    assert [fact.fact for fact in cloud.facts("invoices")] == [CANCELLATION]
    assert cloud.items("series") == []


def test_an_invoice_that_overtakes_the_cancellation_is_credited(cloud: FakeCloud) -> None:
    _overtaken(cloud, by=("invoices.issue_invoice", _placed("order")))
    assert cloud.deliver("invoices.issue_credit_note", _cancelled("order")) == []
    assert sorted(fact.fact for fact in cloud.facts("invoices")) == [CREDIT_NOTE, INVOICE]


class _Broken:
    """DynamoDB that refuses one item of each transaction as invalid."""

    def __init__(self, dynamodb: DynamoDBClient) -> None:
        self._dynamodb = dynamodb

    def __getattr__(self, name: str) -> object:
        return getattr(self._dynamodb, name)

    def transact_write_items(self, **_: object) -> object:
        codes = ("None", "None", "ValidationError", "None")
        response = {
            "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
            "CancellationReasons": [{"Code": code} for code in codes],
        }
        raise ClientError(response, "TransactWriteItems")  # type: ignore[arg-type] # botocore's type lacks the reasons


def test_a_refusal_that_is_no_condition_is_a_failure_and_not_done(cloud: FakeCloud) -> None:
    clients.use("dynamodb", _Broken(cloud.dynamodb))
    assert cloud.deliver("invoices.issue_invoice", _placed("order")) == ["message-0"]


def _facts() -> list[StoredFact]:
    note = CreditNote(number="CRN-2026-000001", reason="no", issued_at=ISSUED_AT, invoice=invoice())
    contents = {INVOICE: invoice(), CREDIT_NOTE: note, CANCELLATION: _cancelled("order")[1]}
    return [
        StoredFact.of(content, order_id=invoice().order_id, fact=name, occurred_at=ISSUED_AT, correlation_id="request")
        for name, content in contents.items()
    ]


def test_the_stream_writes_documents_and_tells_of_them_and_repeats_itself_exactly(cloud: FakeCloud) -> None:
    for _ in range(2):
        cloud.stream("invoices.publish_invoice_facts", _facts())
    assert [entry["DetailType"] for entry in cloud.published] == ["InvoiceIssued", "CreditNoteIssued"] * 2
    assert [entry["Detail"] for entry in cloud.published[:2]] == [entry["Detail"] for entry in cloud.published[2:]]
    assert cloud.documents() == [
        "documents/CRN-2026/CRN-2026-000001.html",
        "documents/INV-2026/INV-2026-000001.html",
    ]
    stored = cloud.s3.get_object(Bucket="documents", Key=invoice().document_key)
    assert stored["ContentType"] == "text/html; charset=utf-8"
    assert b"Invoice INV-2026-000001" in stored["Body"].read()


def test_what_has_no_document_is_not_told_and_comes_again(cloud: FakeCloud) -> None:
    cloud.s3.delete_bucket(Bucket="documents")
    assert cloud.stream("invoices.publish_invoice_facts", _facts()) == [INVOICE]
    assert cloud.published == []


def test_an_order_told_to_the_wrong_consumer_is_a_failure(cloud: FakeCloud) -> None:
    assert cloud.deliver("invoices.issue_credit_note", _placed("order")) == ["message-0"]
    assert cloud.items("invoices") == []
