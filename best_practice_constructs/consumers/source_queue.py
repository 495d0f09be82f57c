"""The queue that a consumer makes for itself, beside its dead-letter queue (H4, H6)."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.consumers.queue_consumer_options import InnerQueueOptions
from best_practice_constructs.consumers.queue_contract import QueueContract
from best_practice_constructs.durations import duration_of


def create_source_queue(
    scope: Construct,
    *,
    contract: QueueContract,
    dead_letter_queue: sqs.IQueue,
    name: str | None,
    content_based_deduplication: bool | None,
    removal_policy: RemovalPolicy,
    options: InnerQueueOptions,
) -> sqs.Queue:
    """Create the queue as its contract says: encrypted with SSE-SQS unless said otherwise, TLS only.

    :param name: what its dead-letter queue knows it by; otherwise the one of ``options``, or one that SQS gives.
    """
    settings: InnerQueueOptions = {**options}
    if name is not None:
        settings["queue_name"] = name
    if "encryption_master_key" not in settings:
        settings.setdefault("encryption", sqs.QueueEncryption.SQS_MANAGED)
    return sqs.Queue(
        scope,
        "Queue",
        fifo=True if contract.fifo else None,
        content_based_deduplication=content_based_deduplication,
        enforce_ssl=True,
        retention_period=duration_of(contract.retention),
        visibility_timeout=duration_of(contract.effective_visibility_timeout),
        dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=contract.max_receive_count, queue=dead_letter_queue),
        removal_policy=removal_policy,
        **settings,
    )
