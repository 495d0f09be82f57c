"""The roles of the workflows that tune a function: exactly its versions, and never the function's deletion (C2)."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from best_practice_constructs.compliance import acknowledge, resource_of
from best_practice_constructs.construct_place import stack_of
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.events.reachable_bucket import resource_finding
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.workflows.workflow_role import create_workflow_role

_REASON = (
    "The versions get their numbers while the workflow runs. With a version in the ARN the function itself can be "
    "neither invoked nor deleted."
)


def create_tuning_role(
    scope: Construct,
    id: str,
    *,
    functions: Sequence[lambda_.IFunction],
    measures: bool,
    defaults: ServiceDefaults,
    role_path: str | None,
    permissions_boundary: iam.IManagedPolicy | None,
) -> iam.Role:
    """Create a role for workflows of this account and region.

    :param measures: whether it may publish and invoke versions too; without, it may put back and delete only.
    """
    functions_arns = tuple(function.function_arn for function in functions)
    versions = tuple(f"{arn}:*" for arn in functions_arns)
    on_function = (
        "lambda:GetFunctionConfiguration",
        "lambda:ListVersionsByFunction",
        "lambda:UpdateFunctionConfiguration",
    )
    permissions = [
        Permission(
            actions=(*on_function, "lambda:PublishVersion") if measures else on_function, resources=functions_arns
        ),
        Permission(
            actions=("lambda:DeleteFunction", "lambda:GetFunctionConfiguration", "lambda:InvokeFunction")
            if measures
            else ("lambda:DeleteFunction",),
            resources=versions,
        ),
    ]
    role = create_workflow_role(
        scope,
        id,
        permissions=permissions,
        defaults=defaults,
        role_path=role_path,
        permissions_boundary=permissions_boundary,
    )
    stack = stack_of(scope)
    findings = tuple(f"AwsSolutions::AwsSolutions-IAM5[Resource::{resource_finding(stack, arn)}]" for arn in versions)
    acknowledge(resource_of(role), reason=_REASON, findings=findings)
    return role
