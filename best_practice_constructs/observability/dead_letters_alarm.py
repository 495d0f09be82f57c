"""The alarm of a queue where dead letters wait (H4, H9)."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.durations import duration_of
from best_practice_constructs.observability.alarm import create_alarm


def create_dead_letters_alarm(
    scope: Construct, id: str, *, queue: sqs.IQueue, description: str, defaults: ServiceDefaults
) -> cloudwatch.Alarm:
    """Create an alarm that goes off within a minute of the first dead letter and stays until the queue is empty.

    :param description: what it means and what to do; it is what a person reads first at night.
    :raises InvalidArgumentError: the defaults require alarm actions and have none (the production preset).
    """
    return create_alarm(
        scope,
        id,
        metric=queue.metric_approximate_number_of_messages_visible(period=duration_of(60), statistic="Maximum"),
        threshold=1,
        description=description,
        defaults=defaults,
    )
