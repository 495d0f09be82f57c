"""Permissions on roles of other accounts or services, one function per operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam


def _role_arn(role: iam.IRole | str) -> str:
    return arn_of(role, "role_arn", service="iam", example=":111122223333:role/reports")


def assume_role(role: iam.IRole | str) -> Permission:
    """Allow ``AssumeRole`` of the role (an ``IRole`` or its ARN), whose own policy has to allow it too."""
    return Permission(actions=("sts:AssumeRole",), resources=(_role_arn(role),))
