from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import urljoin

import pytest

from invoices.invoice import CreditNote
from orders.order_state import CANCELLATION, INVOICE, ORDER
from shop.events import OrderCancelled, OrderPlaced
from shop.stored_fact import StoredFact
from tests.unit.examples.order_invoice.fake_cloud import CALLER, Answer, FakeCloud, fake_cloud
from tests.unit.examples.order_invoice.samples import ISSUED_AT, ORDER_ID, PLACED_AT, invoice, placed

BODY: Mapping[str, object] = {
    "customer": "Ada Lovelace",
    "country": "DE",
    "currency": "EUR",
    "lines": [{"sku": "LAMP-01", "quantity": 2}],
}


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCloud]:
    with fake_cloud(monkeypatch, idempotency_model="record") as cloud:
        yield cloud


def _place(cloud: FakeCloud, *, body: object = BODY, key: str = "key-1", caller: str = CALLER) -> Answer:
    return cloud.request("orders.place_order", body=body, headers={"Idempotency-Key": key}, caller=caller)


def _placed_id(cloud: FakeCloud) -> str:
    return str(_place(cloud).body["order_id"])


def test_an_order_is_acknowledged_with_where_and_when_to_ask(cloud: FakeCloud) -> None:
    answer = _place(cloud)
    assert answer.status == 202
    assert answer.headers["Retry-After"] == "1"
    asked = urljoin("https://api.example/live/orders", answer.headers["Location"])
    assert asked == f"https://api.example/live/orders/{answer.body['order_id']}"


def test_an_order_is_one_fact_with_its_prices(cloud: FakeCloud) -> None:
    order_id = _placed_id(cloud)
    (fact,) = cloud.facts("orders")
    assert (fact.order_id, fact.fact, fact.correlation_id) == (order_id, ORDER, "request")
    assert str(fact.content(OrderPlaced).total) == "116.62"


def test_the_same_request_again_is_the_same_order(cloud: FakeCloud) -> None:
    assert _place(cloud) == _place(cloud)
    assert len(cloud.items("orders")) == 1


def test_the_same_key_with_another_order_is_a_problem_and_changes_nothing(cloud: FakeCloud) -> None:
    _place(cloud)
    before = cloud.items("orders")
    answer = _place(cloud, body={**BODY, "customer": "Charles Babbage"})
    assert (answer.status, answer.body["title"]) == (422, "Idempotency key used before")
    assert cloud.items("orders") == before


def test_the_same_key_of_another_caller_is_another_order(cloud: FakeCloud) -> None:
    _place(cloud)
    _place(cloud, caller="arn:aws:iam::123456789012:user/charles")
    assert len(cloud.items("orders")) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ({**BODY, "lines": []}, 422),
        ({**BODY, "lines": [{"sku": "LAMP-01", "quantity": 0}]}, 422),
        ({**BODY, "lines": [{"sku": "LAMP-01", "quantity": 1001}]}, 422),
        ({**BODY, "currency": "XXX"}, 422),
        ({**BODY, "lines": [{"sku": "GHOST", "quantity": 1}]}, 422),
    ],
)
def test_a_bad_order_is_a_problem_and_stores_nothing(cloud: FakeCloud, body: object, status: int) -> None:
    answer = _place(cloud, body=body)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert cloud.items("orders") == []


def test_an_unknown_article_is_pointed_at(cloud: FakeCloud) -> None:
    answer = _place(cloud, body={**BODY, "lines": [{"sku": "GHOST", "quantity": 1}]})
    assert answer.body["pointer"] == "/lines/0/sku"
    assert "'GHOST'" in str(answer.body["detail"])


def test_an_order_without_a_key_is_a_problem(cloud: FakeCloud) -> None:
    assert cloud.request("orders.place_order", body=BODY).status == 400


