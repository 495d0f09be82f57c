"""The alarm on messages that wait too long (H9)."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.durations import duration_of
from best_practice_constructs.observability.alarm import create_alarm


def create_message_age_alarm(
    scope: Construct, id: str, *, queue: sqs.IQueue, seconds: int, defaults: ServiceDefaults
) -> cloudwatch.Alarm:
    """Create an alarm that goes off when the oldest message of a consumer's queue has waited too long.

    :param scope: the consumer.
    :param seconds: how old the oldest message may be.
    :param defaults: whose alarm actions it takes.
    """
    return create_alarm(
        scope,
        id,
        metric=queue.metric_approximate_age_of_oldest_message(period=duration_of(60), statistic="Maximum"),
        threshold=seconds,
        evaluation_periods=3,
        description=(
            f"A message of {path_of(scope)} has waited for {seconds} s. Either handling fails and is retried (see "
            "the function's errors), or more comes in than is handled: raise max_concurrency or batch_size if what "
            "is downstream can take it."
        ),
        defaults=defaults,
    )
