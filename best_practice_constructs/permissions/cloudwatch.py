"""Permissions on CloudWatch's metrics and alarms, one function per operation.

Functions that write their metrics into their logs (the embedded metric format) need none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.named_values import named_values
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch

_NO_METRIC = "CloudWatch knows no resource for a metric"


def _alarm_arn(alarm: cloudwatch.IAlarm | str) -> str:
    return arn_of(alarm, "alarm_arn", service="cloudwatch", example="eu-west-1:111122223333:alarm:late-orders")


def put_metric_data(*, namespace: str) -> Permission:
    """Allow ``PutMetricData`` into the namespace and no other."""
    return Permission(
        actions=("cloudwatch:PutMetricData",),
        resources=("*",),
        conditions={"StringEquals": {"cloudwatch:namespace": named_values("namespace", [namespace])[0]}},
        unscoped_because=_NO_METRIC,
    )


def get_metric_data() -> Permission:
    """Allow ``GetMetricData``."""
    return Permission(actions=("cloudwatch:GetMetricData",), resources=("*",), unscoped_because=_NO_METRIC)


def describe_alarms(alarm: cloudwatch.IAlarm | str) -> Permission:
    """Allow ``DescribeAlarms`` of the alarm (an ``IAlarm`` or its ARN), which the call has to name."""
    return Permission(actions=("cloudwatch:DescribeAlarms",), resources=(_alarm_arn(alarm),))


def set_alarm_state(alarm: cloudwatch.IAlarm | str) -> Permission:
    """Allow ``SetAlarmState`` of the alarm (an ``IAlarm`` or its ARN)."""
    return Permission(actions=("cloudwatch:SetAlarmState",), resources=(_alarm_arn(alarm),))
