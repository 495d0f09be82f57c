"""A queue consumer, batch by batch: what becomes of each message."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from best_practice_constructs.runtime import (
    ConfigurationError,
    EventMetadata,
    IdempotentTransaction,
    LambdaContext,
    PermanentError,
    UndeclaredEventError,
    queue_consumer,
)
from tests.unit.runtime.support import (
    FakeContext,
    OrderPlaced,
    batch,
    log_lines_in,
    message,
    metrics_in,
    order_placed,
    receive_all,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

pytestmark = pytest.mark.usefixtures("consumer_environment")


def failures(*message_ids: str) -> dict[str, object]:
    return {"batchItemFailures": [{"itemIdentifier": each} for each in message_ids]}


class Kill(BaseException):
    """The end of the process, as far as Python can play it."""


def test_a_handler_gets_what_its_annotations_ask_for(dynamodb: DynamoDBClient, context: FakeContext) -> None:
    given: list[tuple[OrderPlaced, EventMetadata, SQSRecord, LambdaContext, int]] = []

    @queue_consumer(event=OrderPlaced)
    def handler(
        placed: OrderPlaced, metadata: EventMetadata, record: SQSRecord, lambda_context: LambdaContext, own: int = 7
    ) -> None:
        given.append((placed, metadata, record, lambda_context, own))

    assert handler(batch([message(order_placed("17"), message_id="m1")]), context) == failures()
    placed, metadata, record, lambda_context, own = given[0]
    assert placed == OrderPlaced(order_id="17", total=Decimal("9.90"))
    assert (metadata.event_id, metadata.correlation_id, metadata.occurred_at.isoformat()) == (
        "event-17",
        "correlation-17",
        "2026-11-23T12:00:00+00:00",
    )
    assert record.message_id == "m1"
    assert lambda_context is context
    assert own == 7


def test_a_raw_consumer_gets_the_body(
    dynamodb: DynamoDBClient, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDEMPOTENCY_KEY", "[a, b]")
    given: list[dict[str, object]] = []

    @queue_consumer
    def handler(body: dict[str, object]) -> None:
        given.append(body)

    messages = [message({"a": 1, "b": "x"}), message({"a": 1, "b": "y"}), message({"b": "x", "a": 1})]
    assert handler(batch(messages), context) == failures()
    assert given == [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}]


def test_a_raw_consumer_can_ask_for_the_metadata_of_whatever_event_it_gets(
    dynamodb: DynamoDBClient, context: FakeContext
) -> None:
    given: list[tuple[object, str]] = []

    @queue_consumer
    def handler(body: dict[str, object], metadata: EventMetadata) -> None:
        given.append((body["detail-type"], metadata.event_id))

    other = order_placed("2", **{"detail-type": "OrderShipped"})  # type: ignore[arg-type]  # no name of a parameter
    no_event = message({"detail": {"metadata": {"event_id": "3"}}}, message_id="m3")
    assert handler(batch([message(order_placed("1")), message(other), no_event]), context) == failures("m3")
    assert given == [("OrderPlaced", "event-1"), ("OrderShipped", "event-2")]


def test_the_function_itself_stays_in_reach() -> None:
    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> str:
        """Say so."""
        return placed.order_id

    assert handler.__wrapped__(OrderPlaced(order_id="5")) == "5"
    assert (handler.__name__, handler.__doc__) == ("handler", "Say so.")  # type: ignore[attr-defined]  # set by wraps


def test_only_failed_messages_come_again_even_when_all_fail(dynamodb: DynamoDBClient, context: FakeContext) -> None:
    done: list[str] = []

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        if placed.order_id.startswith("bad"):
            raise RuntimeError("not today")
        done.append(placed.order_id)

    mixed = [message(order_placed(each), message_id=each) for each in ("1", "bad2", "3")]
    assert handler(batch(mixed), context) == failures("bad2")
    assert done == ["1", "3"]
    all_bad = [message(order_placed(each), message_id=each) for each in ("bad4", "bad5")]
    assert handler(batch(all_bad), context) == failures("bad4", "bad5")


def test_a_message_that_comes_again_is_not_handled_again(
    dynamodb: DynamoDBClient, context: FakeContext, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[str] = []

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        done.append(placed.order_id)

    for _ in range(2):
        twice = [message(order_placed("1")), message(order_placed("1"))]
        assert handler(batch(twice), context) == failures()
    assert done == ["1"]
    metrics = metrics_in(capsys.readouterr().out)
    assert (metrics["MessagesProcessed"], metrics["MessagesReplayed"]) == (1, 3)
    record = dynamodb.scan(TableName="records")["Items"][0]
    function_name, hash_of_key = record["id"].get("S", "").split("#")
    assert function_name == "issue-invoice"
    assert len(hash_of_key) == 64, "SHA-256"
    assert record["status"] == {"S": "COMPLETED"}


def test_a_failed_message_is_handled_when_it_comes_again(dynamodb: DynamoDBClient, context: FakeContext) -> None:
    attempts: list[str] = []

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        attempts.append(placed.order_id)
        if len(attempts) == 1:
            raise RuntimeError("not today")

    assert handler(batch([message(order_placed(), message_id="m")]), context) == failures("m")
    assert handler(batch([message(order_placed(), message_id="m", receive_count=2)]), context) == failures()
    assert handler(batch([message(order_placed(), message_id="m", receive_count=3)]), context) == failures()
    assert attempts == ["1", "1"]


def test_a_worker_that_dies_locks_its_message_until_its_timeout_and_no_longer(
    dynamodb: DynamoDBClient, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[str] = []

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        attempts.append(placed.order_id)
        if len(attempts) == 1:
            raise Kill

    context.remaining_milliseconds = 1500
    with pytest.raises(Kill):
        handler(batch([message(order_placed(), message_id="m")]), context)
    assert handler(batch([message(order_placed(), message_id="m")]), context) == failures("m"), "still locked"
    assert attempts == ["1"]
    lock = dynamodb.scan(TableName="records")["Items"][0]
    dynamodb.update_item(
        TableName="records",
        Key={"id": lock["id"]},
        UpdateExpression="SET in_progress_expiration = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )
    assert handler(batch([message(order_placed(), message_id="m")]), context) == failures()
    assert attempts == ["1", "1"]


@pytest.mark.parametrize(
    ("body", "error_type", "named"),
    [
        ("{", "MalformedMessageError", "not a JSON object"),
        ("[]", "MalformedMessageError", "not a JSON object"),
        ('{"a": "\\ud83d"}', "MalformedMessageError", "not a JSON object"),
        ({"detail": {"metadata": {"event_id": None}}}, "MissingIdempotencyKeyError", "detail.metadata.event_id"),
        (order_placed(source="com.example.other"), "UnexpectedEventError", "com.example.other"),
        ({**order_placed(), "detail-type": "OrderCancelled"}, "UnexpectedEventError", "OrderCancelled"),
        (order_placed(metadata={"schema_version": 2}), "UnexpectedEventError", "version 2"),
        (order_placed(metadata={"occurred_at": "yesterday"}), "MalformedMessageError", "$.detail.metadata.occurred_at"),
        (
            {**order_placed(), "detail": {"metadata": {"event_id": "1"}, "data": {}}},
            "MalformedMessageError",
            "$.detail.metadata.service",
        ),
    ],
)
def test_a_message_that_can_never_be_handled_goes_to_the_dead_letter_queue_at_once(
    dead_letter_queue_url: str,
    dynamodb: DynamoDBClient,
    sqs: SQSClient,
    context: FakeContext,
    *,
    body: object,
    error_type: str,
    named: str,
) -> None:
    done: list[str] = []

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        done.append(placed.order_id)

    poison = message(body, message_id="poison", trace_header="Root=1-5759e988-bd862e3fe1be46a994272793")
    assert handler(batch([poison, message(order_placed("2"))]), context) == failures()
    assert done == ["2"], "its batch mates are handled"
    (letter,) = receive_all(sqs, dead_letter_queue_url)
    assert letter.get("Body") == poison["body"]
    assert letter.get("Attributes", {})["AWSTraceHeader"] == "Root=1-5759e988-bd862e3fe1be46a994272793"
    attributes = {name: each.get("StringValue", "") for name, each in letter.get("MessageAttributes", {}).items()}
    assert attributes["ErrorType"] == error_type
    assert named in attributes["ErrorMessage"]
    assert attributes["SourceMessageId"] == "poison"
    assert attributes["FunctionName"] == "issue-invoice"
    assert attributes["RequestId"] == "request-1"
    assert attributes["ReceiveCount"] == "1"
    assert attributes["FailedAt"].endswith("Z")


def test_a_handler_can_say_that_retrying_is_in_vain(
    dead_letter_queue_url: str, dynamodb: DynamoDBClient, sqs: SQSClient, context: FakeContext
) -> None:
    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        raise PermanentError("The customer is unknown.")

    assert handler(batch([message(order_placed())]), context) == failures()
    (letter,) = receive_all(sqs, dead_letter_queue_url)
    assert letter.get("MessageAttributes", {})["ErrorMessage"].get("StringValue") == "The customer is unknown."
    assert dynamodb.scan(TableName="records")["Count"] == 0, "redriven, it is handled again"


def test_the_last_attempt_ends_in_the_dead_letter_queue_with_the_cause(
    dead_letter_queue_url: str,
    dynamodb: DynamoDBClient,
    sqs: SQSClient,
    context: FakeContext,
    capsys: pytest.CaptureFixture[str],
) -> None:
    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        raise ConnectionError("the bank is closed")

    before_last, last = (message(order_placed(), message_id="m", receive_count=count) for count in (4, 5))
    assert handler(batch([before_last]), context) == failures("m")
    assert receive_all(sqs, dead_letter_queue_url) == []
    assert handler(batch([last]), context) == failures()
    (letter,) = receive_all(sqs, dead_letter_queue_url)
    attributes = letter.get("MessageAttributes", {})
    assert attributes["ErrorType"].get("StringValue") == "ConnectionError"
    assert attributes["ReceiveCount"].get("StringValue") == "5"
    output = capsys.readouterr().out
    metrics = metrics_in(output)
    assert (metrics["MessagesFailed"], metrics["MessagesDeadLettered"]) == (1, 1)
    outcomes = {line["outcome"]: line for line in log_lines_in(output) if "outcome" in line}
    assert outcomes["failed"]["level"] == "WARNING"
    assert outcomes["dead-lettered"]["level"] == "ERROR"
    for line in outcomes.values():
        assert (line["event_id"], line["correlation_id"], line["message_id"]) == ("event-1", "correlation-1", "m")
        assert "the bank is closed" in str(line["exception"])


def test_when_the_dead_letter_queue_takes_nothing_the_message_comes_again(
    dead_letter_queue_url: str, dynamodb: DynamoDBClient, sqs: SQSClient, context: FakeContext
) -> None:
    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        raise PermanentError("never")

    sqs.delete_queue(QueueUrl=dead_letter_queue_url)
    assert handler(batch([message(order_placed(), message_id="m")]), context) == failures("m")


def test_without_a_dead_letter_queue_the_net_of_sqs_is_left_to_catch(
    dynamodb: DynamoDBClient, context: FakeContext
) -> None:
    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        raise PermanentError("never")

    assert handler(batch([message("{", message_id="m", receive_count=5)]), context) == failures("m")


def test_a_fifo_group_stops_at_its_first_failure_and_others_go_on(
    dead_letter_queue_url: str,
    dynamodb: DynamoDBClient,
    context: FakeContext,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("QUEUE_IS_FIFO", "true")
    done: list[str] = []
    is_open = False

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        if placed.order_id == "a1" and not is_open:
            raise RuntimeError("not today")
        done.append(placed.order_id)

    messages = [message(order_placed(each), message_id=each, group_id=each[0]) for each in ("a1", "b1", "a2", "b2")]
    assert handler(batch(messages), context) == failures("a1", "a2")
    assert done == ["b1", "b2"]
    metrics = metrics_in(capsys.readouterr().out)
    assert (metrics["MessagesFailed"], metrics["MessagesDeferred"], metrics["MessagesProcessed"]) == (1, 1, 2)
    is_open = True
    assert handler(batch([messages[0], messages[2]]), context) == failures()
    assert done == ["b1", "b2", "a1", "a2"]


def test_a_dead_letter_of_a_fifo_queue_keeps_its_group_and_a_redriven_one_is_not_taken_for_the_first(
    consumer_environment: dict[str, str],
    dynamodb: DynamoDBClient,
    sqs: SQSClient,
    context: FakeContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = sqs.create_queue(QueueName="dead-letters.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    monkeypatch.setenv("QUEUE_IS_FIFO", "true")
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", url)

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        raise PermanentError("never")

    for message_id in ("first", "first", "redriven"):
        assert handler(batch([message(order_placed(), message_id=message_id, group_id="g")]), context) == failures()
    letters = receive_all(sqs, url)
    assert [each.get("Attributes", {})["MessageGroupId"] for each in letters] == ["g", "g"]
    assert [each.get("MessageAttributes", {})["SourceMessageId"].get("StringValue") for each in letters] == [
        "first",
        "redriven",
    ]


def test_own_attributes_of_a_message_go_with_it(
    dead_letter_queue_url: str, dynamodb: DynamoDBClient, sqs: SQSClient, context: FakeContext
) -> None:
    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        raise PermanentError("x" * 5000 + "\x00")

    own = {
        "ErrorType": {"stringValue": "OfThePast", "dataType": "String"},
        "Tenant": {"stringValue": "t1", "dataType": "String"},
        "Blob": {"binaryValue": "AAE=", "dataType": "Binary"},
        "Number": {"stringValue": "1", "dataType": "Number"},
        "OneTooMany": {"stringValue": "1", "dataType": "Number"},
    }
    assert handler(batch([message(order_placed(), message_attributes=own)]), context) == failures()
    (letter,) = receive_all(sqs, dead_letter_queue_url)
    attributes = letter.get("MessageAttributes", {})
    assert attributes["ErrorType"].get("StringValue") == "PermanentError"
    assert attributes["Tenant"].get("StringValue") == "t1"
    assert attributes["Blob"].get("BinaryValue") == b"\x00\x01"
    assert len(attributes) == 10
    assert len(attributes["ErrorMessage"].get("StringValue", "").encode()) <= 1000


def test_the_environment_is_checked_before_any_message_is_handled(
    context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IDEMPOTENCY_TABLE_NAME")
    monkeypatch.setenv("IDEMPOTENCY_EXPIRES_AFTER_SECONDS", "soon")
    monkeypatch.setenv("IDEMPOTENCY_MODEL", "hope")
    done: list[str] = []

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        done.append(placed.order_id)

    with pytest.raises(ConfigurationError) as raised:
        handler(batch([message(order_placed())]), context)
    for named in ("handler", "IDEMPOTENCY_TABLE_NAME is missing", "'soon'", "'hope'"):
        assert named in str(raised.value)
    assert done == []


def test_a_dead_letter_queue_needs_a_number_of_attempts(
    dead_letter_queue_url: str, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAX_RECEIVE_COUNT")

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        print(placed)

    with pytest.raises(ConfigurationError, match="MAX_RECEIVE_COUNT is missing"):
        handler(batch([]), context)


def test_a_handler_can_start_anew_in_another_environment(
    dynamodb: DynamoDBClient, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        print(placed)

    assert handler(batch([message(order_placed())]), context) == failures()
    monkeypatch.delenv("IDEMPOTENCY_KEY")
    assert handler(batch([message(order_placed())]), context) == failures()
    handler.forget()
    with pytest.raises(ConfigurationError, match="IDEMPOTENCY_KEY"):
        handler(batch([message(order_placed())]), context)


@pytest.mark.parametrize("model", ["record", "transaction"])
def test_handler_and_model_must_agree(context: FakeContext, monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    monkeypatch.setenv("IDEMPOTENCY_MODEL", model)

    @queue_consumer(event=OrderPlaced)
    def with_transaction(placed: OrderPlaced, transaction: IdempotentTransaction) -> None:
        transaction.nothing_to_write()

    @queue_consumer(event=OrderPlaced)
    def without(placed: OrderPlaced) -> None:
        print(placed)

    handler = with_transaction if model == "record" else without
    with pytest.raises(ConfigurationError, match="IdempotencyModel"):
        handler(batch([message(order_placed())]), context)


def test_an_idempotency_key_that_is_no_expression_is_a_clear_error(
    context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDEMPOTENCY_KEY", "detail..id")

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        print(placed)

    with pytest.raises(ConfigurationError, match="JMESPath"):
        handler(batch([message(order_placed())]), context)


def test_an_event_must_be_declared() -> None:
    class Undeclared:
        pass

    with pytest.raises(UndeclaredEventError, match="Undeclared"):
        queue_consumer(event=Undeclared)(lambda: None)


def test_something_else_than_a_batch_is_refused(dynamodb: DynamoDBClient, context: FakeContext) -> None:
    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        print(placed)

    with pytest.raises(ConfigurationError, match="Records"):
        handler({"source": "aws.events"}, context)
