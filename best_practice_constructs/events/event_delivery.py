"""What EventBridge needs to send into a queue (C2, H6)."""

from __future__ import annotations

from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.queues.queue_delivery import check_service_key, let_service_send

_EVENTBRIDGE = "events.amazonaws.com"


def let_events_send(scope: Construct, queue: sqs.IQueue, *, source_arn: str) -> None:
    """Let EventBridge send into ``queue`` for one rule or bus, and for no other (C2), with the queue's key too.

    :raises InvalidArgumentError: the queue's key is SQS's own in KMS.
    """
    let_service_send(scope, queue, service=_EVENTBRIDGE, source_arn=source_arn)


def check_encryption(scope: Construct, queue: sqs.IQueue) -> None:
    """Refuse a queue that EventBridge cannot write into because of its key.

    :raises InvalidArgumentError: the key is SQS's own in KMS.
    """
    check_service_key(scope, queue, service=_EVENTBRIDGE)


def check_dead_letter_queue(scope: Construct, queue: sqs.IQueue) -> None:
    """Refuse a queue that EventBridge cannot use for dead letters.

    :raises InvalidArgumentError: a FIFO queue, or one whose key EventBridge may not use.
    """
    if queue.fifo:
        raise InvalidArgumentError(
            scope,
            given=f"the FIFO queue {path_of(queue)} as dead_letter_queue",
            reason="EventBridge sends dead letters to standard queues only",
            remedy="pass a standard queue, or leave it out: one is made",
        )
    check_encryption(scope, queue)
