"""Send what cannot be handled to the dead-letter queue, with its cause (H4, H6)."""

from __future__ import annotations

import base64
from collections.abc import Collection
from typing import TYPE_CHECKING

from best_practice_constructs.runtime import clients
from best_practice_constructs.runtime.failure_cause import cause_attributes
from best_practice_constructs.runtime.invocation import LambdaContext
from best_practice_constructs.runtime.sqs_message import SqsMessage

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef, SendMessageRequestTypeDef

_MAXIMUM_ATTRIBUTES = 10


def send_dead_letter(record: SqsMessage, error: BaseException, *, queue_url: str, context: LambdaContext) -> None:
    """Send a message, unchanged, to the dead-letter queue; its attributes tell the cause.

    The message's own attributes go with it as far as SQS's ten leave room.
    """
    causes = _causes(record, error, context=context)
    request: SendMessageRequestTypeDef = {
        "QueueUrl": queue_url,
        "MessageBody": record["body"],
        "MessageAttributes": {**_own_attributes(record, without=causes), **causes},
    }
    group_id = record["attributes"].get("MessageGroupId")
    if group_id:
        request["MessageGroupId"] = group_id
    if queue_url.endswith(".fifo"):
        # Not the message's own deduplication id: one that is redriven and fails again within five minutes would be
        # taken for the first and be lost. A redriven message has a new message id; one that is merely delivered again
        # keeps it.
        request["MessageDeduplicationId"] = record["messageId"]
    trace_header = record["attributes"].get("AWSTraceHeader")
    if trace_header:
        request["MessageSystemAttributes"] = {"AWSTraceHeader": {"DataType": "String", "StringValue": trace_header}}
    # sdk-calls: on DEAD_LETTER_QUEUE_URL if DEAD_LETTER_QUEUE_URL
    clients.client("sqs").send_message(**request)


def _causes(
    record: SqsMessage, error: BaseException, *, context: LambdaContext
) -> dict[str, MessageAttributeValueTypeDef]:
    attributes = cause_attributes(error, context=context, more={"SourceMessageId": record["messageId"]})
    attributes["ReceiveCount"] = {
        "DataType": "Number",
        "StringValue": record["attributes"].get("ApproximateReceiveCount") or "0",
    }
    return attributes


def _own_attributes(record: SqsMessage, *, without: Collection[str]) -> dict[str, MessageAttributeValueTypeDef]:
    """Return the message's own attributes; a message that was redriven still has the cause of its last failure."""
    attributes: dict[str, MessageAttributeValueTypeDef] = {}
    for name, attribute in (record.get("messageAttributes") or {}).items():
        if name in without or len(attributes) == _MAXIMUM_ATTRIBUTES - len(without):
            continue
        data_type = attribute.get("dataType") or "String"
        if data_type.startswith("Binary"):
            value = base64.b64decode(attribute.get("binaryValue") or "")
            attributes[name] = {"DataType": data_type, "BinaryValue": value}
        else:
            attributes[name] = {"DataType": data_type, "StringValue": attribute.get("stringValue") or ""}
    return attributes
