"""The promise when something comes twice, or cannot be understood."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from best_practice_constructs.local import LocalStage
from best_practice_constructs.operations import replay_archive
from examples.order_invoice.running_system import RunningSystem
from tests.end_to_end.order_invoice_stage import (
    assert_each_order_has_exactly_one_invoice,
    deploy_system,
    new_order,
    place_orders,
    tell_again,
    wait_until_invoiced,
)

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def system(embedded_stage: LocalStage, request: pytest.FixtureRequest) -> RunningSystem:
    """A copy of its own for each test, so that each can count everything there is."""
    return deploy_system(embedded_stage, request.node.name.removeprefix("test_").replace("_", "-")[:30].strip("-"))


@contextmanager
def paused(system: RunningSystem, consumer: str) -> Generator[None]:
    """Stop a consumer, so that its messages gather; they come in full batches when it goes on."""
    functions = system.stage.client("lambda")
    (mapping,) = functions.list_event_source_mappings(FunctionName=system.function_name(consumer))[
        "EventSourceMappings"
    ]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def messages_waiting(system: RunningSystem, consumer: str, *, at_least: int) -> None:
    """Wait until a queue holds so many messages."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        attributes = system.stage.client("sqs").get_queue_attributes(
            QueueUrl=system.queue_url(consumer), AttributeNames=["ApproximateNumberOfMessages"]
        )["Attributes"]
        if int(attributes["ApproximateNumberOfMessages"]) >= at_least:
            return
        time.sleep(0.2)
    raise AssertionError(f"{consumer} never had {at_least} messages")


def test_one_key_is_one_order(system: RunningSystem) -> None:
    client = system.order_client()
    first, second = (client.place(new_order(), key="one key") for _ in range(2))
    assert first.status == second.status == 202
    assert first.body == second.body
    other = client.place(new_order(customer="Charles Babbage"), key="one key")
    assert other.status == 422
    assert other.headers["content-type"] == "application/problem+json"

    def place(key: str) -> str:
        return str(system.order_client().place(new_order(), key=key).body["order_id"])

    keys = [str(uuid.uuid4()) for _ in range(10)]
    with ThreadPoolExecutor(8) as pool:
        order_ids = set(pool.map(place, keys * 4))
    assert len(order_ids) == len(keys)
    order_ids.add(str(first.body["order_id"]))
    wait_until_invoiced(system, len(order_ids), seconds=60)
    assert_each_order_has_exactly_one_invoice(system, list(order_ids))


def test_events_delivered_three_times(system: RunningSystem) -> None:
    sqs, events = system.stage.client("sqs"), system.stage.client("events")
    listener = sqs.create_queue(QueueName=f"listener-{uuid.uuid4()}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=listener, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    # What the fulfilment tells has no queue here: its repeats are in test_order_invoice_fulfilment.py.
    pattern = json.dumps({"source": ["com.example.shop.orders", "com.example.shop.invoices"]})
    events.put_rule(Name="listener", EventBusName=system.bus_name, EventPattern=pattern)
    events.put_targets(Rule="listener", EventBusName=system.bus_name, Targets=[{"Id": "listener", "Arn": arn}])

    placed = place_orders(system, 20)
    wait_until_invoiced(system, 20, seconds=60)
    heard = list(_receive_all(system, listener))
    assert len([body for body in heard if json.loads(body)["detail-type"] == "OrderPlaced"]) == 20
    queue_of_event = {
        "OrderPlaced": system.queue_url("IssueInvoice"),
        "InvoiceIssued": system.queue_url("RecordInvoice"),
    }
    for body in heard * 2:
        sqs.send_message(QueueUrl=queue_of_event[json.loads(body)["detail-type"]], MessageBody=body)
    _until_idle(system)

    assert_each_order_has_exactly_one_invoice(system, list(placed.order_ids.values()))
    assert system.dead_letters() == []
    _assert_told_as_repeats(system, 80)


def test_a_replay_of_the_archive(system: RunningSystem) -> None:
    """The emulator replays to all rules of the bus and not to the one that is named, which makes it harder.

    That AWS is asked for one rule only is proven in ``tests/unit/operations/test_replay_archive.py``, by the request.
    """
    events = system.stage.client("events")
    placed = place_orders(system, 10)
    wait_until_invoiced(system, 10, seconds=60)
    (archive,) = [
        each["ArchiveName"]
        for each in events.list_archives()["Archives"]
        if each.get("EventSourceArn", "").endswith(f"/{system.bus_name}")
    ]
    (rule, *_) = [each["Name"] for each in events.list_rules(EventBusName=system.bus_name)["Rules"]]
    window = ["--archive", archive, "--rule", rule, "--start", "2020-01-01T00:00:00Z"]
    # Of each order that it is placed, that its invoice is issued, and, a little later, that its articles are sold out.
    kept = 0
    until = time.monotonic() + 60
    while kept < 30 and time.monotonic() < until:
        kept = events.describe_archive(ArchiveName=archive)["EventCount"]
    assert kept == 30
    assert replay_archive.main([*window, "--apply"], events=events) == 0
    _until_idle(system)
    assert_each_order_has_exactly_one_invoice(system, list(placed.order_ids.values()))
    assert system.dead_letters() == []
    _assert_told_as_repeats(system, 30)


def test_stream_records_told_again(system: RunningSystem) -> None:
    placed = place_orders(system, 10)
    wait_until_invoiced(system, 10, seconds=60)
    tell_again(system)
    _until_idle(system)
    assert_each_order_has_exactly_one_invoice(system, list(placed.order_ids.values()))
    _assert_told_as_repeats(system, 30)


def test_poison_among_good_events(system: RunningSystem) -> None:
    with paused(system, "IssueInvoice"):
        placed = place_orders(system, 9)
        system.publish_poison({"order_id": 17})
        messages_waiting(system, "IssueInvoice", at_least=10)
    wait_until_invoiced(system, 9, seconds=60)
    _until_idle(system)

    assert_each_order_has_exactly_one_invoice(system, list(placed.order_ids.values()))
    (letter,) = system.dead_letters()
    assert letter.queue == "IssueInvoice"
    assert json.loads(letter.body)["detail"]["data"] == {"order_id": 17}
    assert letter.attributes["ErrorType"] == "MalformedMessageError"
    assert "order_id" in letter.attributes["ErrorMessage"]
    assert letter.attributes["FunctionName"] == system.function_name("IssueInvoice")
    assert letter.attributes["ReceiveCount"] == "1"


def _assert_told_as_repeats(system: RunningSystem, messages: int) -> None:
    """Assert that the metrics tell of repeats, and of no more than there were.

    Not of how many exactly: under load the emulator hands over the last log lines of a worker late, or never.
    """
    until = time.monotonic() + 10
    while not (told := system.outcomes()["MessagesReplayed"]) and time.monotonic() < until:
        time.sleep(0.5)
    assert 0 < told <= messages


def _receive_all(system: RunningSystem, queue_url: str) -> Iterator[str]:
    sqs = system.stage.client("sqs")
    while messages := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            yield message["Body"]
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])


def _until_idle(system: RunningSystem, *, seconds: float = 60) -> None:
    """Wait until no message waits and the number of facts has stopped to change."""
    until = time.monotonic() + seconds
    states: list[object] = []
    while time.monotonic() < until:
        states = [*states[-3:], (system.waiting_messages(), system.count_of_facts())]
        if len(states) == 4 and all(state == states[0] for state in states) and system.waiting_messages() == 0:
            return
        time.sleep(0.4)
    raise AssertionError(f"still busy: {states[-1]}")
