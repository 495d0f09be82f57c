"""The queue where what could not be handled waits for a person (H4, H6)."""

from __future__ import annotations

from typing import cast

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.compliance import acknowledge, resource_of

DEAD_LETTER_RETENTION = Duration.days(14)
"""The longest that SQS offers: a cause found on a Monday must not have cost the events of the week before (H6)."""


def create_dead_letter_queue(
    scope: Construct,
    id: str,
    *,
    fifo: bool = False,
    retention_period: Duration = DEAD_LETTER_RETENTION,
    removal_policy: RemovalPolicy,
    source_queue_arn: str | None = None,
    encryption: sqs.QueueEncryption | None = None,
    encryption_master_key: kms.IKey | None = None,
) -> sqs.Queue:
    """Create a queue for dead letters: encrypted with SSE-SQS unless said otherwise, TLS only, kept 14 days (H4, H6).

    :param source_queue_arn: of the one queue that names it in its redrive policy; otherwise it is a destination (of a
        rule, an asynchronous function), which the compliance packs cannot tell from an ordinary queue.
    """
    queue = sqs.Queue(
        scope,
        id,
        fifo=True if fifo else None,
        encryption=encryption or (None if encryption_master_key else sqs.QueueEncryption.SQS_MANAGED),
        encryption_master_key=encryption_master_key,
        enforce_ssl=True,
        retention_period=retention_period,
        removal_policy=removal_policy,
    )
    findings: tuple[str, ...] = ("Serverless::Serverless-SQSRedrivePolicy",)
    if source_queue_arn is None:
        findings += ("AwsSolutions::AwsSolutions-SQS3",)
    else:
        cast("sqs.CfnQueue", resource_of(queue)).redrive_allow_policy = {
            "redrivePermission": "byQueue",
            "sourceQueueArns": [source_queue_arn],
        }
    acknowledge(
        queue, reason="This queue is itself where dead letters go; its alarm calls a person.", findings=findings
    )
    return queue
