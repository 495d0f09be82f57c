"""The role of a function: what it may do before it is allowed anything (C2)."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from best_practice_constructs.compliance import acknowledge, resource_of
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.permissions import ec2 as ec2_permissions
from best_practice_constructs.permissions import logs as logs_permissions
from best_practice_constructs.permissions import xray as xray_permissions
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.policy_document import policy_document
from best_practice_constructs.roles.service_role import create_service_role
from best_practice_constructs.service_principal import service_principal

_INSIGHTS_POLICY = "arn:<AWS::Partition>:iam::aws:policy/CloudWatchLambdaInsightsExecutionRolePolicy"
_UNSCOPED_REASON = (
    "X-Ray knows no resource for sending traces, and EC2 none for the network interfaces of a function in a VPC; this "
    "policy holds "
    "nothing else that is unscoped."
)
_UNSCOPED_FINDINGS = (
    "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
    "Serverless::Serverless-LambdaStarPermissions",
)


def create_role(
    scope: Construct,
    *,
    role: iam.IRole | None,
    log_group: logs.ILogGroup,
    traced: bool,
    in_vpc: bool,
    insights: bool,
    defaults: ServiceDefaults,
    role_path: str | None,
    permissions_boundary: iam.IManagedPolicy | None,
) -> tuple[iam.IRole, iam.Policy | None]:
    """Give a role that may write to the log group, send traces if ``traced``, and attach to a VPC if ``in_vpc``.

    :param role: of the user's: it is let do the same by a policy of its own, which the function has to wait for.
    :raises InvalidArgumentError: a path or a boundary that cannot be, or one of them with a role of the user's.
    """
    permissions = _permissions(log_group, traced=traced, in_vpc=in_vpc)
    unscoped = _UNSCOPED_FINDINGS if traced or in_vpc else ()
    policy = None
    if role is not None:
        _refuse_options_of_own_role(scope, role_path=role_path, permissions_boundary=permissions_boundary)
        policy = iam.Policy(scope, "Observe", document=policy_document(permissions), roles=[role])
        if unscoped:
            acknowledge(policy, reason=_UNSCOPED_REASON, findings=unscoped[:1])
    used = role or create_service_role(
        scope,
        "Role",
        assumed_by=service_principal("lambda.amazonaws.com"),
        defaults=defaults,
        role_path=role_path,
        permissions_boundary=permissions_boundary,
        inline_policies={"Observe": policy_document(permissions)},
    )
    if role is None and unscoped:
        acknowledge(resource_of(used), reason=_UNSCOPED_REASON, findings=unscoped)
    if insights:
        acknowledge(
            resource_of(used) if role is None else used,
            reason="Lambda Insights was asked for, and AWS maintains this policy for it.",
            findings=(f"AwsSolutions::AwsSolutions-IAM4[Policy::{_INSIGHTS_POLICY}]",),
        )
    return used, policy


def _refuse_options_of_own_role(scope: Construct, **options: object) -> None:
    for name, value in options.items():
        if value is not None:
            raise InvalidArgumentError(
                scope,
                given=f"{name} with a role of yours",
                reason="it is set where a role is made, and this one is made already",
                remedy=f"make the role with it, or leave out role or {name}",
            )


def _permissions(log_group: logs.ILogGroup, *, traced: bool, in_vpc: bool) -> list[Permission]:
    permissions = [logs_permissions.write(log_group)]
    if traced:
        permissions.append(xray_permissions.send_traces())
    if in_vpc:
        permissions.append(ec2_permissions.attach_to_vpc())
    return permissions
