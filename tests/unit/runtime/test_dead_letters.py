"""What cannot be handled ends among the dead letters, with its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from best_practice_constructs.runtime import (
    PermanentError,
    queue_consumer,
)
from tests.unit.runtime.support import (
    FakeContext,
    OrderPlaced,
    batch,
    failures,
    log_lines_in,
    message,
    metrics_in,
    order_placed,
    receive_all,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

pytestmark = pytest.mark.usefixtures("consumer_environment")


@pytest.mark.parametrize(
    ("body", "error_type", "named"),
    [
        ("{", "MalformedMessageError", "not a JSON object"),
        ("[]", "MalformedMessageError", "not a JSON object"),
        ('{"a": "\\ud83d"}', "MalformedMessageError", "not a JSON object"),
        ({"detail": {"metadata": {"event_id": None}}}, "MissingIdempotencyKeyError", "detail.metadata.event_id"),
        (order_placed(source="com.example.other"), "UnexpectedEventError", "com.example.other"),
        ({**order_placed(), "detail-type": "OrderCancelled"}, "UnexpectedEventError", "OrderCancelled"),
        (order_placed(metadata={"schema_version": 2}), "UnexpectedEventError", "version 2"),
        (order_placed(metadata={"occurred_at": "yesterday"}), "MalformedMessageError", "$.detail.metadata.occurred_at"),
        (
            {**order_placed(), "detail": {"metadata": {"event_id": "1"}, "data": {}}},
            "MalformedMessageError",
            "$.detail.metadata.service",
        ),
    ],
)
def test_a_message_that_can_never_be_handled_goes_to_the_dead_letter_queue_at_once(
    dead_letter_queue_url: str,
    dynamodb: DynamoDBClient,
    sqs: SQSClient,
    context: FakeContext,
    *,
    body: object,
    error_type: str,
    named: str,
) -> None:
    done: list[str] = []

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        done.append(placed.order_id)

    poison = message(body, message_id="poison", trace_header="Root=1-5759e988-bd862e3fe1be46a994272793")
    assert handler(batch([poison, message(order_placed("2"))]), context) == failures()
    assert done == ["2"], "its batch mates are handled"
    (letter,) = receive_all(sqs, dead_letter_queue_url)
    assert letter.get("Body") == poison["body"]
    assert letter.get("Attributes", {})["AWSTraceHeader"] == "Root=1-5759e988-bd862e3fe1be46a994272793"
    attributes = {name: each.get("StringValue", "") for name, each in letter.get("MessageAttributes", {}).items()}
    assert attributes["ErrorType"] == error_type
    assert named in attributes["ErrorMessage"]
    assert attributes["SourceMessageId"] == "poison"
    assert attributes["FunctionName"] == "issue-invoice"
    assert attributes["RequestId"] == "request-1"
    assert attributes["ReceiveCount"] == "1"
    assert attributes["FailedAt"].endswith("Z")


def test_a_handler_can_say_that_retrying_is_in_vain(
    dead_letter_queue_url: str, dynamodb: DynamoDBClient, sqs: SQSClient, context: FakeContext
) -> None:
    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        raise PermanentError("The customer is unknown.")

    assert handler(batch([message(order_placed())]), context) == failures()
    (letter,) = receive_all(sqs, dead_letter_queue_url)
    assert letter.get("MessageAttributes", {})["ErrorMessage"].get("StringValue") == "The customer is unknown."
    assert dynamodb.scan(TableName="records")["Count"] == 0, "redriven, it is handled again"


def test_the_last_attempt_ends_in_the_dead_letter_queue_with_the_cause(
    dead_letter_queue_url: str,
    dynamodb: DynamoDBClient,
    sqs: SQSClient,
    context: FakeContext,
    capsys: pytest.CaptureFixture[str],
) -> None:
    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        raise ConnectionError("the bank is closed")

    before_last, last = (message(order_placed(), message_id="m", receive_count=count) for count in (4, 5))
    assert handler(batch([before_last]), context) == failures("m")
    assert receive_all(sqs, dead_letter_queue_url) == []
    assert handler(batch([last]), context) == failures()
    (letter,) = receive_all(sqs, dead_letter_queue_url)
    attributes = letter.get("MessageAttributes", {})
    assert attributes["ErrorType"].get("StringValue") == "ConnectionError"
    assert attributes["ReceiveCount"].get("StringValue") == "5"
    output = capsys.readouterr().out
    metrics = metrics_in(output)
    assert (metrics["MessagesFailed"], metrics["MessagesDeadLettered"]) == (1, 1)
    outcomes = {line["outcome"]: line for line in log_lines_in(output) if "outcome" in line}
    assert outcomes["failed"]["level"] == "WARNING"
    assert outcomes["dead-lettered"]["level"] == "ERROR"
    for line in outcomes.values():
        assert (line["event_id"], line["correlation_id"], line["message_id"]) == ("event-1", "correlation-1", "m")
        assert "the bank is closed" in str(line["exception"])


def test_when_the_dead_letter_queue_takes_nothing_the_message_comes_again(
    dead_letter_queue_url: str, dynamodb: DynamoDBClient, sqs: SQSClient, context: FakeContext
) -> None:
    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        raise PermanentError("never")

    sqs.delete_queue(QueueUrl=dead_letter_queue_url)
    assert handler(batch([message(order_placed(), message_id="m")]), context) == failures("m")


def test_without_a_dead_letter_queue_the_net_of_sqs_is_left_to_catch(
    dynamodb: DynamoDBClient, context: FakeContext
) -> None:
    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        raise PermanentError("never")

    assert handler(batch([message("{", message_id="m", receive_count=5)]), context) == failures("m")


def test_a_dead_letter_of_a_fifo_queue_keeps_its_group_and_a_redriven_one_is_not_taken_for_the_first(
    consumer_environment: dict[str, str],
    dynamodb: DynamoDBClient,
    sqs: SQSClient,
    context: FakeContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = sqs.create_queue(QueueName="dead-letters.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    monkeypatch.setenv("QUEUE_IS_FIFO", "true")
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", url)

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        raise PermanentError("never")

    for message_id in ("first", "first", "redriven"):
        assert handler(batch([message(order_placed(), message_id=message_id, group_id="g")]), context) == failures()
    letters = receive_all(sqs, url)
    assert [each.get("Attributes", {})["MessageGroupId"] for each in letters] == ["g", "g"]
    assert [each.get("MessageAttributes", {})["SourceMessageId"].get("StringValue") for each in letters] == [
        "first",
        "redriven",
    ]


def test_own_attributes_of_a_message_go_with_it(
    dead_letter_queue_url: str, dynamodb: DynamoDBClient, sqs: SQSClient, context: FakeContext
) -> None:
    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        raise PermanentError("x" * 5000 + "\x00")

    own = {
        "ErrorType": {"stringValue": "OfThePast", "dataType": "String"},
        "Tenant": {"stringValue": "t1", "dataType": "String"},
        "Blob": {"binaryValue": "AAE=", "dataType": "Binary"},
        "Number": {"stringValue": "1", "dataType": "Number"},
        "OneTooMany": {"stringValue": "1", "dataType": "Number"},
    }
    assert handler(batch([message(order_placed(), message_attributes=own)]), context) == failures()
    (letter,) = receive_all(sqs, dead_letter_queue_url)
    attributes = letter.get("MessageAttributes", {})
    assert attributes["ErrorType"].get("StringValue") == "PermanentError"
    assert attributes["Tenant"].get("StringValue") == "t1"
    assert attributes["Blob"].get("BinaryValue") == b"\x00\x01"
    assert len(attributes) == 10
    assert len(attributes["ErrorMessage"].get("StringValue", "").encode()) <= 1000
