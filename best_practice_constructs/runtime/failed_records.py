"""Send a record of a stream that can never be handled to the failures queue, with its cause (H5, H6)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from best_practice_constructs.runtime import clients
from best_practice_constructs.runtime.failure_cause import cause_attributes
from best_practice_constructs.runtime.invocation import LambdaContext
from best_practice_constructs.runtime.stream_record import StreamPosition, StreamRecord

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef

# SQS counts the attributes too; queues that were made before SQS took 1 MiB still take 256 KiB.
_MOST_BYTES = 1_048_576 - 8_192
_MOST_BYTES_OF_OLD_QUEUES = 262_144 - 8_192
_LARGE_PARTS = (("kinesis", "data"), ("dynamodb", "OldImage"), ("dynamodb", "NewImage"))


def send_failed_record(
    record: StreamRecord, error: BaseException, *, position: StreamPosition, queue_url: str, context: LambdaContext
) -> None:
    """Send a record, as Lambda gave it, to the failures queue; the message's attributes tell the cause.

    A record that is too large for SQS goes without its data or images: its position says where they are.

    :raises Exception: the queue did not take it.
    """
    body = json.dumps(record)
    if len(body) > _MOST_BYTES:
        _send_without_data(record, error, position=position, queue_url=queue_url, context=context)
        return
    from botocore.exceptions import ClientError

    try:
        _send(body, _causes(error, position=position, context=context), queue_url=queue_url)
    except ClientError as refusal:
        code = refusal.response.get("Error", {}).get("Code", "")
        if "InvalidParameterValue" not in code or len(body) <= _MOST_BYTES_OF_OLD_QUEUES:
            raise
        _send_without_data(record, error, position=position, queue_url=queue_url, context=context)


def _send_without_data(
    record: StreamRecord, error: BaseException, *, position: StreamPosition, queue_url: str, context: LambdaContext
) -> None:
    left: dict[str, object] = dict(record)
    omitted: list[str] = []
    for part, name in _LARGE_PARTS:
        content = cast("Mapping[str, object]", left.get(part) or {})
        if name in content:
            left[part] = {key: value for key, value in content.items() if key != name}
            omitted.append(name)
    causes = _causes(error, position=position, context=context)
    causes["Omitted"] = {"DataType": "String", "StringValue": ",".join(omitted)}
    _send(json.dumps(left), causes, queue_url=queue_url)


def _send(body: str, causes: dict[str, MessageAttributeValueTypeDef], *, queue_url: str) -> None:
    # sdk-calls: on STREAM_FAILURES_QUEUE_URL
    clients.client("sqs").send_message(QueueUrl=queue_url, MessageBody=body, MessageAttributes=causes)


def _causes(
    error: BaseException, *, position: StreamPosition, context: LambdaContext
) -> dict[str, MessageAttributeValueTypeDef]:
    place = {
        "StreamArn": position.stream_arn,
        "ShardId": position.shard_id,
        "SequenceNumber": position.sequence_number,
    }
    return cause_attributes(error, context=context, more=place)