def test_a_new_order_is_counted_once_and_its_revenue_by_currency(
    cloud: FakeCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    _place(cloud)
    _place(cloud)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert [line["OrdersPlaced"] for line in lines if "OrdersPlaced" in line] == [[1.0]]
    (revenue,) = [line for line in lines if "Revenue" in line]
    assert (revenue["Revenue"], revenue["currency"]) == ([116.62], "EUR")


def test_an_order_shows_its_state_and_when_to_ask_again(cloud: FakeCloud) -> None:
    order_id = _placed_id(cloud)
    answer = cloud.request("orders.get_order", order_id=order_id)
    assert (answer.status, answer.body["state"], answer.body["total"]) == (200, "PLACED", "116.62")
    assert answer.body["invoice"] is None
    assert answer.headers["Retry-After"] == "1"


def test_an_order_shows_its_invoice_once_it_is_recorded(cloud: FakeCloud) -> None:
    order_id = _placed_id(cloud)
    fact = StoredFact.of(invoice(), order_id=order_id, fact=INVOICE, occurred_at=ISSUED_AT, correlation_id="request")
    issued = invoice(order_id=order_id).issued()
    assert cloud.deliver("orders.record_invoice", (fact, issued), (fact, issued)) == []
    answer = cloud.request("orders.get_order", order_id=order_id)
    assert answer.body["state"] == "INVOICED"
    assert answer.body["invoice"] == {
        "number": "INV-2026-000001",
        "total": "116.62",
        "issued_at": "2026-03-01T12:00:05Z",
        "document": "documents/INV-2026/INV-2026-000001.html",
    }
    assert "Retry-After" not in answer.headers
    assert len(cloud.items("orders")) == 2


@pytest.mark.parametrize("order_id", [ORDER_ID, "17", "../etc", "x" * 5000, ORDER_ID.upper()])
def test_an_unknown_order_is_a_problem(cloud: FakeCloud, order_id: str) -> None:
    for module, body in (("orders.get_order", None), ("orders.cancel_order", {"reason": "no"})):
        answer = cloud.request(module, body=body, order_id=order_id)
        assert (answer.status, answer.body["title"]) == (404, "Unknown order")
    assert cloud.items("orders") == []


def test_the_order_of_another_caller_is_unknown(cloud: FakeCloud) -> None:
    order_id = _placed_id(cloud)
    other = "arn:aws:iam::123456789012:user/charles"
    assert cloud.request("orders.get_order", order_id=order_id, caller=other).status == 404
    assert cloud.request("orders.cancel_order", body={"reason": "no"}, order_id=order_id, caller=other).status == 404
    assert len(cloud.items("orders")) == 1


def test_a_cancellation_is_a_new_fact_and_cancelling_twice_is_one(cloud: FakeCloud) -> None:
    order_id = _placed_id(cloud)
    (order,) = cloud.items("orders")
    answers = [cloud.request("orders.cancel_order", body={"reason": reason}, order_id=order_id) for reason in "ab"]
    assert answers[0] == answers[1]
    assert answers[0].status == 202
    asked = urljoin(f"https://api.example/live/orders/{order_id}/cancellation", answers[0].headers["Location"])
    assert asked == f"https://api.example/live/orders/{order_id}"
    assert order in cloud.items("orders")
    (cancellation,) = [fact for fact in cloud.facts("orders") if fact.fact == CANCELLATION]
    assert cancellation.content(OrderCancelled).reason == "a"
    assert cloud.request("orders.get_order", order_id=order_id).body["state"] == "CANCELLED"


def test_a_credit_note_is_shown(cloud: FakeCloud) -> None:
    order_id = _placed_id(cloud)
    note = CreditNote(number="CRN-2026-000001", reason="no", issued_at=ISSUED_AT, invoice=invoice(order_id=order_id))
    fact = StoredFact.of(note, order_id=order_id, fact="CREDIT_NOTE", occurred_at=ISSUED_AT, correlation_id="request")
    assert cloud.deliver("orders.record_credit_note", (fact, note.issued())) == []
    assert cloud.request("orders.get_order", order_id=order_id).body["state"] == "CREDITED"


def _order_facts() -> list[StoredFact]:
    cancelled = OrderCancelled(order_id=ORDER_ID, reason="no", cancelled_at=datetime(2026, 3, 2, tzinfo=UTC))
    contents = {ORDER: placed(), CANCELLATION: cancelled, INVOICE: invoice().issued()}
    return [
        StoredFact.of(content, order_id=ORDER_ID, fact=name, occurred_at=PLACED_AT, correlation_id="request")
        for name, content in contents.items()
    ]


def test_the_stream_tells_of_orders_and_cancellations_and_repeats_itself_exactly(cloud: FakeCloud) -> None:
    cloud.stream("orders.publish_order_facts", _order_facts())
    first = list(cloud.published)
    cloud.stream("orders.publish_order_facts", _order_facts())
    assert [entry["DetailType"] for entry in first] == ["OrderPlaced", "OrderCancelled"]
    assert [entry["Detail"] for entry in cloud.published] == [entry["Detail"] for entry in first] * 2
    metadata = json.loads(str(first[0]["Detail"]))["metadata"]
    assert (metadata["correlation_id"], metadata["event_id"]) == ("request", _order_facts()[0].event_id)
    assert (metadata["occurred_at"], metadata["changed"]) == (PLACED_AT.isoformat().replace("+00:00", "Z"), [])


def test_the_stream_tells_nothing_of_what_is_removed(cloud: FakeCloud) -> None:
    cloud.stream("orders.publish_order_facts", _order_facts(), event_name="REMOVE")
    assert cloud.published == []
