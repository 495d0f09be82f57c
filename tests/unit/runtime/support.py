"""Events and messages as Lambda gives them, and events of the shop that the tests are about."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from best_practice_constructs.runtime import EventSource
from best_practice_constructs.runtime.event_type import Event

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

orders = EventSource("com.example.orders")


@orders.event
class OrderPlaced(Event):
    """An order, as the order service knows it."""

    order_id: str
    total: Decimal = Decimal(0)


@orders.event(changed=("order.state",))
class OrderCancelled(Event):
    """A cancellation."""

    order_id: str


@dataclass
class FakeContext:
    """Lambda's context."""

    function_name: str = "issue-invoice"
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:issue-invoice:live"
    memory_limit_in_mb: int = 256
    aws_request_id: str = "request-1"
    remaining_milliseconds: int = 30_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_milliseconds


def order_placed(
    order_id: str = "1",
    *,
    event_id: str | None = None,
    metadata: Mapping[str, object] | None = None,
    **envelope: object,
) -> dict[str, object]:
    """Return an event as EventBridge puts it into a queue."""
    return {
        "id": str(uuid.uuid4()),
        "source": "com.example.orders",
        "detail-type": "OrderPlaced",
        "resources": [],
        "detail": {
            "metadata": {
                "event_id": event_id or f"event-{order_id}",
                "service": "orders",
                "stage": "test",
                "application_version": "1",
                "correlation_id": f"correlation-{order_id}",
                "causation_id": None,
                "schema_version": 1,
                "occurred_at": "2026-11-23T12:00:00Z",
                "changed": [],
                **(metadata or {}),
            },
            "data": {"order_id": order_id, "total": "9.90"},
        },
        **envelope,
    }


def message(
    body: object,
    *,
    message_id: str | None = None,
    receive_count: int = 1,
    group_id: str | None = None,
    message_attributes: Mapping[str, object] | None = None,
    trace_header: str | None = None,
) -> dict[str, object]:
    """Return a message as Lambda gives it; a body that is no text is written as JSON."""
    attributes = {
        "ApproximateReceiveCount": str(receive_count),
        "SentTimestamp": "1764000000000",
        "SenderId": "events",
        "ApproximateFirstReceiveTimestamp": "1764000000001",
    }
    if group_id is not None:
        attributes |= {"MessageGroupId": group_id, "MessageDeduplicationId": "deduplication", "SequenceNumber": "1"}
    if trace_header is not None:
        attributes["AWSTraceHeader"] = trace_header
    return {
        "messageId": message_id or str(uuid.uuid4()),
        "receiptHandle": "handle",
        "body": body if isinstance(body, str) else json.dumps(body),
        "attributes": attributes,
        "messageAttributes": dict(message_attributes or {}),
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:orders",
        "awsRegion": "us-east-1",
    }


def batch(messages: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """Return the event of a batch of messages."""
    return {"Records": list(messages)}


def failures(*message_ids: str) -> dict[str, object]:
    """Return the response that lets these messages come again."""
    return {"batchItemFailures": [{"itemIdentifier": each} for each in message_ids]}


def receive_all(sqs: SQSClient, queue_url: str) -> list[MessageTypeDef]:
    """Receive and delete everything that a queue holds."""
    received: list[MessageTypeDef] = []
    while messages := sqs.receive_message(
        QueueUrl=queue_url,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["All"],
    ).get("Messages"):
        for each in messages:
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=each.get("ReceiptHandle", ""))
        received += messages
    return received


def metrics_in(output: str) -> dict[str, float]:
    """Add up the metrics that were written in the embedded metric format, by their name."""
    totals: dict[str, float] = {}
    for line in _json_lines(output):
        if "_aws" in line:
            for definition in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
                values = line[definition["Name"]]
                totals[definition["Name"]] = totals.get(definition["Name"], 0) + sum(values)
    return totals


def log_lines_in(output: str) -> list[dict[str, object]]:
    """Return the structured log lines."""
    return [line for line in _json_lines(output) if "level" in line]


def _json_lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]
