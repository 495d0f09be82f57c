"""What a stream consumer gave up comes back: from the queue's messages, and from the stream that they point into."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import botocore.session
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber
from moto import mock_aws

from best_practice_constructs.operations import failed_stream_records
from best_practice_constructs.operations.failed_stream_records import OperatorClients, main
from best_practice_constructs.operations.stream_failure import FailedBatch, stream_failure
from best_practice_constructs.operations.stream_records import FailedStreamRecords
from best_practice_constructs.runtime import Change, PermanentError, clients, stream_consumer
from best_practice_constructs.runtime.failed_records import send_failed_record
from best_practice_constructs.runtime.stream_record import position_of
from tests.unit.runtime.stream_support import DONE, ORDERS_ARN, SALES_ARN, dynamodb_record, kinesis_record, stopped_at
from tests.unit.runtime.support import FakeContext, batch, receive_all

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

SHARD = "shardId-000000000000"
TABLE_SHARD = "shardId-00000001764000000000-0123abcd"
# Sequence numbers of tables have 21 digits at least.
FIRST = 2 * 10**20
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass
class Stubs:
    """The services: an SQS in memory, and clients that answer what they are told."""

    sqs: SQSClient
    queue_url: str
    kinesis: Any
    dynamodb_streams: Any
    functions: Any
    stubbers: dict[str, Stubber] = field(default_factory=dict)

    def stub(self, name: str) -> Stubber:
        if name not in self.stubbers:
            self.stubbers[name] = Stubber(getattr(self, name))
            self.stubbers[name].activate()
        return self.stubbers[name]

    def run(self, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
        """Run the command; give its status, the records that it printed, and its notes."""
        output, notes = io.StringIO(), io.StringIO()
        operator = OperatorClients(
            sqs=self.sqs, kinesis=self.kinesis, dynamodb_streams=self.dynamodb_streams, functions=self.functions
        )
        status = main([self.queue_url, *arguments], clients=operator, output=output, notes=notes)
        for stubber in self.stubbers.values():
            stubber.assert_no_pending_responses()
        return status, [json.loads(line) for line in output.getvalue().splitlines()], notes.getvalue()

    def send(self, body: object) -> None:
        self.sqs.send_message(QueueUrl=self.queue_url, MessageBody=body if isinstance(body, str) else json.dumps(body))

    def answers_of_function(self, *answers: object, error: str | None = None) -> None:
        for answer in answers:
            payload = json.dumps(answer).encode()
            response: dict[str, object] = {
                "StatusCode": 200,
                "Payload": StreamingBody(io.BytesIO(payload), len(payload)),
            }
            if error:
                response["FunctionError"] = error
            self.stub("functions").add_response("invoke", response)

    def kinesis_has(self, *numbers: int, start: int) -> None:
        stub = self.stub("kinesis")
        stub.add_response(
            "get_shard_iterator",
            {"ShardIterator": "it"},
            {
                "StreamARN": SALES_ARN,
                "ShardId": SHARD,
                "ShardIteratorType": "AT_SEQUENCE_NUMBER",
                "StartingSequenceNumber": str(start),
            },
        )
        stub.add_response("get_records", _page(numbers))


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubs]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setattr(failed_stream_records, "_WAIT_SECONDS", 0)
    clients.forget()
    with mock_aws():
        session = botocore.session.get_session()
        services = {name: session.create_client(name) for name in ("kinesis", "dynamodbstreams", "lambda")}
        sqs = clients.client("sqs")
        yield Stubs(
            sqs=sqs,
            queue_url=sqs.create_queue(QueueName="failures")["QueueUrl"],
            kinesis=services["kinesis"],
            dynamodb_streams=services["dynamodbstreams"],
            functions=services["lambda"],
        )
    clients.forget()


def _page(numbers: Sequence[int], *, following: str | None = None) -> dict[str, object]:
    page: dict[str, object] = {
        "Records": [
            {
                "SequenceNumber": str(number),
                "PartitionKey": "shop-1",
                "Data": json.dumps({"product": number}).encode(),
                "ApproximateArrivalTimestamp": NOON,
            }
            for number in numbers
        ],
        "MillisBehindLatest": 0 if following is None else 1000,
    }
    return page | ({"NextShardIterator": following} if following else {})


def _pointer(start: int, end: int, *, size: int, arn: str = SALES_ARN, error: bool = True) -> dict[str, object]:
    """Return a message as Lambda's on-failure destination sends it."""
    info = "KinesisBatchInfo" if arn == SALES_ARN else "DDBStreamBatchInfo"
    message: dict[str, object] = {
        "requestContext": {
            "requestId": "c9b8fa9f-5a7f-xmpl-af9c-0c604cde93a5",
            "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:figures",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 1,
        },
        "version": "1.0",
        "timestamp": "2026-11-24T00:38:06.021Z",
        info: {
            "shardId": SHARD,
            "startSequenceNumber": str(start),
            "endSequenceNumber": str(end),
            "approximateArrivalOfFirstRecord": "2026-11-24T00:38:04.835Z",
            "approximateArrivalOfLastRecord": "2026-11-24T00:38:05.580Z",
            "batchSize": size,
            "streamArn": arn,
        },
    }
    if error:
        message["responseContext"] = {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    return message


def _batch(start: int, end: int, *, size: int, arn: str = SALES_ARN) -> FailedBatch:
    return FailedBatch(
        stream_arn=arn,
        shard_id=SHARD if arn == SALES_ARN else TABLE_SHARD,
        start_sequence_number=str(start),
        end_sequence_number=str(end),
        batch_size=size,
    )


class TestFetching:
    def test_records_come_as_lambda_gives_them(self, aws: Stubs) -> None:
        aws.kinesis_has(7, 8, 9, start=7)
        fetched = FailedStreamRecords(kinesis=aws.kinesis, dynamodb_streams=aws.dynamodb_streams).fetch(
            _batch(7, 8, size=2)
        )
        assert (fetched.is_complete, fetched.is_exact) == (True, True)
        first = fetched.records[0]
        assert position_of(first).sequence_number == "7"
        assert first["eventID"] == f"{SHARD}:7"
        assert json.loads(base64.b64decode(cast("Any", first["kinesis"])["data"])) == {"product": 7}

    def test_empty_pages_are_passed_over_until_the_last_record(self, aws: Stubs) -> None:
        stub = aws.stub("kinesis")
        stub.add_response("get_shard_iterator", {"ShardIterator": "1"})
        for number, page in enumerate(([7], [], [8, 9]), 1):
            request = {"ShardIterator": str(number), "Limit": 1000, "StreamARN": SALES_ARN}
            stub.add_response("get_records", _page(page, following=str(number + 1)), request)
        fetched = FailedStreamRecords(kinesis=aws.kinesis, dynamodb_streams=aws.dynamodb_streams).fetch(
            _batch(7, 8, size=2)
        )
        assert [position_of(record).sequence_number for record in fetched.records] == ["7", "8"]
        stub.assert_no_pending_responses()

    @pytest.mark.parametrize(
        ("numbers", "complete", "exact"), [([8], False, False), ([], False, False), ([7, 8], True, False)]
    )
    def test_what_is_missing_or_too_many_is_told(
        self, aws: Stubs, *, numbers: list[int], complete: bool, exact: bool
    ) -> None:
        aws.kinesis_has(*numbers, start=7)
        stream = FailedStreamRecords(kinesis=aws.kinesis, dynamodb_streams=aws.dynamodb_streams)
        fetched = stream.fetch(_batch(7, 8, size=3))
        assert (fetched.is_complete, fetched.is_exact) == (complete, exact)

    def test_changes_of_a_table_come_as_lambda_gives_them(self, aws: Stubs) -> None:
        stub = aws.stub("dynamodb_streams")
        request = {"StreamArn": ORDERS_ARN, "ShardId": TABLE_SHARD}
        stub.add_response(
            "get_shard_iterator",
            {"ShardIterator": "it"},
            {**request, "ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": str(FIRST)},
        )
        image: Mapping[str, object] = {"id": {"S": "1"}, "total": {"N": "9.90"}, "seal": {"B": b"\x00\x01"}}
        change = {
            "ApproximateCreationDateTime": NOON,
            "Keys": {"id": {"S": "1"}},
            "NewImage": {**image, "seals": {"BS": [b"\x02"]}},
            "SequenceNumber": str(FIRST),
            "SizeBytes": 26,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        }
        record = {
            "eventID": "change-100",
            "eventName": "INSERT",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-1",
            "dynamodb": change,
        }
        stub.add_response("get_records", {"Records": [record]}, {"ShardIterator": "it", "Limit": 1000})
        fetched = FailedStreamRecords(kinesis=aws.kinesis, dynamodb_streams=aws.dynamodb_streams).fetch(
            _batch(FIRST, FIRST, size=1, arn=ORDERS_ARN)
        )
        assert (fetched.is_complete, fetched.is_exact) == (True, True)
        seen: list[Change] = []

        @stream_consumer
        def handler(change: Change) -> None:
            seen.append(change)

        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("STREAM_FAILURES_QUEUE_URL", aws.queue_url)
            event = json.loads(json.dumps(batch(fetched.records)))
            assert handler(event, FakeContext()) == DONE
        assert seen[0].after == {"id": "1", "total": Decimal("9.90"), "seal": b"\x00\x01", "seals": {b"\x02"}}
        assert seen[0].created_at == NOON

    def test_what_came_after_an_expired_change_is_still_had(self, aws: Stubs) -> None:
        stub = aws.stub("dynamodb_streams")
        stub.add_client_error("get_shard_iterator", "TrimmedDataAccessException")
        request = {"StreamArn": ORDERS_ARN, "ShardId": TABLE_SHARD, "ShardIteratorType": "TRIM_HORIZON"}
        stub.add_response("get_shard_iterator", {"ShardIterator": "it"}, request)
        numbers = (str(FIRST + number) for number in (-1, 1, 2))
        records = [{"eventID": number, "dynamodb": {"SequenceNumber": number}} for number in numbers]
        stub.add_response("get_records", {"Records": records})
        stream = FailedStreamRecords(kinesis=aws.kinesis, dynamodb_streams=aws.dynamodb_streams)
        fetched = stream.fetch(_batch(FIRST, FIRST + 1, size=2, arn=ORDERS_ARN))
        assert [record["eventID"] for record in fetched.records] == [str(FIRST + 1)]
        assert not fetched.is_complete

    def test_another_error_of_the_stream_is_an_error(self, aws: Stubs) -> None:
        aws.stub("dynamodb_streams").add_client_error("get_shard_iterator", "ResourceNotFoundException")
        stream = FailedStreamRecords(kinesis=aws.kinesis, dynamodb_streams=aws.dynamodb_streams)
        with pytest.raises(Exception, match="ResourceNotFoundException"):
            stream.fetch(_batch(FIRST, FIRST + 1, size=2, arn=ORDERS_ARN))


class TestMessages:
    def test_lambdas_own_message_is_a_pointer_with_a_condition(self) -> None:
        message: Any = {"MessageId": "m", "ReceiptHandle": "h", "Body": json.dumps(_pointer(7, 9, size=3))}
        failure = stream_failure(message)
        assert failure.batch == _batch(7, 9, size=3)
        assert failure.record is None
        assert failure.cause == "RetryAttemptsExhausted, function error Unhandled"
        message["Body"] = json.dumps(_pointer(7, 9, size=3, error=False))
        assert stream_failure(message).cause == "RetryAttemptsExhausted"

    def test_a_pipes_message_is_a_pointer_too(self) -> None:
        pointer = {name: value for name, value in _pointer(7, 9, size=3).items() if not name.endswith("Context")}
        pointer["context"] = {
            "partnerResourceArn": "arn:aws:pipes:us-east-1:123456789012:pipe/tell",
            "condition": "RetryAttemptsExhausted",
        }
        failure = stream_failure({"MessageId": "m", "ReceiptHandle": "h", "Body": json.dumps(pointer)})
        assert (failure.batch, failure.cause) == (_batch(7, 9, size=3), "RetryAttemptsExhausted")

    @pytest.mark.parametrize("body", ["{", "[]", "{}"])
    def test_what_is_neither_is_said_to_be(self, body: str) -> None:
        failure = stream_failure({"MessageId": "m", "ReceiptHandle": "h", "Body": body})
        assert (failure.record, failure.batch) == (None, None)
        assert "none of the runtime, Lambda or Pipes" in failure.cause


def _send_failed(aws: Stubs, record: dict[str, object]) -> None:
    """Send a record as the runtime does."""
    error = PermanentError("never")
    send_failed_record(record, error, position=position_of(record), queue_url=aws.queue_url, context=FakeContext())


class TestCommand:
    def test_all_records_are_printed_in_their_order_and_nothing_changes(self, aws: Stubs) -> None:
        aws.send(_pointer(7, 8, size=2))
        poison = kinesis_record({"product": "nothing"}, sequence_number="3")
        _send_failed(aws, poison)
        aws.kinesis_has(7, 8, start=7)
        status, records, notes = aws.run()
        assert status == 0
        assert records[0] == poison
        assert [position_of(record).sequence_number for record in records] == ["3", "7", "8"]
        assert "PermanentError: never" in notes
        assert "2 messages, 2 of them without trouble; 2 stay" in notes
        assert len(receive_all(aws.sqs, aws.queue_url)) == 2, "they were given back"

    def test_what_the_function_takes_is_deleted(self, aws: Stubs) -> None:
        aws.send(_pointer(7, 8, size=2))
        _send_failed(aws, kinesis_record({}, sequence_number="3"))
        aws.kinesis_has(7, 8, start=7)
        aws.answers_of_function(DONE, None)
        status, records, notes = aws.run("--function", "figures")
        assert (status, records) == (0, [])
        assert "2 records taken" in notes
        assert receive_all(aws.sqs, aws.queue_url) == []

    @pytest.mark.parametrize(
        ("answer", "error", "named"),
        [(stopped_at("3"), None, "stopped at 3"), ({"errorMessage": "out of time"}, "Unhandled", "out of time")],
    )
    def test_what_the_function_does_not_take_stays(
        self, aws: Stubs, *, answer: object, error: str | None, named: str
    ) -> None:
        _send_failed(aws, kinesis_record({}, sequence_number="3"))
        aws.answers_of_function(answer, error=error)
        status, _, notes = aws.run("--function", "figures")
        assert status == 1
        assert named in notes
        assert len(receive_all(aws.sqs, aws.queue_url)) == 1

    def test_an_error_of_aws_is_one_line_and_gives_the_messages_back(self, aws: Stubs) -> None:
        _send_failed(aws, kinesis_record({}))
        aws.stub("functions").add_client_error("invoke", "AccessDeniedException")
        status, _, notes = aws.run("--function", "figures")
        assert (status, "AWS did not answer as it should. AccessDeniedException" in notes) == (1, True)
        assert len(receive_all(aws.sqs, aws.queue_url)) == 1

    def test_records_that_were_not_in_the_batch_are_handed_over_only_when_asked_for(self, aws: Stubs) -> None:
        aws.send(_pointer(7, 9, size=2))
        aws.kinesis_has(7, 8, 9, start=7)
        status, _, notes = aws.run("--function", "figures")
        assert status == 1
        assert "lie 3 records, and the batch had 2" in notes
        aws.kinesis_has(7, 8, 9, start=7)
        aws.answers_of_function(DONE)
        assert aws.run("--function", "figures", "--whole-range")[0] == 0
        assert receive_all(aws.sqs, aws.queue_url) == []

    def test_expired_records_are_told_and_their_message_stays(self, aws: Stubs) -> None:
        aws.send(_pointer(7, 8, size=2))
        aws.kinesis_has(8, start=7)
        status, records, notes = aws.run()
        assert (status, records) == (1, [])
        assert "The stream has 1 of 2 records" in notes
        assert len(receive_all(aws.sqs, aws.queue_url)) == 1

    def test_a_record_that_was_too_large_for_its_message_is_fetched(self, aws: Stubs) -> None:
        record = kinesis_record(b"x" * 1_000_000, sequence_number="7") | {"eventID": f"{SHARD}:7"}
        _send_failed(aws, record)
        aws.kinesis_has(7, start=7)
        status, records, _ = aws.run()
        assert status == 0
        assert records[0]["eventID"] == f"{SHARD}:7"
        assert records[0]["kinesis"]["data"]

    def test_a_change_that_was_too_large_cannot_be_fetched(self, aws: Stubs) -> None:
        _send_failed(aws, dynamodb_record(after={"text": {"S": "x" * 1_100_000}}))
        status, _, notes = aws.run()
        assert status == 1
        assert "tells no place in a stream" in notes

    def test_no_more_messages_are_read_than_allowed(self, aws: Stubs) -> None:
        for number in range(3):
            _send_failed(aws, kinesis_record({}, sequence_number=str(number)))
        _, records, _ = aws.run("--limit", "2")
        assert len(records) == 2

    def test_large_batches_are_handed_over_in_parts(self, aws: Stubs) -> None:
        aws.send(_pointer(1, 150, size=150))
        aws.kinesis_has(*range(1, 151), start=1)
        aws.answers_of_function(DONE, DONE)
        assert aws.run("--function", "figures")[0] == 0
