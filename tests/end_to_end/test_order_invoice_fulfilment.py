"""Fulfilment: what the workflow does, undoes and tells, repeats, and what it cannot handle."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest
from jsonschema import Draft4Validator

import examples.order_invoice  # noqa: F401 -- it makes the services importable  # pyright: ignore[reportUnusedImport]
from best_practice_constructs.events.event_schema import event_schema
from best_practice_constructs.local import Deployment, LocalStage
from best_practice_constructs.runtime import event_declaration
from best_practice_constructs.testing import eventbridge_event
from shop.events import FulfilmentFailed, OrderedLine, OrderFulfilled, OrderPlaced
from tests.end_to_end.fulfilment_app import write_fulfilment_app
from tests.unit.helpers.formats import FORMATS

pytestmark = pytest.mark.end_to_end

IN_STOCK = 1_000


@dataclass(frozen=True, kw_only=True)
class Fulfilment:
    """The deployed service, with a queue that hears what it tells."""

    stage: LocalStage
    deployment: Deployment
    heard_url: str

    def name(self, path: str, *, stack: str = "fulfilment") -> str:
        return self.deployment.stacks[stack].physical_id(path)

    def publish(self, placed: OrderPlaced, *, event_id: str, times: int = 1) -> None:
        """Put the event on the bus, each time as another delivery."""
        event = eventbridge_event(placed, event_id=event_id, correlation_id=f"request-{placed.order_id}")
        self.put(event["detail"], times=times)

    def put(self, detail: object, *, times: int = 1) -> None:
        declaration = event_declaration(OrderPlaced)
        entry = {
            "EventBusName": self.name("Bus/Bus", stack="shared"),
            "Source": declaration.source,
            "DetailType": declaration.detail_type,
            "Detail": json.dumps(detail),
        }
        for _ in range(times):
            answer = self.stage.client("events").put_events(Entries=[entry])  # type: ignore[list-item] # as it is
            assert answer["FailedEntryCount"] == 0

    def told_of(self, order_id: str, *, seconds: float = 30) -> Mapping[str, Any]:
        """Wait for the outcome of an order, and give its event."""
        found = self._wait(lambda: self._told(order_id), seconds=seconds, what=f"told of {order_id}")
        return found[0]

    def _told(self, order_id: str) -> list[Mapping[str, Any]]:
        received = self.stage.client("sqs").receive_message(
            QueueUrl=self.heard_url, MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        events = [json.loads(message["Body"]) for message in received.get("Messages", [])]
        return [event for event in events if event["detail"]["data"]["order_id"] == order_id]

    def facts(self, order_id: str) -> list[str]:
        """Give what was done for an order."""
        answer = self.stage.client("dynamodb").query(
            TableName=self.name("Fulfilments", stack="data"),
            KeyConditionExpression="order_id = :id",
            ExpressionAttributeValues={":id": {"S": order_id}},
            ConsistentRead=True,
        )
        return sorted(item["fact"]["S"] for item in answer["Items"])

    def stock(self, sku: str) -> int:
        item = self.stage.client("dynamodb").get_item(
            TableName=self.name("Stock", stack="data"), Key={"sku": {"S": sku}}, ConsistentRead=True
        )["Item"]
        return int(item["available"]["N"])

    def fill(self, *skus: str, available: int = IN_STOCK) -> None:
        for sku in skus:
            self.stage.client("dynamodb").put_item(
                TableName=self.name("Stock", stack="data"),
                Item={"sku": {"S": sku}, "available": {"N": str(available)}},
            )

    def executions(self, order_id: str) -> list[str]:
        """Give the names of the workflow's executions for an order."""
        workflows = self.stage.client("stepfunctions")
        arn = self.name("FulfilOrder/StateMachine")
        pages = workflows.get_paginator("list_executions").paginate(stateMachineArn=arn)
        names: list[str] = []
        for page in pages:
            for each in page["executions"]:
                given = workflows.describe_execution(executionArn=each["executionArn"])["input"]
                if json.loads(given)["detail"].get("data", {}).get("order_id") == order_id:
                    names.append(each["name"])
        return names

    def failure(self, *, seconds: float = 30) -> Mapping[str, Any]:
        """Wait for the next message in the failures queue, and take it."""
        queue_url = self.name("FulfilOrder/Failures")

        def take() -> list[Mapping[str, Any]]:
            sqs = self.stage.client("sqs")
            messages = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=1).get("Messages", [])
            for message in messages:
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
            return [json.loads(message["Body"]) for message in messages]

        return self._wait(take, seconds=seconds, what="a failure")[0]

    def _wait(
        self, look: Callable[[], list[Mapping[str, Any]]], *, seconds: float, what: str
    ) -> list[Mapping[str, Any]]:
        until = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < until, f"nothing came within {seconds:g} s: {what}"
            time.sleep(0.1)
        return found


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fulfilment]:
    directory = write_fulfilment_app(tmp_path_factory.mktemp("app") / "fulfilment")
    with LocalStage(emulator_settings={"SFN_WAIT_SCALE": "0"}) as stage:
        deployment = stage.deploy(stage.synthesize(directory))
        bus = deployment.stacks["shared"].physical_id("Bus/Bus")
        heard_url = stage.client("sqs").create_queue(QueueName="heard")["QueueUrl"]
        events = stage.client("events")
        pattern = json.dumps({"source": ["com.example.shop.fulfilment"]})
        events.put_rule(Name="heard", EventBusName=bus, EventPattern=pattern)
        arn = "arn:aws:sqs:us-east-1:000000000000:heard"
        events.put_targets(Rule="heard", EventBusName=bus, Targets=[{"Id": "heard", "Arn": arn}])
        running = Fulfilment(stage=stage, deployment=deployment, heard_url=heard_url)
        running.fill("LAMP-01", "PEN-BLUE")
        yield running


