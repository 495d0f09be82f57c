"""The parameters of a topic's consumer that its queue consumer takes under the same names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sqs as sqs

from best_practice_constructs.consumers.idempotency_model import IdempotencyModel
from best_practice_constructs.consumers.queue_consumer_options import QueueConsumerOptions


class TopicConsumerOptions(QueueConsumerOptions, total=False):
    """What :class:`IdempotentQueueConsumer` takes, but ``fifo``, which is the topic's to say."""

    idempotency_key: str
    idempotency_model: IdempotencyModel
    idempotency_table: dynamodb.ITable | None
    idempotency_expires_after: Duration | None
    queue: sqs.IQueue | None
    dead_letter_queue: sqs.IQueue | None
    dead_letter_retention_period: Duration | None
    content_based_deduplication: bool | None
    batch_size: int
    max_batching_window: Duration | None
    max_concurrency: int | None
    max_receive_count: int | None
    visibility_timeout: Duration | None
    retention_period: Duration | None
    report_batch_item_failures: bool
    filters: Sequence[Mapping[str, object]] | None
    enabled: bool
    message_age_alarm_threshold: Duration | None
    timeout: Duration | None
    environment: Mapping[str, str] | None
    reserved_concurrent_executions: int | None
    removal_policy: RemovalPolicy | None
