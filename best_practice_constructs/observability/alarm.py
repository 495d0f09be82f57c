"""The alarm of a construct: it takes its actions from the service's defaults (H9)."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.errors import InvalidArgumentError


def create_alarm(
    scope: Construct,
    id: str,
    *,
    metric: cloudwatch.IMetric,
    threshold: float,
    description: str,
    evaluation_periods: int = 1,
    datapoints_to_alarm: int | None = None,
    defaults: ServiceDefaults,
) -> cloudwatch.Alarm:
    """Create an alarm whose actions are those of ``defaults``, both when it goes off and when it is over.

    Missing data counts as healthy: the metrics of the constructs (dead letters, errors) are silent when nothing
    happens.

    :param evaluation_periods: how many of the last periods are looked at.
    :param datapoints_to_alarm: in how many of those it must be reached; default: in all of them.
    :param description: what it means and what to do; it is what a person reads first at night.
    :raises InvalidArgumentError: the defaults require alarm actions and have none (the production preset).
    """
    if defaults.alarm_actions_required and not defaults.alarm_actions:
        raise InvalidArgumentError.below(
            scope,
            id,
            given="an alarm without actions",
            reason="nobody would hear it, and these defaults require that somebody does (H9)",
            remedy="pass alarm_actions to the ServiceDefaults, such as aws_cloudwatch_actions.SnsAction(topic)",
        )
    alarm = cloudwatch.Alarm(
        scope,
        id,
        metric=metric,
        threshold=threshold,
        evaluation_periods=evaluation_periods,
        datapoints_to_alarm=datapoints_to_alarm,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description=description,
    )
    if defaults.alarm_actions:
        alarm.add_alarm_action(*defaults.alarm_actions)
        alarm.add_ok_action(*defaults.alarm_actions)
    return alarm
