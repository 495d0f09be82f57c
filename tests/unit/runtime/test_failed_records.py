"""What the failures queue is sent, whatever the size of the record."""

from __future__ import annotations

import pytest

from best_practice_constructs.runtime import PermanentError
from best_practice_constructs.runtime.failed_records import send_failed_record
from best_practice_constructs.runtime.stream_record import position_of
from tests.unit.runtime.stream_support import QueueInMemory, dynamodb_record, kinesis_record, queue_in_memory
from tests.unit.runtime.support import FakeContext

QUEUES_MADE_BEFORE = 262_144


def _send(record: dict[str, object], *, error: str = "never") -> None:
    send_failed_record(
        record,
        PermanentError(error),
        position=position_of(record),
        queue_url="https://sqs/failures",
        context=FakeContext(),
    )


def _sent(record: dict[str, object], *, most_bytes: int = 1_048_576) -> QueueInMemory:
    with queue_in_memory(most_bytes=most_bytes) as queue:
        _send(record)
    return queue


def test_a_record_goes_as_it_is() -> None:
    record = dynamodb_record(after={"id": {"S": "\ud83d"}})
    queue = _sent(record)
    assert queue.bodies() == [record]
    assert "ShardId" not in queue.attributes()[0], "DynamoDB's records do not tell it"
    assert "Omitted" not in queue.attributes()[0]


def test_a_record_that_no_message_can_hold_goes_without_its_data() -> None:
    record = kinesis_record(b"x" * 1_000_000, sequence_number="7")
    queue = _sent(record)
    assert queue.bodies() == [record | _without_data(record)]
    (attributes,) = queue.attributes()
    assert (attributes["Omitted"], attributes["SequenceNumber"]) == ("data", "7")
    assert len(attributes) <= 10


def test_queues_that_take_less_are_minded() -> None:
    large = {"id": {"S": "1"}, "text": {"S": "x" * 200_000}}
    record = dynamodb_record("MODIFY", before=large, after=large)
    assert _sent(record).bodies() == [record]
    queue = _sent(record, most_bytes=QUEUES_MADE_BEFORE)
    (body,) = queue.bodies()
    assert {"OldImage", "NewImage"}.isdisjoint(body["dynamodb"])
    assert body["dynamodb"]["Keys"] == {"id": {"S": "order-1"}}
    assert queue.attributes()[0]["Omitted"] == "OldImage,NewImage"


def test_a_refusal_that_is_not_for_its_size_is_an_error() -> None:
    with queue_in_memory(most_bytes=0), pytest.raises(Exception, match="InvalidParameterValue"):
        _send(dynamodb_record())


def test_the_cause_is_what_sqs_takes() -> None:
    with queue_in_memory() as queue:
        _send(kinesis_record({}), error="\x00" + "ä" * 2000)
        _send(kinesis_record({}), error="")
    long, none = (attributes["ErrorMessage"] for attributes in queue.attributes())
    assert long.startswith("\ufffdä")
    assert len(long.encode()) <= 1000
    assert none == "(none)"


def _kinesis(record: dict[str, object]) -> dict[str, object]:
    content = record["kinesis"]
    assert isinstance(content, dict)
    return content


def _without_data(record: dict[str, object]) -> dict[str, object]:
    return {"kinesis": {name: value for name, value in _kinesis(record).items() if name != "data"}}
