"""What one more queue consumer costs in a synth: the construct beside the same made by hand from aws-cdk-lib."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs

from benchmarks.harness import Candidate, marginal_costs, print_side_by_side
from best_practice_constructs import IdempotentQueueConsumer

_CODE = "def handler(event, context): return {'batchItemFailures': []}"


def _by_hand(stack: Stack, id: str) -> None:
    """Make what a careful person writes by hand: the same queues, function, mapping and table, with stock grants."""
    dead_letters = sqs.Queue(stack, f"{id}DeadLetters", enforce_ssl=True, retention_period=Duration.days(14))
    queue = sqs.Queue(
        stack,
        f"{id}Queue",
        enforce_ssl=True,
        visibility_timeout=Duration.seconds(60),
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=5),
    )
    table = dynamodb.Table(
        stack,
        f"{id}Idempotency",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        time_to_live_attribute="expiration",
    )
    function = lambda_.Function(
        stack,
        f"{id}Function",
        runtime=lambda_.Runtime.PYTHON_3_14,
        architecture=lambda_.Architecture.ARM_64,
        code=lambda_.Code.from_inline(_CODE),
        handler="index.handler",
        memory_size=512,
        timeout=Duration.seconds(10),
        tracing=lambda_.Tracing.ACTIVE,
        environment={"IDEMPOTENCY_TABLE_NAME": table.table_name},
    )
    table.grant_read_write_data(function)
    function.add_event_source(
        event_sources.SqsEventSource(queue, batch_size=10, report_batch_item_failures=True, max_concurrency=10)
    )


def _by_construct(stack: Stack, id: str) -> None:
    IdempotentQueueConsumer(stack, id, code=lambda_.Code.from_inline(_CODE), handler="index.handler")


def main(*, copies: int, rounds: int) -> None:
    """Measure and print."""
    print(f"One more queue consumer in a stack: construction and synth, {rounds} rounds, {copies} copies\n")
    candidates = [
        Candidate(name="aws-cdk-lib by hand", create=_by_hand),
        Candidate(name="IdempotentQueueConsumer", create=_by_construct),
    ]
    print_side_by_side(marginal_costs(candidates, copies=copies, rounds=rounds))
