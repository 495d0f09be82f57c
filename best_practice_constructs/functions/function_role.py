"""The role of a function: what it may do before it is allowed anything (C2)."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from best_practice_constructs.compliance import acknowledge, resource_of
from best_practice_constructs.permissions import ec2 as ec2_permissions
from best_practice_constructs.permissions import logs as logs_permissions
from best_practice_constructs.permissions import xray as xray_permissions
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.policy_document import policy_document
from best_practice_constructs.service_principal import service_principal

_UNSCOPED_REASON = (
    "X-Ray knows no resource for sending traces, and EC2 none for the network interfaces of a function in a VPC; this "
    "policy holds "
    "nothing else that is unscoped."
)
_UNSCOPED_FINDINGS = (
    "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
    "Serverless::Serverless-LambdaStarPermissions",
)


def create_role(scope: Construct, log_group: logs.ILogGroup, *, traced: bool, in_vpc: bool) -> iam.Role:
    """Create a role that may write to the log group, send traces if ``traced``, and attach to a VPC if ``in_vpc``."""
    role = iam.Role(
        scope,
        "Role",
        assumed_by=service_principal("lambda.amazonaws.com"),
        inline_policies={"Observe": policy_document(_permissions(log_group, traced=traced, in_vpc=in_vpc))},
    )
    if traced or in_vpc:
        acknowledge(resource_of(role), reason=_UNSCOPED_REASON, findings=_UNSCOPED_FINDINGS)
    return role


def allow_to_observe(
    scope: Construct, role: iam.IRole, log_group: logs.ILogGroup, *, traced: bool, in_vpc: bool
) -> iam.Policy:
    """Let a role of the user's do the same, by a policy of its own."""
    policy = iam.Policy(
        scope,
        "Observe",
        document=policy_document(_permissions(log_group, traced=traced, in_vpc=in_vpc)),
        roles=[role],
    )
    if traced or in_vpc:
        acknowledge(policy, reason=_UNSCOPED_REASON, findings=_UNSCOPED_FINDINGS[:1])
    return policy


def _permissions(log_group: logs.ILogGroup, *, traced: bool, in_vpc: bool) -> list[Permission]:
    permissions = [logs_permissions.write(log_group)]
    if traced:
        permissions.append(xray_permissions.send_traces())
    if in_vpc:
        permissions.append(ec2_permissions.attach_to_vpc())
    return permissions
