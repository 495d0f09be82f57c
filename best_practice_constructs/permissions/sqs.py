"""Permissions on SQS queues, one function per operation.

The batch form of an operation has no action of its own: the single one allows it. A queue with a key of yours takes
``kms.encrypt_messages(key)`` to send, and ``kms.decrypt(key)`` to receive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of

if TYPE_CHECKING:
    from aws_cdk import aws_sqs as sqs


def _queue_arn(queue: sqs.IQueue | str) -> str:
    return arn_of(queue, "queue_arn", service="sqs", example="eu-west-1:111122223333:orders")


def send_message(queue: sqs.IQueue | str) -> Permission:
    """Allow ``SendMessage``, in batches too, on the queue (an ``IQueue`` or its ARN)."""
    return Permission(actions=("sqs:SendMessage",), resources=(_queue_arn(queue),))


def poll(queue: sqs.IQueue | str) -> Permission:
    """Allow an event source mapping to poll the queue (an ``IQueue`` or its ARN)."""
    return Permission(
        actions=(
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
        ),
        resources=(_queue_arn(queue),),
    )


def receive_message(queue: sqs.IQueue | str) -> Permission:
    """Allow ``ReceiveMessage`` on the queue (an ``IQueue`` or its ARN), by code that receives by itself."""
    return Permission(actions=("sqs:ReceiveMessage",), resources=(_queue_arn(queue),))


def delete_message(queue: sqs.IQueue | str) -> Permission:
    """Allow ``DeleteMessage``, in batches too, on the queue (an ``IQueue`` or its ARN)."""
    return Permission(actions=("sqs:DeleteMessage",), resources=(_queue_arn(queue),))


def change_message_visibility(queue: sqs.IQueue | str) -> Permission:
    """Allow ``ChangeMessageVisibility``, in batches too, on the queue (an ``IQueue`` or its ARN)."""
    return Permission(actions=("sqs:ChangeMessageVisibility",), resources=(_queue_arn(queue),))


def get_queue_attributes(queue: sqs.IQueue | str) -> Permission:
    """Allow ``GetQueueAttributes``, such as the number of messages, on the queue (an ``IQueue`` or its ARN)."""
    return Permission(actions=("sqs:GetQueueAttributes",), resources=(_queue_arn(queue),))


def get_queue_url(queue: sqs.IQueue | str) -> Permission:
    """Allow ``GetQueueUrl`` on the queue (an ``IQueue`` or its ARN)."""
    return Permission(actions=("sqs:GetQueueUrl",), resources=(_queue_arn(queue),))


def purge_queue(queue: sqs.IQueue | str) -> Permission:
    """Allow ``PurgeQueue``, which deletes every message, on the queue (an ``IQueue`` or its ARN)."""
    return Permission(actions=("sqs:PurgeQueue",), resources=(_queue_arn(queue),))
