"""Records of Kinesis and DynamoDB streams, as Lambda gives them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from best_practice_constructs.runtime.attribute_values import AttributeValue, plain_item
from best_practice_constructs.runtime.change import Change, ChangeKind
from best_practice_constructs.runtime.errors import ConfigurationError, MalformedMessageError

StreamRecord = Mapping[str, object]
"""A record as Lambda gives it."""

KINESIS, DYNAMODB = "aws:kinesis", "aws:dynamodb"
_TIME_TO_LIVE_SERVICE = "dynamodb.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class StreamPosition:
    """Where a record lies in its stream.

    :param stream_arn: the stream's ARN.
    :param sequence_number: grows within a shard.
    :param record_id: the record's own id, the same in each repetition: what effects can be made idempotent by.
    :param arrived_at: about when it came into the stream, in UTC.
    :param shard_id: its shard; DynamoDB's records do not tell it.
    :param partition_key: what keeps records together, of Kinesis only.
    """

    stream_arn: str
    sequence_number: str
    record_id: str
    arrived_at: datetime
    shard_id: str | None = None
    partition_key: str | None = None


def position_of(record: StreamRecord) -> StreamPosition:
    """Say where a record lies.

    :raises ConfigurationError: it is no record of a stream; something else invokes the function.
    """
    try:
        source, record_id = record["eventSource"], cast("str", record["eventID"])
        stream_arn = cast("str", record["eventSourceARN"])
        if source == KINESIS:
            data = cast("Mapping[str, object]", record["kinesis"])
            return StreamPosition(
                stream_arn=stream_arn,
                sequence_number=cast("str", data["sequenceNumber"]),
                record_id=record_id,
                arrived_at=_time(data["approximateArrivalTimestamp"]),
                shard_id=record_id.partition(":")[0],
                partition_key=cast("str", data["partitionKey"]),
            )
        if source == DYNAMODB:
            change = cast("Mapping[str, object]", record["dynamodb"])
            return StreamPosition(
                stream_arn=stream_arn,
                sequence_number=cast("str", change["SequenceNumber"]),
                record_id=record_id,
                arrived_at=_time(change["ApproximateCreationDateTime"]),
            )
    except (KeyError, TypeError) as error:
        raise ConfigurationError(f"A record is none of a Kinesis or DynamoDB stream: it lacks {error}.") from error
    raise ConfigurationError(f"The records come from {source!r}, and the handler reads Kinesis and DynamoDB streams.")


def change_of(record: StreamRecord, *, position: StreamPosition) -> Change:
    """Read a record of a DynamoDB stream.

    :raises MalformedMessageError: it cannot be read.
    """
    change = cast("Mapping[str, object]", record["dynamodb"])
    identity = record.get("userIdentity")
    try:
        return Change(
            event_name=cast("ChangeKind", record["eventName"]),
            keys=_item(change, "Keys") or {},
            before=_item(change, "OldImage"),
            after=_item(change, "NewImage"),
            sequence_number=position.sequence_number,
            change_id=position.record_id,
            created_at=position.arrived_at,
            is_expiry=isinstance(identity, Mapping) and identity.get("principalId") == _TIME_TO_LIVE_SERVICE,
        )
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise MalformedMessageError(f"The record is no change of an item: {error}.") from error


def data_of(record: StreamRecord) -> bytes:
    """Give what a record of Kinesis carries.

    :raises MalformedMessageError: it is not Base64.
    """
    data = cast("Mapping[str, object]", record["kinesis"]).get("data")
    try:
        return base64.b64decode(cast("str", data), validate=True)
    except (TypeError, binascii.Error) as error:
        raise MalformedMessageError(f"The record's data are not Base64: {error}.") from error


def _item(change: Mapping[str, object], name: str) -> dict[str, object] | None:
    item = change.get(name)
    return None if item is None else plain_item(cast("Mapping[str, AttributeValue]", item))


def _time(seconds: object) -> datetime:
    return datetime.fromtimestamp(cast("float", seconds), UTC)
