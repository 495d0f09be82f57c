"""A stream consumer, batch by batch: what becomes of each record, and of their order."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from best_practice_constructs.runtime import (
    Change,
    ConfigurationError,
    EventMetadata,
    EventPublisher,
    LambdaContext,
    PermanentError,
    StreamPosition,
    clients,
    stream_consumer,
)
from tests.unit.runtime.stream_support import (
    DONE,
    ORDERS_ARN,
    SALES_ARN,
    SHARD,
    QueueInMemory,
    dynamodb_record,
    kinesis_record,
    queue_in_memory,
    sales,
    stopped_at,
)
from tests.unit.runtime.support import (
    FakeContext,
    OrderCancelled,
    OrderPlaced,
    batch,
    log_lines_in,
    metrics_in,
    order_placed,
    receive_all,
)

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

Body = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Sale:
    """What the tills send."""

    product: str
    price: Decimal = Decimal(1)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "figures")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Shop")
    monkeypatch.setenv("STREAM_FAILURES_QUEUE_URL", "https://sqs/failures")


@pytest.fixture
def failures() -> Generator[QueueInMemory]:
    with queue_in_memory() as queue:
        yield queue


class TestReading:
    def test_a_record_of_kinesis_becomes_the_class_of_its_data(self, context: FakeContext) -> None:
        given: list[tuple[Sale, StreamPosition, bytes, LambdaContext, int]] = []

        @stream_consumer(record=Sale)
        def handler(sale: Sale, where: StreamPosition, raw: bytes, lambda_context: LambdaContext, own: int = 7) -> None:
            given.append((sale, where, raw, lambda_context, own))

        record = kinesis_record({"product": "tea", "price": "9.90"}, sequence_number="17")
        assert handler(batch([record]), context) == DONE
        position = StreamPosition(
            stream_arn=SALES_ARN,
            sequence_number="17",
            record_id=f"{SHARD}:17",
            arrived_at=datetime(2026, 11, 24, 12, 0, 0, 500_000, tzinfo=UTC),
            shard_id=SHARD,
            partition_key="shop-1",
        )
        data = b'{"product": "tea", "price": "9.90"}'
        assert given == [(Sale(product="tea", price=Decimal("9.90")), position, data, context, 7)]

    def test_without_a_class_the_data_are_a_json_object(self, context: FakeContext) -> None:
        given: list[Body] = []

        @stream_consumer
        def handler(sale: dict[str, object]) -> None:
            given.append(sale)

        assert handler(batch(sales("tea", "cake")), context) == DONE
        assert given == [{"product": "tea"}, {"product": "cake"}]

    def test_data_need_not_be_json(self, context: FakeContext) -> None:
        given: list[bytes] = []

        @stream_consumer
        def handler(picture: bytes) -> None:
            given.append(picture)

        assert handler(batch([kinesis_record(b"\xff\x00")]), context) == DONE
        assert given == [b"\xff\x00"]

    def test_a_declared_event_comes_with_its_metadata(self, context: FakeContext) -> None:
        given: list[tuple[OrderPlaced, str]] = []

        @stream_consumer(record=OrderPlaced)
        def handler(placed: OrderPlaced, metadata: EventMetadata) -> None:
            given.append((placed, metadata.correlation_id))

        assert handler(batch([kinesis_record(order_placed("17"))]), context) == DONE
        assert given == [(OrderPlaced(order_id="17", total=Decimal("9.90")), "correlation-17")]

    def test_a_change_tells_before_after_and_what_changed(self, context: FakeContext) -> None:
        given: list[Change] = []

        @stream_consumer
        def handler(change: Change) -> None:
            given.append(change)

        before = {"id": {"S": "1"}, "total": {"N": "9.90"}, "paid": {"BOOL": True}, "old": {"NULL": True}}
        after = {"id": {"S": "1"}, "total": {"N": "9.9"}, "paid": {"N": "1"}, "tags": {"SS": ["a", "b"]}}
        record = dynamodb_record("MODIFY", keys={"id": {"S": "1"}}, before=before, after=after)
        assert handler(batch([record]), context) == DONE
        (change,) = given
        assert change == Change(
            event_name="MODIFY",
            keys={"id": "1"},
            before={"id": "1", "total": Decimal("9.90"), "paid": True, "old": None},
            after={"id": "1", "total": Decimal("9.9"), "paid": Decimal(1), "tags": {"a", "b"}},
            sequence_number="100",
            change_id="change-100",
            created_at=datetime(2026, 11, 24, 12, tzinfo=UTC),
        )
        assert change.changed == ("old", "paid", "tags")

    def test_a_change_says_when_time_to_live_was_over(self, context: FakeContext) -> None:
        given: list[bool] = []

        @stream_consumer
        def handler(change: Change, position: StreamPosition) -> None:
            given.append(change.is_expiry)
            assert (position.stream_arn, position.shard_id) == (ORDERS_ARN, None)

        identity = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
        records = [
            dynamodb_record("REMOVE", before={"id": {"S": "1"}}, userIdentity=identity),
            dynamodb_record("REMOVE", before={"id": {"S": "1"}}, userIdentity=None),
        ]
        assert handler(batch(records), context) == DONE
        assert given == [True, False]


class TestOrder:
    def test_a_failed_record_stops_the_batch_and_is_where_lambda_starts_again(
        self, failures: QueueInMemory, context: FakeContext, capsys: pytest.CaptureFixture[str]
    ) -> None:
        done: list[object] = []

        @stream_consumer
        def handler(sale: dict[str, object]) -> None:
            if sale["product"] == "bad":
                raise ConnectionError("the bank is closed")
            done.append(sale["product"])

        assert handler(batch(sales("tea", "bad", "cake", "jam")), context) == stopped_at("2")
        assert done == ["tea"]
        assert failures.messages == []
        output = capsys.readouterr().out
        metrics = metrics_in(output)
        assert (metrics["RecordsProcessed"], metrics["RecordsFailed"], metrics["RecordsDeferred"]) == (1, 1, 2)
        (line,) = [line for line in log_lines_in(output) if line["level"] == "WARNING"]
        assert line["sequence_number"] == "2"
        assert "the bank is closed" in str(line["exception"])

    def test_poison_goes_with_its_cause_and_the_shard_goes_on(
        self, sqs: SQSClient, context: FakeContext, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        url = sqs.create_queue(QueueName="failures")["QueueUrl"]
        monkeypatch.setenv("STREAM_FAILURES_QUEUE_URL", url)
        done: list[str] = []

        @stream_consumer(record=Sale)
        def handler(sale: Sale) -> None:
            if sale.product == "nothing":
                raise PermanentError("Nobody sells that: \x00.")
            done.append(sale.product)

        records = sales("tea", "nothing", "cake")
        assert handler(batch(records), context) == DONE
        assert done == ["tea", "cake"]
        (message,) = receive_all(sqs, url)
        assert json.loads(message.get("Body", "")) == records[1]
        attributes = {name: each.get("StringValue") for name, each in message.get("MessageAttributes", {}).items()}
        assert str(attributes.pop("FailedAt")).endswith("Z")
        assert attributes == {
            "ErrorType": "PermanentError",
            "ErrorMessage": "Nobody sells that: \ufffd.",
            "FunctionName": "issue-invoice",
            "RequestId": "request-1",
            "StreamArn": SALES_ARN,
            "ShardId": SHARD,
            "SequenceNumber": "2",
        }
        output = capsys.readouterr().out
        assert metrics_in(output)["RecordsGivenUp"] == 1
        assert [line["record_id"] for line in log_lines_in(output) if line["level"] == "ERROR"] == [f"{SHARD}:2"]

    def test_poison_of_a_table_goes_too(self, failures: QueueInMemory, context: FakeContext) -> None:
        @stream_consumer
        def handler(change: Change) -> None:
            raise PermanentError("never")

        record = dynamodb_record(after={"id": {"S": "1"}})
        assert handler(batch([record]), context) == DONE
        assert json.loads(str(failures.messages[0]["MessageBody"])) == record

    def test_when_the_failures_queue_takes_nothing_the_record_comes_again(self, context: FakeContext) -> None:
        done: list[object] = []

        @stream_consumer
        def handler(sale: dict[str, object]) -> None:
            if sale["product"] == "bad":
                raise PermanentError("never")
            done.append(sale["product"])

        with queue_in_memory(outages=[True]) as queue:
            assert handler(batch(sales("tea", "bad", "cake")), context) == stopped_at("2")
            assert queue.messages == []
            assert handler(batch(sales("tea", "bad", "cake")[1:]), context) == DONE
            assert queue.sequence_numbers() == ["2"]
        assert done == ["tea", "cake"]

    @pytest.mark.parametrize(
        ("data", "named"),
        [
            (b"{", "not JSON"),
            (b"\xff", "not JSON"),
            ([], "do not fit Sale"),
            ({"product": 1}, "$.product"),
            ({"product": "tea", "price": "NaN"}, "$.price"),
        ],
    )
    def test_what_cannot_be_read_holds_up_nothing(
        self, failures: QueueInMemory, context: FakeContext, *, data: object, named: str
    ) -> None:
        done: list[str] = []

        @stream_consumer(record=Sale)
        def handler(sale: Sale) -> None:
            done.append(sale.product)

        records = [kinesis_record(data), kinesis_record({"product": "tea"}, sequence_number="2")]
        assert handler(batch(records), context) == DONE
        assert done == ["tea"]
        assert named in json.dumps(failures.messages[0]["MessageAttributes"])

    @pytest.mark.parametrize(
        ("event", "named"),
        [
            (order_placed(source="com.example.other"), "UnexpectedEventError"),
            (order_placed(metadata={"schema_version": 2}), "UnexpectedEventError"),
            (order_placed(metadata={"occurred_at": "yesterday"}), "$.detail.metadata.occurred_at"),
            (b"\xff", "MalformedMessageError"),
        ],
    )
    def test_another_event_holds_up_nothing(
        self, failures: QueueInMemory, context: FakeContext, *, event: object, named: str
    ) -> None:
        @stream_consumer(record=OrderPlaced)
        def handler(placed: OrderPlaced) -> None:
            raise AssertionError

        assert handler(batch([kinesis_record(event)]), context) == DONE
        assert named in json.dumps(failures.messages[0]["MessageAttributes"])

    @pytest.mark.parametrize("value", [{"X": "1"}, {"N": "one"}, {}, "text"])
    def test_a_change_that_cannot_be_read_holds_up_nothing(
        self, failures: QueueInMemory, context: FakeContext, value: object
    ) -> None:
        @stream_consumer
        def handler(change: Change) -> None:
            raise AssertionError

        assert handler(batch([dynamodb_record(after={"id": value})]), context) == DONE
        assert "MalformedMessageError" in json.dumps(failures.messages[0]["MessageAttributes"])

    def test_an_empty_batch_is_done(self, context: FakeContext) -> None:
        assert _count(batch([]), context) == DONE


@stream_consumer
def _count(sale: dict[str, object]) -> None:
    print(sale)


class TestWhatInvokes:
    def test_without_a_failures_queue_nothing_is_handled(
        self, context: FakeContext, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("STREAM_FAILURES_QUEUE_URL")

        @stream_consumer
        def handler(sale: dict[str, object]) -> None:
            raise AssertionError

        with pytest.raises(ConfigurationError, match="STREAM_FAILURES_QUEUE_URL is missing"):
            handler(batch(sales("tea")), context)
        monkeypatch.setenv("STREAM_FAILURES_QUEUE_URL", "https://sqs/failures")
        handler.forget()
        assert handler(batch([]), context) == DONE

    @pytest.mark.parametrize(
        ("event", "named"),
        [
            ({"detail": {}}, "no Records"),
            ({**batch(sales("tea")), "window": {"start": "…"}, "state": {}}, "tumbling windows"),
            ({**batch([]), "isFinalInvokeForWindow": True}, "tumbling windows"),
            (batch([dynamodb_record()]), "is given some of aws:dynamodb"),
            (batch([{"eventSource": "aws:sqs"}]), "is given some of aws:sqs"),
        ],
    )
    def test_what_is_no_stream_of_the_handlers_kind_is_refused(
        self, context: FakeContext, *, event: dict[str, object], named: str
    ) -> None:
        with pytest.raises(ConfigurationError, match=named):
            _count(event, context)

    def test_a_handler_for_either_stream_minds_what_is_none(self, context: FakeContext) -> None:
        seen: list[str] = []

        @stream_consumer
        def handler(position: StreamPosition) -> None:
            seen.append(position.sequence_number)

        assert handler(batch([*sales("tea"), dynamodb_record()]), context) == DONE
        assert seen == ["1", "100"]
        with pytest.raises(ConfigurationError, match="'aws:sqs'"):
            handler(batch([{"eventSource": "aws:sqs", "eventID": "1", "eventSourceARN": "…"}]), context)
        with pytest.raises(ConfigurationError, match="lacks 'kinesis'"):
            handler(batch([{"eventSource": "aws:kinesis", "eventID": "1", "eventSourceARN": "…"}]), context)

    def test_the_function_itself_stays_in_reach(self) -> None:
        @stream_consumer(record=Sale)
        def handler(sale: Sale) -> str:
            """Say so."""
            return sale.product

        assert handler.__wrapped__(Sale(product="tea")) == "tea"
        assert handler.__doc__ == "Say so."


def test_events_that_are_published_again_have_the_same_ids(
    context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENT_BUS_NAME", "orders")
    sent: list[str] = []

    def put_events(**request: list[dict[str, str]]) -> dict[str, object]:
        sent.extend(entry["Detail"] for entry in request["Entries"])
        return {"Entries": [{"EventId": "1"} for _ in request["Entries"]]}

    clients.use("events", SimpleNamespace(put_events=put_events))

    @stream_consumer
    def handler(change: Change) -> None:
        EventPublisher().publish(OrderCancelled(order_id=str(change.keys["id"])))

    for _ in range(2):
        assert handler(batch([dynamodb_record()]), context) == DONE
    first, second = (json.loads(detail)["metadata"] for detail in sent)
    assert first["event_id"] == second["event_id"]
    assert first["causation_id"] == "change-100"