def placed_order(*lines: tuple[str, int], **changes: object) -> OrderPlaced:
    """Give an event of a new order."""
    zero = Decimal(0)
    ordered = tuple(
        OrderedLine(
            sku=sku, description=sku, quantity=quantity, unit_price=zero, discount=zero, net=zero, tax_rate=zero
        )
        for sku, quantity in lines or (("LAMP-01", 2), ("PEN-BLUE", 12), ("LAMP-01", 1))
    )
    order = OrderPlaced(
        order_id=str(uuid.uuid4()),
        customer="Ada Lovelace",
        country="DE",
        currency="EUR",
        lines=ordered,
        subtotal=Decimal("150.00"),
        discount=zero,
        tax=zero,
        total=Decimal("150.00"),
        placed_at=datetime.now(UTC),
    )
    return replace(order, **changes)  # type: ignore[arg-type] # fields of the event


def assert_declared(event: Mapping[str, Any], type_: type) -> None:
    """Assert that an event is what its class declares, envelope included."""
    declaration = event_declaration(type_)
    assert (event["source"], event["detail-type"]) == (declaration.source, declaration.detail_type)
    errors = Draft4Validator(event_schema(declaration), format_checker=FORMATS).iter_errors(event)
    assert [error.message for error in errors] == []


def test_an_order_is_reserved_charged_and_shipped_once(service: Fulfilment) -> None:
    """Three deliveries of one event start one execution."""
    before = service.stock("LAMP-01"), service.stock("PEN-BLUE")
    placed = placed_order()
    event_id = str(uuid.uuid4())
    service.publish(placed, event_id=event_id, times=3)
    event = service.told_of(placed.order_id)
    assert_declared(event, OrderFulfilled)
    metadata = event["detail"]["metadata"]
    assert metadata["correlation_id"] == f"request-{placed.order_id}"
    assert metadata["causation_id"] == event_id
    assert (metadata["service"], metadata["application_version"]) == ("fulfilment", "7")
    assert service.executions(placed.order_id) == [event_id]
    assert service.facts(placed.order_id) == ["PAYMENT", "RESERVATION", "SHIPMENT"]
    # An article in two lines is taken at once.
    assert (service.stock("LAMP-01"), service.stock("PEN-BLUE")) == (before[0] - 3, before[1] - 12)


