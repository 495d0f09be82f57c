"""What a queue consumer refuses, and what it says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from best_practice_constructs import IdempotentQueueConsumer, InvalidArgumentError
from tests.unit.helpers.entries import ENTRY, HANDLER

_FITTING: dict[str, object] = {"visibility_timeout": Duration.minutes(1)}


def _with(**arguments: object) -> Callable[[Stack], object]:
    def make(stack: Stack) -> object:
        return IdempotentQueueConsumer(stack, "C", entry=ENTRY, handler=HANDLER, **arguments)  # type: ignore[arg-type] # each test gives one wrong value

    return make


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_with(visibility_timeout=Duration.seconds(59)), "at least Duration.seconds(60)"),
        (_with(report_batch_item_failures=False), "report_batch_item_failures=False"),
        (_with(idempotency_key=""), "could not be told apart (H2)"),
        (_with(max_concurrency=1), "max_concurrency=1"),
        (_with(reserved_concurrent_executions=0), "enabled=False"),
        (_with(reserved_concurrent_executions=2, max_concurrency=5), "max_concurrency=5 with"),
        (_with(retention_period=Duration.days(14)), "dead letter keeps the age"),
        (_with(idempotency_expires_after=Duration.hours(1)), "idempotency_expires_after=3600 s"),
        (_with(batch_size=500), "without max_batching_window"),
        (_with(fifo=True, batch_size=11), "FIFO"),
        (_with(idempotency_model="transaction"), "IdempotencyModel.TRANSACTION"),
        (_with(idempotency_key="[order"), "it is no JMESPath expression"),
        (_with(content_based_deduplication=True), "only FIFO queues deduplicate"),
        (_with(reserved_concurrent_executions=1), "starts two batches at once"),
        (_with(filters=[lambda_.FilterCriteria.filter({"body": {"a": [n]}}) for n in range(11)]), "11 filters"),
        (_with(filters=[{"body": {"a": [1]}}]), "would drop what it says"),
        (_with(environment={"IDEMPOTENCY_KEY": "x"}), "the consumer sets it"),
    ],
)
def test_what_cannot_work_says_where_what_why_and_what_instead(
    stack: Stack, make: Callable[[Stack], object], message: str
) -> None:
    with pytest.raises(InvalidArgumentError, match=r"^Stack/C: .* cannot work: ") as error:
        make(stack)
    assert message in str(error.value)


def test_a_parameter_that_nobody_reads_is_refused(stack: Stack) -> None:
    with pytest.raises(InvalidArgumentError, match="Write visibility_timeout=…"):
        _with(visibilty_timeout=Duration.minutes(1))(stack)


@pytest.mark.parametrize(
    ("settings", "arguments", "message"),
    [
        ({}, {}, "visibility_timeout=30 s with a function timeout of 10 s"),
        ({"visibility_timeout": Duration.seconds(10)}, {}, "Give the queue at least Duration.seconds(60)"),
        (_FITTING, {"timeout": Duration.seconds(30)}, "Give the queue at least Duration.seconds(180)"),
        (_FITTING | {"retention_period": Duration.days(14)}, {}, "a dead letter keeps the age"),
        (_FITTING, {"visibility_timeout": Duration.minutes(9)}, "visibility_timeout with queue=…"),
        (_FITTING, {"max_receive_count": 3}, "max_receive_count with queue=…"),
        (_FITTING, {"fifo": True}, "fifo with queue=…"),
        (_FITTING, {"delivery_delay": Duration.seconds(1)}, "Set delivery_delay on the queue"),
        (_FITTING, {"idempotency_expires_after": Duration.days(1)}, "idempotency_expires_after=86400 s"),
    ],
)
def test_a_queue_that_does_not_fit_is_refused(
    stack: Stack, settings: dict[str, object], arguments: dict[str, object], message: str
) -> None:
    dead = sqs.Queue(stack, "Dead", retention_period=Duration.days(14))
    redrive = sqs.DeadLetterQueue(max_receive_count=5, queue=dead)
    queue = sqs.Queue(stack, "Mine", dead_letter_queue=redrive, **settings)  # type: ignore[arg-type] # each test gives other settings
    with pytest.raises(InvalidArgumentError) as error:
        _with(queue=queue, **arguments)(stack)
    assert message in str(error.value)


def test_of_an_imported_queue_the_visibility_timeout_must_be_said(stack: Stack) -> None:
    queue = sqs.Queue.from_queue_arn(stack, "Q", "arn:aws:sqs:eu-west-1:111122223333:orders")
    with pytest.raises(InvalidArgumentError, match="an imported queue without visibility_timeout"):
        _with(queue=queue, dead_letter_queue=sqs.Queue(stack, "D"))(stack)


def test_a_table_of_other_keys_is_refused(stack: Stack) -> None:
    key = dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING)
    with pytest.raises(InvalidArgumentError, match="the partition key 'pk'"):
        _with(idempotency_table=dynamodb.Table(stack, "T", partition_key=key))(stack)


def test_a_queue_without_dead_letters_is_refused(stack: Stack) -> None:
    with pytest.raises(InvalidArgumentError, match="a queue without a dead-letter queue"):
        _with(queue=sqs.Queue(stack, "Q"))(stack)


def test_an_imported_queue_without_dead_letters_is_refused(stack: Stack) -> None:
    imported = sqs.Queue.from_queue_arn(stack, "Q", "arn:aws:sqs:eu-west-1:111122223333:orders")
    with pytest.raises(InvalidArgumentError, match="pass the one that its redrive policy names"):
        _with(queue=imported)(stack)


def test_dead_letters_of_the_other_kind_are_refused(stack: Stack) -> None:
    with pytest.raises(InvalidArgumentError, match="of the other kind"):
        _with(fifo=True, dead_letter_queue=sqs.Queue(stack, "D"))(stack)
