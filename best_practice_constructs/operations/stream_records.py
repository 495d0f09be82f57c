"""Fetch the records of a failed batch back from their stream, in the form in which Lambda gives them (H5, H6)."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from best_practice_constructs.operations.stream_failure import FailedBatch

# Sparse shards answer with empty pages before they come to a record.
_MOST_EMPTY_PAGES = 200
_EXPIRED = "TrimmedDataAccessException"


class StreamClient(Protocol):
    """What is called of botocore's clients of ``kinesis`` and ``dynamodbstreams``."""

    def get_shard_iterator(self, **request: object) -> Mapping[str, object]:
        """Call ``GetShardIterator``."""
        ...

    def get_records(self, **request: object) -> Mapping[str, object]:
        """Call ``GetRecords``."""
        ...


@dataclass(frozen=True, kw_only=True)
class FetchedRecords:
    """What the stream still has of a failed batch.

    :param records: as Lambda gives them to a function, in their order.
    :param is_complete: whether the first and the last record of the batch are among them; otherwise some expired.
    :param is_exact: whether they are as many as the batch had; otherwise there are records among them that the mapping
        passed over, or that were handled in another batch.
    """

    records: tuple[Mapping[str, object], ...]
    is_complete: bool
    is_exact: bool


class FailedStreamRecords:
    """Fetches the records that Lambda gave up, and only pointed at, back from their stream.

    :param kinesis: botocore's (or boto3's) client of ``kinesis``.
    :param dynamodb_streams: the client of ``dynamodbstreams``.

    ```python
    import json
    from datetime import UTC, datetime
    from types import SimpleNamespace

    from best_practice_constructs.operations.stream_failure import FailedBatch
    from best_practice_constructs.operations.stream_records import FailedStreamRecords

    sale = {
        "SequenceNumber": "1",
        "PartitionKey": "shop-1",
        "Data": json.dumps({"price": "9.90"}).encode(),
        "ApproximateArrivalTimestamp": datetime(2026, 11, 24, tzinfo=UTC),
    }
    kinesis = SimpleNamespace(
        get_shard_iterator=lambda **request: {"ShardIterator": "it"},
        get_records=lambda **request: {"Records": [sale], "NextShardIterator": None},
    )
    batch = FailedBatch(
        stream_arn="arn:aws:kinesis:eu-west-1:111122223333:stream/sales",
        shard_id="shardId-000000000000",
        start_sequence_number="1",
        end_sequence_number="1",
        batch_size=1,
    )
    fetched = FailedStreamRecords(kinesis=kinesis, dynamodb_streams=kinesis).fetch(batch)
    assert fetched.is_complete
    ```
    """

    def __init__(self, *, kinesis: StreamClient, dynamodb_streams: StreamClient) -> None:
        self._kinesis = kinesis
        self._dynamodb_streams = dynamodb_streams

    def fetch(self, batch: FailedBatch) -> FetchedRecords:
        """Fetch what the stream still has of a batch."""
        if batch.is_of_kinesis:
            found = list(self._pages_of_kinesis(batch))
            records = [_kinesis_record(record, batch=batch) for record in found]
            numbers = [int(cast("str", record["SequenceNumber"])) for record in found]
        else:
            found = list(self._pages_of_dynamodb(batch))
            records = [_dynamodb_record(record, batch=batch) for record in found]
            numbers = [_dynamodb_number(record) for record in found]
        ends = (int(batch.start_sequence_number), int(batch.end_sequence_number))
        return FetchedRecords(
            records=tuple(records),
            is_complete=bool(numbers) and (numbers[0], numbers[-1]) == ends,
            is_exact=len(records) == batch.batch_size,
        )

    def _pages_of_kinesis(self, batch: FailedBatch) -> Iterator[Mapping[str, object]]:
        # Kinesis starts with the oldest record that it has when the one that is asked for has expired.
        iterator = self._kinesis.get_shard_iterator(
            StreamARN=batch.stream_arn,
            ShardId=batch.shard_id,
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            StartingSequenceNumber=batch.start_sequence_number,
        )["ShardIterator"]
        return _records_until(
            batch,
            self._kinesis,
            iterator=iterator,
            number_of=lambda record: int(cast("str", record["SequenceNumber"])),
            extra={"StreamARN": batch.stream_arn},
        )

    def _pages_of_dynamodb(self, batch: FailedBatch) -> Iterator[Mapping[str, object]]:
        request = {"StreamArn": batch.stream_arn, "ShardId": batch.shard_id}
        try:
            response = self._dynamodb_streams.get_shard_iterator(
                **request, ShardIteratorType="AT_SEQUENCE_NUMBER", SequenceNumber=batch.start_sequence_number
            )
        except Exception as error:
            if _code_of(error) != _EXPIRED:
                raise
            # The first has expired; what came after it may still be there.
            response = self._dynamodb_streams.get_shard_iterator(**request, ShardIteratorType="TRIM_HORIZON")
        return _records_until(
            batch, self._dynamodb_streams, iterator=response["ShardIterator"], number_of=_dynamodb_number, extra={}
        )


class _NumberOf(Protocol):
    def __call__(self, record: Mapping[str, object], /) -> int: ...


def _records_until(
    batch: FailedBatch, client: StreamClient, *, iterator: object, number_of: _NumberOf, extra: Mapping[str, object]
) -> Iterator[Mapping[str, object]]:
    """Give the records between the first and the last of a batch."""
    start, end = int(batch.start_sequence_number), int(batch.end_sequence_number)
    empty = 0
    while iterator and empty < _MOST_EMPTY_PAGES:
        page = client.get_records(ShardIterator=iterator, Limit=1000, **extra)
        records = cast("Sequence[Mapping[str, object]]", page["Records"])
        for record in records:
            number = number_of(record)
            if number > end:
                return
            if number >= start:
                yield record
            if number == end:
                return
        if not records and page.get("MillisBehindLatest") == 0:
            return
        empty = 0 if records else empty + 1
        iterator = page.get("NextShardIterator")


def _dynamodb_number(record: Mapping[str, object]) -> int:
    return int(cast("str", cast("Mapping[str, object]", record["dynamodb"])["SequenceNumber"]))


def _kinesis_record(record: Mapping[str, object], *, batch: FailedBatch) -> Mapping[str, object]:
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": record["SequenceNumber"],
            "data": _as_json(record["Data"]),
            "approximateArrivalTimestamp": _as_json(record["ApproximateArrivalTimestamp"]),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{batch.shard_id}:{record['SequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "awsRegion": batch.stream_arn.split(":")[3],
        "eventSourceARN": batch.stream_arn,
    }


def _dynamodb_record(record: Mapping[str, object], *, batch: FailedBatch) -> Mapping[str, object]:
    return {**cast("Mapping[str, object]", _as_json(record)), "eventSourceARN": batch.stream_arn}


def _as_json(value: object) -> object:
    """Give a value as Lambda's JSON has it: times in seconds, bytes in Base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, Mapping):
        return {name: _as_json(each) for name, each in value.items()}
    return [_as_json(each) for each in value] if isinstance(value, list) else value


def _code_of(error: Exception) -> str:
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""
