"""The role of a workflow: what its tasks call, on what they call it, and nothing else (C2)."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import Construct

from best_practice_constructs.compliance import acknowledge
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.policy_document import policy_document
from best_practice_constructs.roles.service_role import create_service_role


def create_workflow_role(
    scope: Construct,
    id: str,
    *,
    permissions: Sequence[Permission],
    defaults: ServiceDefaults,
    role_path: str | None,
    permissions_boundary: iam.IManagedPolicy | None,
) -> iam.Role:
    """Create a role for workflows of this account and region, that may do what this one does and nothing more."""
    return create_service_role(
        scope,
        id,
        assumed_by=_workflows_of_this_account(),
        defaults=defaults,
        role_path=role_path,
        permissions_boundary=permissions_boundary,
        inline_policies={"Tasks": policy_document(_joined(permissions))} if permissions else None,
    )


@functools.cache
def _workflows_of_this_account() -> iam.ServicePrincipal:
    return iam.ServicePrincipal(
        "states.amazonaws.com",
        conditions={
            "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
            # Not by name: CloudFormation gives it after the role is there.
            "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}:stateMachine:*"},
        },
    )


def acknowledge_delivery(role: iam.Role) -> None:
    """Acknowledge what aws-cdk-lib lets the role do to log and to trace: the services know no resource for it."""
    policy = role.node.try_find_child("DefaultPolicy")
    if policy is not None:
        acknowledge(
            policy,
            reason="CloudWatch Logs knows no resource for the delivery of logs, X-Ray none for sending traces.",
            findings=("AwsSolutions::AwsSolutions-IAM5[Resource::*]",),
        )


def _joined(permissions: Sequence[Permission]) -> list[Permission]:
    """Leave out what is there twice: two tasks often do the same to one table."""
    seen: list[Permission] = []
    for permission in permissions:
        if permission not in seen:
            seen.append(permission)
    return seen
