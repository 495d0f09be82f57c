"""Effect and record commit together, or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from best_practice_constructs.runtime import (
    IdempotentTransaction,
    MessageInProgressError,
    TransactionCancelledError,
    TransactionConflictError,
    clients,
    queue_consumer,
)
from tests.unit.runtime.support import FakeContext, OrderPlaced, batch, message, metrics_in, order_placed, receive_all

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

Put = dict[str, dict[str, object]]


class Kill(BaseException):
    """The end of the process, as far as Python can play it."""


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    monkeypatch.setattr("best_practice_constructs.runtime.idempotent_transaction.time.sleep", pauses.append)
    return pauses


@pytest.fixture
def transaction_environment(consumer_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDEMPOTENCY_MODEL", "transaction")


def transaction(record_id: str = "invoices#1") -> IdempotentTransaction:
    return IdempotentTransaction(table_name="records", record_id=record_id, expires_after_seconds=60)


def put_invoice(order_id: str = "1", *, number: int = 1, is_new: bool = False) -> Put:
    put: dict[str, object] = {
        "TableName": "invoices",
        "Item": {"order_id": {"S": order_id}, "number": {"N": str(number)}},
    }
    if is_new:
        put["ConditionExpression"] = "attribute_not_exists(order_id)"
    return {"Put": put}


def invoices(dynamodb: DynamoDBClient) -> dict[str, str]:
    items = dynamodb.scan(TableName="invoices")["Items"]
    return {item["order_id"].get("S", ""): item["number"].get("N", "") for item in items}


def cancelled(*codes: str, item: object = None) -> ClientError:
    reasons: list[dict[str, object]] = [{"Code": code, "Message": code} for code in codes]
    if item is not None:
        reasons[0]["Item"] = item
    response = {"Error": {"Code": "TransactionCanceledException", "Message": ""}, "CancellationReasons": reasons}
    return ClientError(response, "TransactWriteItems")  # type: ignore[arg-type]  # a response as DynamoDB gives it


def answer_with(*errors: Exception | None) -> list[dict[str, object]]:
    """Let DynamoDB answer with these errors, one a call, ``None`` for success; return what it was asked."""
    answers = list(errors)
    requests: list[dict[str, object]] = []

    def transact_write_items(**request: object) -> dict[str, object]:
        requests.append(request)
        error = answers.pop(0)
        if error is not None:
            raise error
        return {}

    clients.use("dynamodb", SimpleNamespace(transact_write_items=transact_write_items))
    return requests


def test_effect_and_record_are_written_together(dynamodb: DynamoDBClient) -> None:
    assert transaction().write([put_invoice()]) is True
    (record,) = dynamodb.scan(TableName="records")["Items"]
    assert record["id"] == {"S": "invoices#1"}
    assert record["status"] == {"S": "COMPLETED"}
    assert 0 <= int(record["expiration"].get("N", "0")) - time.time() - 59 <= 1
    assert invoices(dynamodb) == {"1": "1"}


def test_a_replay_writes_nothing_and_is_no_error(dynamodb: DynamoDBClient) -> None:
    assert transaction().write([put_invoice(number=1)])
    assert transaction().write([put_invoice(number=2)]) is False
    assert invoices(dynamodb) == {"1": "1"}


def test_a_replay_is_told_even_when_conditions_of_the_handler_fail_too(dynamodb: DynamoDBClient) -> None:
    assert transaction().write([put_invoice(is_new=True)])
    assert transaction().write([put_invoice(is_new=True)]) is False


def test_an_expired_record_counts_no_more(dynamodb: DynamoDBClient) -> None:
    dynamodb.put_item(TableName="records", Item={"id": {"S": "invoices#1"}, "expiration": {"N": "1"}})
    assert transaction().write([put_invoice()])
    assert invoices(dynamodb) == {"1": "1"}


@pytest.mark.parametrize(("lock_ends_in", "writes"), [(30, False), (-30, True)])
def test_a_lock_of_the_other_model_holds_until_its_worker_is_dead(
    dynamodb: DynamoDBClient, lock_ends_in: int, *, writes: bool
) -> None:
    in_milliseconds = int((time.time() + lock_ends_in) * 1000)
    dynamodb.put_item(
        TableName="records",
        Item={
            "id": {"S": "invoices#1"},
            "expiration": {"N": str(int(time.time()) + 1000)},
            "status": {"S": "INPROGRESS"},
            "in_progress_expiration": {"N": str(in_milliseconds)},
        },
    )
    if writes:
        assert transaction().write([put_invoice()])
    else:
        with pytest.raises(MessageInProgressError):
            transaction().write([put_invoice()])
    assert invoices(dynamodb) == ({"1": "1"} if writes else {})


def test_a_failed_condition_of_the_handler_is_told_by_item_and_leaves_no_record(dynamodb: DynamoDBClient) -> None:
    dynamodb.put_item(TableName="invoices", Item={"order_id": {"S": "1"}, "number": {"N": "9"}})
    one = transaction()
    condition = put_invoice("1", is_new=True)
    condition["Put"]["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    with pytest.raises(TransactionCancelledError, match="item 1: ConditionalCheckFailed") as raised:
        one.write([put_invoice("2"), condition])
    assert [reason.code for reason in raised.value.reasons] == ["None", "ConditionalCheckFailed"]
    (failed,) = raised.value.failed
    assert failed.index == 1
    assert failed.item == {"order_id": {"S": "1"}, "number": {"N": "9"}}
    assert dynamodb.scan(TableName="records")["Count"] == 0
    assert one.write([put_invoice("2")]), "the handler may decide otherwise and write again"
    assert invoices(dynamodb) == {"1": "9", "2": "1"}


@pytest.mark.parametrize(
    "codes",
    [
        ("None", "TransactionConflict"),
        ("None", "ThrottlingError"),
        ("None", "ProvisionedThroughputExceeded"),
        ("TransactionConflict", "None"),
        ("TransactionConflict", "ConditionalCheckFailed"),
    ],
)
def test_conflicts_are_tried_again_with_a_new_token_and_then_told(
    no_pauses: list[float], codes: tuple[str, ...]
) -> None:
    requests = answer_with(cancelled(*codes), None)
    assert transaction().write([put_invoice()])
    assert len({str(request["ClientRequestToken"]) for request in requests}) == 2
    answer_with(*[cancelled(*codes)] * 5)
    with pytest.raises(TransactionConflictError):
        transaction().write([put_invoice()])
    assert len(no_pauses) == 1 + 4
    assert all(0 <= pause <= 0.4 for pause in no_pauses)


def test_the_same_request_in_flight_is_a_conflict() -> None:
    error = ClientError({"Error": {"Code": "TransactionInProgressException", "Message": ""}}, "TransactWriteItems")
    answer_with(*[error] * 5)
    with pytest.raises(TransactionConflictError):
        transaction().write([put_invoice()])


@pytest.mark.parametrize(
    "codes", [("None", "ValidationError"), ("None", "ConditionalCheckFailed", "TransactionConflict")]
)
def test_a_fault_of_the_handlers_items_is_not_tried_again(codes: tuple[str, ...]) -> None:
    requests = answer_with(cancelled(*codes))
    with pytest.raises(TransactionCancelledError):
        transaction().write([put_invoice()])
    assert len(requests) == 1


def test_an_error_that_is_none_of_these_stays_what_it_is() -> None:
    answer_with(ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "TransactWriteItems"))
    with pytest.raises(ClientError, match="AccessDenied"):
        transaction().write([put_invoice()])


@pytest.mark.parametrize("count", [0, 100])
def test_the_number_of_items_is_checked(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} items"):
        transaction().write([put_invoice(str(n)) for n in range(count)])


def test_99_items_fit(dynamodb: DynamoDBClient) -> None:
    assert transaction().write([put_invoice(str(n)) for n in range(99)])
    assert len(invoices(dynamodb)) == 99


@pytest.mark.parametrize(
    "first", [lambda one: one.write([put_invoice()]), lambda one: one.nothing_to_write()], ids=["written", "nothing"]
)
def test_a_message_has_one_transaction(
    dynamodb: DynamoDBClient, first: Callable[[IdempotentTransaction], object]
) -> None:
    one = transaction()
    first(one)
    with pytest.raises(RuntimeError, match="already"):
        one.write([put_invoice()])
    with pytest.raises(RuntimeError, match="already"):
        one.nothing_to_write()


@pytest.mark.usefixtures("transaction_environment")
def test_a_worker_that_dies_after_its_write_has_done_its_work_once(
    dynamodb: DynamoDBClient, context: FakeContext, capsys: pytest.CaptureFixture[str]
) -> None:
    deliveries: list[str] = []

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced, transaction: IdempotentTransaction) -> None:
        deliveries.append(placed.order_id)
        transaction.write([put_invoice(placed.order_id, number=len(deliveries))])
        if len(deliveries) == 1:
            raise Kill

    messages = batch([message(order_placed("1")), message(order_placed("2"))])
    with pytest.raises(Kill):
        handler(messages, context)
    assert handler(messages, context) == {"batchItemFailures": []}
    assert invoices(dynamodb) == {"1": "1", "2": "3"}
    metrics = metrics_in(capsys.readouterr().out)
    assert (metrics["MessagesReplayed"], metrics["MessagesProcessed"]) == (1, 1)


@pytest.mark.usefixtures("transaction_environment")
def test_a_worker_that_dies_before_its_write_has_done_nothing(dynamodb: DynamoDBClient, context: FakeContext) -> None:
    deliveries: list[str] = []

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced, transaction: IdempotentTransaction) -> None:
        deliveries.append(placed.order_id)
        if len(deliveries) == 1:
            raise Kill
        transaction.write([put_invoice(placed.order_id)])

    with pytest.raises(Kill):
        handler(batch([message(order_placed())]), context)
    assert dynamodb.scan(TableName="records")["Count"] == 0
    assert handler(batch([message(order_placed())]), context) == {"batchItemFailures": []}
    assert invoices(dynamodb) == {"1": "1"}


@pytest.mark.usefixtures("transaction_environment")
def test_a_handler_that_forgets_to_write_fails_its_message(
    dead_letter_queue_url: str, dynamodb: DynamoDBClient, sqs: SQSClient, context: FakeContext
) -> None:
    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced, transaction: IdempotentTransaction) -> None:
        if placed.order_id == "nothing":
            transaction.nothing_to_write()

    messages = [message(order_placed("nothing"), message_id="a"), message(order_placed("forgotten"), message_id="b")]
    assert handler(batch(messages), context) == {"batchItemFailures": [{"itemIdentifier": "b"}]}
    last = message(order_placed("forgotten"), message_id="b", receive_count=5)
    assert handler(batch([last]), context) == {"batchItemFailures": []}
    (letter,) = receive_all(sqs, dead_letter_queue_url)
    assert letter.get("MessageAttributes", {})["ErrorType"].get("StringValue") == "TransactionNotWrittenError"


@pytest.mark.usefixtures("transaction_environment")
def test_the_record_is_the_one_that_powertools_would_keep(dynamodb: DynamoDBClient, context: FakeContext) -> None:
    """Changing the model of a deployed consumer forgets nothing that was handled."""
    from best_practice_constructs.runtime.idempotency_record import Handled, IdempotencyRecords

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced, transaction: IdempotentTransaction) -> None:
        transaction.write([put_invoice(placed.order_id)])

    handler(batch([message(order_placed("1", event_id="e"))]), context)
    records = IdempotencyRecords(table_name="records", expires_after_seconds=60)
    assert records.once(lambda: None, key="e", context=context) is Handled.BEFORE
