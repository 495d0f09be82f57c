"""Payloads of declared events, as EventBridge and Lambda give them to a handler."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from best_practice_constructs.runtime.event_entry import event_entry
from best_practice_constructs.runtime.outgoing_event import OutgoingEvent

REGION = "eu-west-1"
ACCOUNT = "111122223333"
_QUEUE_ARN = f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue"
_EXAMPLES = uuid.UUID("2f6f5c0e-5a53-5d5c-8f0a-0c1f3f1b7a11")
_OCCURRED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def eventbridge_event(event: object, **metadata: object) -> dict[str, object]:
    """Give an event as EventBridge delivers it, envelope and metadata included.

    The same event gives the same payload: ids come from its content, and it happened at the beginning of 2026.

    :param event: an instance of a declared class, or an :class:`OutgoingEvent` that says more.
    :param metadata: fields of ``detail.metadata`` that shall differ, such as ``correlation_id="17"``.

    ```python
    from best_practice_constructs.runtime import EventSource
    from best_practice_constructs.testing import eventbridge_event

    orders = EventSource("com.example.orders")


    @orders.event
    class OrderPlaced:
        order_id: str


    payload = eventbridge_event(OrderPlaced(order_id="17"), correlation_id="request-1")
    assert payload["detail-type"] == "OrderPlaced"
    assert payload["detail"]["data"] == {"order_id": "17"}
    assert payload["detail"]["metadata"]["correlation_id"] == "request-1"
    ```
    """
    outgoing = event if isinstance(event, OutgoingEvent) else OutgoingEvent(event=event)
    event_id = outgoing.event_id or str(uuid.uuid5(_EXAMPLES, repr(outgoing.event)))
    entry = event_entry(
        OutgoingEvent(
            event=outgoing.event,
            event_id=event_id,
            correlation_id=outgoing.correlation_id,
            causation_id=outgoing.causation_id,
            changed=outgoing.changed,
            occurred_at=outgoing.occurred_at or _OCCURRED_AT,
        ),
        bus_name="bus",
        resources=[f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:publisher"],
    ).request
    detail = cast("dict[str, dict[str, object]]", json.loads(entry["Detail"]))
    unknown = metadata.keys() - detail["metadata"].keys()
    if unknown:
        raise TypeError(f"The metadata have no {min(unknown)!r}: they have {', '.join(detail['metadata'])}.")
    detail["metadata"] |= metadata
    return {
        "version": "0",
        "id": event_id,
        "source": entry["Source"],
        "detail-type": entry["DetailType"],
        "account": ACCOUNT,
        "time": (outgoing.occurred_at or _OCCURRED_AT).astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "region": REGION,
        "resources": list(entry["Resources"]),
        "detail": detail,
    }


def sqs_event(*bodies: object, message_group_id: str | None = None, receive_count: int = 1) -> dict[str, object]:
    """Give what Lambda hands to a queue consumer: a batch of messages.

    :param bodies: the messages: declared events (put into EventBridge's envelope), mappings (written as JSON) or texts.
    :param message_group_id: of a FIFO queue.
    :param receive_count: how often each was received, this time included.

    ```python
    from best_practice_constructs.testing import sqs_event

    batch = sqs_event({"order_id": "17"}, "no JSON at all")
    assert [record["messageId"] for record in batch["Records"]] == ["message-0", "message-1"]
    ```
    """
    arn = _QUEUE_ARN + (".fifo" if message_group_id else "")
    records = []
    for number, body in enumerate(bodies):
        text = body if isinstance(body, str) else json.dumps(_json_object(body))
        attributes = {
            "ApproximateReceiveCount": str(receive_count),
            "SentTimestamp": "1767225600000",
            "SenderId": "AIDAEXAMPLE",
            "ApproximateFirstReceiveTimestamp": "1767225600001",
        }
        if message_group_id:
            attributes |= {
                "MessageGroupId": message_group_id,
                "MessageDeduplicationId": f"message-{number}",
                "SequenceNumber": f"{number:020}",
            }
        records.append(
            {
                "messageId": f"message-{number}",
                "receiptHandle": f"receipt-{number}",
                "body": text,
                "attributes": attributes,
                "messageAttributes": {},
                "md5OfBody": hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
                "eventSource": "aws:sqs",
                "eventSourceARN": arn,
                "awsRegion": REGION,
            }
        )
    return {"Records": records}


def _json_object(body: object) -> Mapping[object, object]:
    return body if isinstance(body, Mapping) else cast("Mapping[object, object]", eventbridge_event(body))
