"""Permissions on CloudWatch log groups."""

from __future__ import annotations

from aws_cdk import aws_logs as logs

from best_practice_constructs.permissions.permission import Permission


def write(log_group: logs.ILogGroup | str) -> Permission:
    """Allow a function to write to its log group (an ``ILogGroup`` or its ARN, with ``:*`` at the end)."""
    arn = log_group if isinstance(log_group, str) else log_group.log_group_arn
    return Permission(actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(arn,))
