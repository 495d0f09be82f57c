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
    UndeclaredEventError,
    queue_consumer,
)
from tests.unit.runtime.support import (
    FakeContext,
    OrderPlaced,
    batch,
    failures,
    message,
    metrics_in,
    order_placed,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = pytest.mark.usefixtures("consumer_environment")


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