def test_an_order_that_is_out_of_stock_takes_nothing(service: Fulfilment) -> None:
    before = service.stock("LAMP-01")
    placed = placed_order(("LAMP-01", 1), ("UNHEARD-OF", 1))
    service.publish(placed, event_id=str(uuid.uuid4()))
    event = service.told_of(placed.order_id)
    assert_declared(event, FulfilmentFailed)
    assert event["detail"]["data"]["reason"] == "OUT_OF_STOCK"
    assert service.facts(placed.order_id) == []
    assert service.stock("LAMP-01") == before


@pytest.mark.parametrize(
    ("changes", "reason", "facts"),
    [
        ({"total": Decimal("100000.01")}, "PAYMENT_DECLINED", ["RELEASE", "RESERVATION"]),
        ({"country": "US"}, "COUNTRY_NOT_SERVED", ["PAYMENT", "REFUND", "RELEASE", "RESERVATION"]),
    ],
)
def test_what_was_done_is_undone(
    service: Fulfilment, changes: Mapping[str, object], reason: str, facts: list[str]
) -> None:
    before = service.stock("LAMP-01"), service.stock("PEN-BLUE")
    placed = placed_order(**changes)
    service.publish(placed, event_id=str(uuid.uuid4()))
    event = service.told_of(placed.order_id)
    assert_declared(event, FulfilmentFailed)
    assert event["detail"]["data"]["reason"] == reason
    assert service.facts(placed.order_id) == facts
    assert (service.stock("LAMP-01"), service.stock("PEN-BLUE")) == before


@pytest.mark.parametrize("changes", [{}, {"country": "US"}, {"total": Decimal("100000.01")}])
def test_steps_that_are_done_again_do_nothing(service: Fulfilment, changes: Mapping[str, object]) -> None:
    """An execution from the beginning, of an order for which everything was written, as after a lost answer."""
    placed = placed_order(**changes)
    service.publish(placed, event_id=str(uuid.uuid4()))
    first = service.told_of(placed.order_id)
    done, stock = service.facts(placed.order_id), service.stock("LAMP-01")
    service.publish(placed, event_id=str(uuid.uuid4()))
    until = time.monotonic() + 30
    while len(service._told(placed.order_id)) < 2:
        assert time.monotonic() < until, "the second execution told nothing"
        time.sleep(0.1)
    assert len(service.executions(placed.order_id)) == 2
    assert (service.facts(placed.order_id), service.stock("LAMP-01")) == (done, stock)
    again = service._told(placed.order_id)
    # The same event twice: who consumes it takes the second for a repetition.
    assert {event["detail"]["metadata"]["event_id"] for event in again} == {first["detail"]["metadata"]["event_id"]}


def test_an_execution_that_fails_is_told_with_its_cause(service: Fulfilment) -> None:
    detail = cast("dict[str, dict[str, object]]", eventbridge_event(placed_order(), event_id="poison")["detail"])
    del detail["data"]["lines"]
    detail["data"]["total"] = "much"
    service.put(detail)
    failed = service.failure()["detail"]
    assert failed["status"] == "FAILED"
    assert failed["executionArn"].endswith(":poison")
    assert failed["error"] == "States.QueryEvaluationError"
    assert failed["cause"]
    assert json.loads(failed["input"])["detail"]["data"]["total"] == "much"


def test_an_event_without_an_id_is_told_with_its_cause(service: Fulfilment) -> None:
    service.put({"data": {"order_id": "nameless"}})
    failure = service.failure()
    assert failure["state"] == "Start"
    assert failure["error"] == "States.QueryEvaluationError"
    assert failure["input"]["detail"] == {"data": {"order_id": "nameless"}}
    assert service.executions("nameless") == []
