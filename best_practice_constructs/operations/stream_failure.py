"""What lies in the failures queue of a stream consumer: records with their cause, and Lambda's own pointers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_BATCH_INFO = ("KinesisBatchInfo", "DDBStreamBatchInfo")


@dataclass(frozen=True, kw_only=True)
class FailedBatch:
    """Where the records of a batch lie that Lambda gave up: all that its message tells.

    :param stream_arn: of the Kinesis or DynamoDB stream.
    :param shard_id: their shard.
    :param start_sequence_number: of the first record.
    :param end_sequence_number: of the last record.
    :param batch_size: how many records the batch had. More can lie between the first and the last: those that the
        mapping's filters passed over, and those of other batches of the shard.
    """

    stream_arn: str
    shard_id: str
    start_sequence_number: str
    end_sequence_number: str
    batch_size: int

    @property
    def is_of_kinesis(self) -> bool:
        """Whether the stream is of Kinesis; otherwise it is a DynamoDB stream."""
        return self.stream_arn.split(":")[2] == "kinesis"


@dataclass(frozen=True, kw_only=True)
class StreamFailure:
    """One message of a failures queue.

    :param message_id: of the message.
    :param receipt_handle: deletes the message.
    :param cause: why the records failed, in one line.
    :param record: the record, as Lambda gave it to the function; ``None`` where the message does not hold it.
    :param batch: where the records lie in the stream, when the message does not hold them.
    """

    message_id: str
    receipt_handle: str
    cause: str
    record: Mapping[str, object] | None
    batch: FailedBatch | None

    @property
    def order(self) -> tuple[str, int]:
        """Sorts failures as their records came: by stream, then by sequence number."""
        if self.batch is not None:
            return self.batch.stream_arn, int(self.batch.start_sequence_number)
        record = self.record or {}
        content = cast("Mapping[str, object]", record.get("kinesis") or record.get("dynamodb") or {})
        number = content.get("sequenceNumber") or content.get("SequenceNumber") or 0
        return str(record.get("eventSourceARN", "")), int(cast("str", number))


def stream_failure(message: MessageTypeDef) -> StreamFailure:
    """Read a message of a failures queue.

    One that is neither the runtime's nor that of Lambda or Pipes has neither a record nor a batch.
    """
    attributes = {name: each.get("StringValue", "") for name, each in message.get("MessageAttributes", {}).items()}
    body = json_object(message["Body"])
    batch = _batch_of(body) or (_batch_of_omitted(attributes) if "Omitted" in attributes else None)
    is_record = "eventSource" in body and "Omitted" not in attributes
    return StreamFailure(
        message_id=message["MessageId"],
        receipt_handle=message["ReceiptHandle"],
        cause=_cause(body, attributes),
        record=body if is_record else None,
        batch=batch,
    )


def json_object(text: str) -> Mapping[str, object]:
    """Read a JSON object; an empty one where the text is none."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _batch_of(body: Mapping[str, object]) -> FailedBatch | None:
    info = next((each for name in _BATCH_INFO if isinstance(each := body.get(name), dict)), None)
    if info is None:
        return None
    return FailedBatch(
        stream_arn=info["streamArn"],
        shard_id=info["shardId"],
        start_sequence_number=info["startSequenceNumber"],
        end_sequence_number=info["endSequenceNumber"],
        batch_size=int(info["batchSize"]),
    )


def _batch_of_omitted(attributes: Mapping[str, str]) -> FailedBatch | None:
    """Find a record that was too large for its message; DynamoDB's records do not tell their shard."""
    if "ShardId" not in attributes:
        return None
    return FailedBatch(
        stream_arn=attributes["StreamArn"],
        shard_id=attributes["ShardId"],
        start_sequence_number=attributes["SequenceNumber"],
        end_sequence_number=attributes["SequenceNumber"],
        batch_size=1,
    )


def _cause(body: Mapping[str, object], attributes: Mapping[str, str]) -> str:
    if "ErrorType" in attributes:
        return f"{attributes['ErrorType']}: {attributes.get('ErrorMessage', '')}"
    # Lambda has its condition in requestContext, Pipes in context.
    request, response = body.get("requestContext", body.get("context")), body.get("responseContext")
    condition = request.get("condition") if isinstance(request, dict) else None
    error = response.get("functionError") if isinstance(response, dict) else None
    if condition is None:
        return "not known: the message is none of the runtime, Lambda or Pipes"
    return f"{condition}, function error {error}" if error else str(condition)
