"""Permissions on roles that are passed on to a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.named_values import named_values
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam


def pass_role(role: iam.IRole | str, *, service: str) -> Permission:
    """Allow to pass the role (an ``IRole`` or its ARN) on to one service, as in ``"ecs-tasks.amazonaws.com"``."""
    arn = arn_of(role, "role_arn", service="iam", example=":111122223333:role/tasks")
    return Permission(
        actions=("iam:PassRole",),
        resources=(arn,),
        conditions={"StringEquals": {"iam:PassedToService": named_values("service", [service])[0]}},
    )
