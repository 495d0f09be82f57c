"""Batches of records of a Kinesis stream, as Lambda gives them to a stream consumer."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from best_practice_constructs.testing.event_payloads import ACCOUNT, REGION, eventbridge_event

_SHARD = "shardId-000000000000"
_ARRIVED_AT = 1767225600.5


def kinesis_event(*data: object, partition_key: str = "key") -> dict[str, object]:
    """Give what Lambda hands to a consumer of a Kinesis stream: a batch of records of one shard.

    :param data: what the records carry: declared events (put into EventBridge's envelope), mappings (written as JSON),
        texts or bytes.
    :param partition_key: of all of them.

    ```python
    from best_practice_constructs.testing import kinesis_event

    batch = kinesis_event({"product": "tea"}, b"no JSON at all")
    assert [record["kinesis"]["sequenceNumber"] for record in batch["Records"]] == ["1", "2"]
    ```
    """
    return {"Records": [_record(each, str(number), partition_key) for number, each in enumerate(data, 1)]}


def _record(data: object, sequence_number: str, partition_key: str) -> dict[str, object]:
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": partition_key,
            "sequenceNumber": sequence_number,
            "data": base64.b64encode(_content(data)).decode(),
            "approximateArrivalTimestamp": _ARRIVED_AT,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{_SHARD}:{sequence_number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": f"arn:aws:iam::{ACCOUNT}:role/consumer",
        "awsRegion": REGION,
        "eventSourceARN": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/stream",
    }


def _content(data: object) -> bytes:
    if isinstance(data, bytes):
        return data
    if isinstance(data, str):
        return data.encode()
    return json.dumps(data if isinstance(data, Mapping) else eventbridge_event(data)).encode()
