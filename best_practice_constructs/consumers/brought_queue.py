"""A queue that a user brings to a consumer: what is known of it, and what the user has to say of it (H4, H6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.durations import whole_seconds
from best_practice_constructs.errors import InvalidArgumentError

# What SQS gives a queue that says nothing.
_VISIBILITY_TIMEOUT = 30
_RETENTION = 345_600
_MAX_RECEIVE_COUNT = 5


@dataclass(frozen=True, kw_only=True)
class BroughtQueue:
    """A queue as it is, durations in seconds.

    :param dead_letter_queue: where its messages go after ``max_receive_count`` attempts.
    """

    queue: sqs.IQueue
    dead_letter_queue: sqs.IQueue
    max_receive_count: int
    visibility_timeout: int
    retention: int
    dead_letter_retention: int | None


def brought_queue(
    scope: Construct,
    queue: sqs.IQueue,
    *,
    dead_letter_queue: sqs.IQueue | None,
    max_receive_count: int | None,
    visibility_timeout: Duration | None,
    retention_period: Duration | None,
    others: Mapping[str, object],
) -> BroughtQueue:
    """Find out what a queue is.

    Of a queue of the app everything is read, and nothing may be said a second time; of an imported one nothing can be
    read, so it has to be said.

    :param others: what only a queue that the consumer makes can have.
    :raises InvalidArgumentError: something is said that the queue says itself or that has no meaning for it, or
        something is not said that must be known.
    """
    for name, value in others.items():
        if value is not None:
            raise _refusal(scope, f"{name} with queue=…", "the queue is there already", f"set {name} on the queue")
    if not isinstance(queue, sqs.Queue):
        return _imported(
            scope,
            queue,
            dead_letter_queue=dead_letter_queue,
            max_receive_count=max_receive_count,
            visibility_timeout=visibility_timeout,
            retention_period=retention_period,
        )
    said = {
        "dead_letter_queue": dead_letter_queue,
        "max_receive_count": max_receive_count,
        "visibility_timeout": visibility_timeout,
        "retention_period": retention_period,
    }
    for name, value in said.items():
        if value is not None:
            raise _refusal(
                scope, f"{name} with queue=…", "the queue says it itself", f"leave {name} out, or set it on the queue"
            )
    redrive = queue.dead_letter_queue
    if redrive is None:
        raise _without_dead_letters(scope)
    resource = cast("sqs.CfnQueue", queue.node.default_child)
    dead_letters = redrive.queue.node.default_child if isinstance(redrive.queue, sqs.Queue) else None
    return BroughtQueue(
        queue=queue,
        dead_letter_queue=redrive.queue,
        max_receive_count=int(redrive.max_receive_count),
        visibility_timeout=_number(resource.visibility_timeout, otherwise=_VISIBILITY_TIMEOUT),
        retention=_number(resource.message_retention_period, otherwise=_RETENTION),
        dead_letter_retention=_number(cast("sqs.CfnQueue", dead_letters).message_retention_period, otherwise=_RETENTION)
        if dead_letters is not None
        else None,
    )


def _imported(
    scope: Construct,
    queue: sqs.IQueue,
    *,
    dead_letter_queue: sqs.IQueue | None,
    max_receive_count: int | None,
    visibility_timeout: Duration | None,
    retention_period: Duration | None,
) -> BroughtQueue:
    if dead_letter_queue is None:
        raise _without_dead_letters(scope)
    if visibility_timeout is None:
        raise _refusal(
            scope,
            "an imported queue without visibility_timeout",
            "it cannot be read, and under six times the function's timeout messages are handled twice at once (H4)",
            "pass visibility_timeout as the queue has it",
        )
    return BroughtQueue(
        queue=queue,
        dead_letter_queue=dead_letter_queue,
        max_receive_count=max_receive_count or _MAX_RECEIVE_COUNT,
        visibility_timeout=whole_seconds(visibility_timeout),
        retention=whole_seconds(retention_period) if retention_period else _RETENTION,
        dead_letter_retention=None,
    )


def _number(value: float | None, *, otherwise: int) -> int:
    # A token says nothing here; what CloudFormation will put in is the user's to know.
    return otherwise if value is None or is_deploy_time_value(value) else int(value)


def _without_dead_letters(scope: Construct) -> InvalidArgumentError:
    return _refusal(
        scope,
        "a queue without a dead-letter queue",
        "a message that cannot be handled would come again until it expires, and be lost then (H4, H6)",
        "give the queue a dead_letter_queue; for an imported queue pass the one that its redrive policy names",
    )


def _refusal(scope: Construct, given: str, reason: str, remedy: str) -> InvalidArgumentError:
    return InvalidArgumentError(scope, given=given, reason=reason, remedy=remedy)
