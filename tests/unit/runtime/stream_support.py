"""Records of streams as Lambda gives them."""

from __future__ import annotations

import base64
import json
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

from botocore.exceptions import ClientError

from best_practice_constructs.runtime import clients

SALES_ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/sales"
ORDERS_ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-11-24T00:00:00.000"
SHARD = "shardId-000000000006"


def kinesis_record(data: object, *, sequence_number: str = "1", partition_key: str = "shop-1") -> dict[str, object]:
    """Return a record of Kinesis; data that are no bytes are written as JSON."""
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": partition_key,
            "sequenceNumber": sequence_number,
            "data": base64.b64encode(content).decode(),
            "approximateArrivalTimestamp": 1795521600.5,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{SHARD}:{sequence_number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": "arn:aws:iam::123456789012:role/figures",
        "awsRegion": "us-east-1",
        "eventSourceARN": SALES_ARN,
    }


def dynamodb_record(
    event_name: str = "INSERT",
    *,
    keys: Mapping[str, object] | None = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    sequence_number: str = "100",
    **envelope: object,
) -> dict[str, object]:
    """Return a record of a DynamoDB stream; the images are attribute values."""
    change: dict[str, object] = {
        "ApproximateCreationDateTime": 1795521600,
        "Keys": dict(keys or {"id": {"S": "order-1"}}),
        "SequenceNumber": sequence_number,
        "SizeBytes": 26,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    if before is not None:
        change["OldImage"] = dict(before)
    if after is not None:
        change["NewImage"] = dict(after)
    return {
        "eventID": f"change-{sequence_number}",
        "eventName": event_name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": change,
        "eventSourceARN": ORDERS_ARN,
        **envelope,
    }


def sales(*products: str) -> list[dict[str, object]]:
    """Return records of sales with the sequence numbers 1, 2, 3 …"""
    return [
        kinesis_record({"product": product}, sequence_number=str(number)) for number, product in enumerate(products, 1)
    ]


def stopped_at(sequence_number: str) -> dict[str, object]:
    """Return the response that lets Lambda start again at a record."""
    return {"batchItemFailures": [{"itemIdentifier": sequence_number}]}


DONE: dict[str, object] = {"batchItemFailures": []}


class QueueInMemory:
    """A queue that keeps what it is sent, does not answer where it is told not to, and takes no larger messages."""

    def __init__(self, *, outages: Iterable[bool] = (), most_bytes: int = 1_048_576) -> None:
        self.messages: list[dict[str, object]] = []
        self._outages = iter(outages)
        self._most_bytes = most_bytes

    def send_message(self, **request: object) -> dict[str, object]:
        if next(self._outages, False):
            raise ConnectionError("the queue does not answer")
        if len(str(request["MessageBody"])) > self._most_bytes:
            raise ClientError({"Error": {"Code": "InvalidParameterValue", "Message": "too long"}}, "SendMessage")
        self.messages.append(request)
        return {"MessageId": str(len(self.messages))}

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(str(message["MessageBody"])) for message in self.messages]

    def sequence_numbers(self) -> list[str]:
        return [body["kinesis"]["sequenceNumber"] for body in self.bodies()]

    def attributes(self) -> list[dict[str, str]]:
        """Give the messages' attributes, without their types."""
        return [
            {name: each["StringValue"] for name, each in cast("Any", message["MessageAttributes"]).items()}
            for message in self.messages
        ]


@contextmanager
def queue_in_memory(*, outages: Iterable[bool] = (), most_bytes: int = 1_048_576) -> Generator[QueueInMemory]:
    """Let the runtime send to a queue in memory."""
    queue = QueueInMemory(outages=outages, most_bytes=most_bytes)
    clients.use("sqs", SimpleNamespace(send_message=queue.send_message))
    yield queue
    clients.forget()
