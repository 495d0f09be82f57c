"""The sales figures: exact sums by day and currency, each fact in them once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs.runtime import clients
from invoices import count_sales
from invoices.figures_table import sales_from_item
from invoices.invoice import CANCELLATION, CREDIT_NOTE, INVOICE, CreditNote, Invoice
from invoices.sales import Sales
from shop.stored_fact import StoredFact
from tests.unit.examples.order_invoice.fake_cloud import FAILURES_URL, Context, FakeCloud, fake_cloud
from tests.unit.examples.order_invoice.samples import ISSUED_AT, invoice, new_order

STREAM_ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/invoices/stream/1"


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCloud]:
    count_sales.handler.forget()
    with fake_cloud(monkeypatch, idempotency_model="record") as cloud:
        yield cloud


def _fact(content: Invoice | CreditNote, *, order_id: str = "order") -> StoredFact:
    name = INVOICE if isinstance(content, Invoice) else CREDIT_NOTE
    return StoredFact.of(content, order_id=order_id, fact=name, occurred_at=content.issued_at, correlation_id="request")


def _record(item: Mapping[str, object], *, event_name: str = "INSERT") -> dict[str, object]:
    keys = {name: item[name] for name in ("order_id", "fact")}
    return {
        "eventID": f"{keys}",
        "eventName": event_name,
        "eventSource": "aws:dynamodb",
        "eventSourceARN": STREAM_ARN,
        "dynamodb": {
            "ApproximateCreationDateTime": 1772366400,
            "Keys": keys,
            "NewImage": item,
            "SequenceNumber": "1",
        },
    }


def _count(*records: Mapping[str, object]) -> list[str]:
    """Hand records to the function as Lambda does, and give the sequence numbers of those that failed."""
    response = count_sales.handler({"Records": list(records)}, Context())
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


def _figures(cloud: FakeCloud) -> list[Sales]:
    return [sales_from_item(item) for item in cloud.items("figures")]


def test_invoices_add_up_by_day_and_currency_and_a_credit_note_takes_its_invoice_off(cloud: FakeCloud) -> None:
    # Twelve pens have a discount; the credit note is issued a day later.
    lamps, pens = invoice(), invoice(number="INV-2026-000002", order=new_order(sku="PEN-BLUE", quantity=12))
    note = CreditNote(number="CRN-2026-000001", reason="no", issued_at=ISSUED_AT + timedelta(days=1), invoice=lamps)
    yen = invoice(number="INV-2026-000003", order=new_order(currency="JPY"))
    facts = [_fact(lamps, order_id="1"), _fact(pens, order_id="2"), _fact(note, order_id="1"), _fact(yen, order_id="3")]
    assert _count(*(_record(fact.to_item()) for fact in facts)) == []
    assert {(sales.day.isoformat(), sales.currency): sales for sales in _figures(cloud)} == {
        ("2026-03-01", "EUR"): Sales(
            day=date(2026, 3, 1),
            currency="EUR",
            invoices=2,
            credit_notes=0,
            net=lamps.subtotal + pens.subtotal - pens.discount,
            tax=lamps.tax + pens.tax,
            total=lamps.total + pens.total,
        ),
        ("2026-03-01", "JPY"): Sales.of_invoice(yen),
        ("2026-03-02", "EUR"): Sales.of_credit_note(note),
    }
    assert pens.discount > 0
    assert Sales.of_credit_note(note).total == -lamps.total


def test_a_fact_that_comes_again_is_counted_once(cloud: FakeCloud) -> None:
    fact = _fact(invoice())
    for _ in range(2):
        assert _count(_record(fact.to_item()), _record(fact.to_item())) == []
    assert _figures(cloud) == [Sales.of_invoice(invoice())]
    (mark,) = cloud.items("counted-facts")
    assert mark["id"] == {"S": fact.event_id}


def test_a_worker_that_dies_before_its_transaction_has_counted_nothing(cloud: FakeCloud) -> None:
    class Dead:
        def transact_write_items(self, **_: object) -> object:
            raise ConnectionError("the worker is gone")

    record = _record(_fact(invoice()).to_item())
    clients.use("dynamodb", Dead())
    assert _count(record) == ["1"]
    clients.use("dynamodb", cloud.dynamodb)
    assert cloud.items("counted-facts") == []
    assert _figures(cloud) == []
    assert _count(record) == []
    assert _figures(cloud) == [Sales.of_invoice(invoice())]


def test_what_is_no_sale_is_passed_over(cloud: FakeCloud) -> None:
    fact = _fact(invoice())
    prevented = replace(fact, fact=CANCELLATION)
    assert _count(_record(prevented.to_item()), _record(fact.to_item(), event_name="MODIFY")) == []
    assert _figures(cloud) == []


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"data": {"S": '{"number": 17}'}}, "INVOICE of order order is no Invoice"),
        ({"data": {"S": "{"}}, "INVOICE of order order is no Invoice"),
        ({"data": {"NULL": True}}, "is no fact: it lacks 'data'"),
        ({"occurred_at": {"S": "yesterday"}}, "is no fact: Invalid isoformat string"),
    ],
)
def test_poison_is_put_aside_with_its_cause_and_the_shard_goes_on(
    cloud: FakeCloud, change: Mapping[str, object], cause: str
) -> None:
    poison = {**_fact(invoice()).to_item(), **change}
    good = _fact(invoice(), order_id="good")
    assert _count(_record(poison), _record(good.to_item())) == []
    assert _figures(cloud) == [Sales.of_invoice(invoice())]
    (message,) = cloud.sqs.receive_message(QueueUrl=FAILURES_URL, MessageAttributeNames=["All"])["Messages"]
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert attributes["ErrorType"] == "UnreadableFactError"
    assert cause in attributes["ErrorMessage"]


def test_the_day_is_that_of_utc() -> None:
    west = timezone(timedelta(hours=-8))
    late = replace(invoice(), issued_at=datetime(2026, 3, 1, 23, 30, tzinfo=west))
    assert Sales.of_invoice(late).day == date(2026, 3, 2)


@given(
    st.integers(min_value=1, max_value=999), st.sampled_from(["LAMP-01", "PEN-BLUE"]), st.sampled_from(["EUR", "JPY"])
)
def test_a_credit_note_undoes_its_invoice_exactly(quantity: int, sku: str, currency: str) -> None:
    issued = invoice(order=new_order(quantity=quantity, sku=sku, currency=currency))
    note = CreditNote(number="CRN-2026-000001", reason="no", issued_at=ISSUED_AT, invoice=issued)
    added, taken = Sales.of_invoice(issued), Sales.of_credit_note(note)
    assert added.net + added.tax == added.total
    assert (added.net + taken.net, added.tax + taken.tax, added.total + taken.total) == (Decimal(0),) * 3
