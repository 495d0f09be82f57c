"""Permissions on CloudWatch log groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import exact_arn

if TYPE_CHECKING:
    from aws_cdk import aws_logs as logs


def _group_arn(log_group: logs.ILogGroup | str) -> str:
    """Give the ARN with ``:*`` at the end, as CloudFormation does: what lies in the group is meant."""
    if not isinstance(log_group, str):
        return log_group.log_group_arn
    plain = log_group.removesuffix(":*")
    return f"{exact_arn(plain, service='logs', example='eu-west-1:111122223333:log-group:/orders')}:*"


def write(log_group: logs.ILogGroup | str) -> Permission:
    """Allow a function to write to its log group (an ``ILogGroup`` or its ARN)."""
    return Permission(actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(_group_arn(log_group),))


def filter_log_events(log_group: logs.ILogGroup | str) -> Permission:
    """Allow ``FilterLogEvents`` of the log group (an ``ILogGroup`` or its ARN)."""
    return Permission(actions=("logs:FilterLogEvents",), resources=(_group_arn(log_group),))


def get_log_events(log_group: logs.ILogGroup | str) -> Permission:
    """Allow ``GetLogEvents`` of every stream of the log group (an ``ILogGroup`` or its ARN)."""
    return Permission(actions=("logs:GetLogEvents",), resources=(_group_arn(log_group),))


def start_query(log_group: logs.ILogGroup | str) -> Permission:
    """Allow ``StartQuery`` and ``GetQueryResults`` of Logs Insights on the log group (an ``ILogGroup`` or its ARN)."""
    return Permission(actions=("logs:StartQuery", "logs:GetQueryResults"), resources=(_group_arn(log_group),))


def describe_log_streams(log_group: logs.ILogGroup | str) -> Permission:
    """Allow ``DescribeLogStreams`` of the log group (an ``ILogGroup`` or its ARN)."""
    return Permission(actions=("logs:DescribeLogStreams",), resources=(_group_arn(log_group),))
