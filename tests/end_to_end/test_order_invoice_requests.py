"""What the API refuses, it refuses with a problem document, and stores nothing."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping

import pytest

from best_practice_constructs.local import LocalStage
from examples.order_invoice.order_client import Answer
from examples.order_invoice.running_system import RunningSystem
from tests.end_to_end.order_invoice_stage import deploy_system, new_order

pytestmark = pytest.mark.end_to_end

UNKNOWN = str(uuid.UUID(int=17))
KEY = {"Idempotency-Key": "key"}


@pytest.fixture(scope="module")
def system(embedded_stage: LocalStage) -> RunningSystem:
    return deploy_system(embedded_stage, "requests")


def _assert_problem(answer: Answer, status: int) -> None:
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.body["status"] == status
    assert answer.body["title"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        # What the model of the route refuses, the gateway does (400); what only the service knows, the service (422).
        (b"{", 400),
        (b"", 400),
        (b"[]", 400),
        (json.dumps(new_order(lines=[])).encode(), 400),
        (json.dumps(new_order(lines=[{"sku": "LAMP-01", "quantity": 0}])).encode(), 400),
        (json.dumps(new_order(lines=[{"sku": "LAMP-01", "quantity": "2"}])).encode(), 400),
        (json.dumps(new_order(lines=[{"sku": "GHOST", "quantity": 1}])).encode(), 422),
        (json.dumps(new_order(lines=[{"sku": "LAMP-01", "quantity": 1}] * 51)).encode(), 400),
        (json.dumps(new_order(currency="XXX")).encode(), 400),
        (json.dumps({"customer": "Ada"}).encode(), 400),
    ],
)
def test_a_bad_body_is_a_problem(system: RunningSystem, body: bytes, status: int) -> None:
    _assert_problem(system.order_client().send("POST", "orders", body=body, headers=KEY), status)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain", **KEY}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded", **KEY}, 415),
        ({}, 400),
        ({"Idempotency-Key": "k" * 256}, 400),
    ],
)
def test_a_bad_header_is_a_problem(system: RunningSystem, headers: Mapping[str, str], status: int) -> None:
    answer = system.order_client().send("POST", "orders", body=new_order(), headers=headers)
    _assert_problem(answer, status)


@pytest.mark.parametrize("order_id", [UNKNOWN, "17", "x" * 3000])
def test_an_unknown_order_is_a_problem(system: RunningSystem, order_id: str) -> None:
    client = system.order_client()
    _assert_problem(client.get(order_id), 404)
    _assert_problem(client.cancel(order_id, reason="no"), 404)


def test_a_cancellation_without_a_reason_is_a_problem(system: RunningSystem) -> None:
    answer = system.order_client().send("POST", f"orders/{UNKNOWN}/cancellation", body={})
    _assert_problem(answer, 400)


def test_nothing_of_all_that_was_stored(system: RunningSystem) -> None:
    client = system.order_client()
    _assert_problem(client.send("POST", "orders", body=b"{", headers=KEY), 400)
    _assert_problem(client.cancel(UNKNOWN, reason="no"), 404)
    assert system.order_facts() == []
    assert system.invoice_facts() == []


def test_an_accepted_order_is_found_where_the_answer_says(system: RunningSystem) -> None:
    client = system.order_client()
    answer = client.place(new_order())
    assert (answer.status, answer.headers["retry-after"]) == (202, "1")
    shown = client.follow("orders", answer)
    assert (shown.status, shown.body["order_id"]) == (200, answer.body["order_id"])
    assert shown.body["total"] == "121.12"
