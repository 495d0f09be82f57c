"""Permissions on SQS queues, one function per operation."""

from __future__ import annotations

from aws_cdk import aws_sqs as sqs

from best_practice_constructs.permissions.permission import Permission


def _queue_arn(queue: sqs.IQueue | str) -> str:
    return queue if isinstance(queue, str) else queue.queue_arn


def send_message(queue: sqs.IQueue | str) -> Permission:
    """Allow ``SendMessage``, in batches too, on the queue (an ``IQueue`` or its ARN)."""
    return Permission(actions=("sqs:SendMessage",), resources=(_queue_arn(queue),))


def poll(queue: sqs.IQueue | str) -> Permission:
    """Allow an event source mapping to poll the queue (an ``IQueue`` or its ARN)."""
    return Permission(
        actions=("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"), resources=(_queue_arn(queue),)
    )
