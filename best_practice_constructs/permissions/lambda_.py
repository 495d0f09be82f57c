"""Permissions on Lambda functions, one function per operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_


def _function_arn(function: lambda_.IFunction | str) -> str:
    return arn_of(function, "function_arn", service="lambda", example="eu-west-1:111122223333:function:orders")


def invoke_function(function: lambda_.IFunction | str) -> Permission:
    """Allow ``Invoke`` of exactly the function, version or alias (an ``IFunction`` or its ARN).

    A function's own ARN allows the call without a qualifier only: for a version or an alias pass that one. Where an
    alias carries provisioned concurrency, ``SinglePurposeFunction.invocation_target`` is the one to be called.
    """
    return Permission(actions=("lambda:InvokeFunction",), resources=(_function_arn(function),))


def invoke_function_url(function: lambda_.IFunction | str) -> Permission:
    """Allow a call of the function's address (an ``IFunction`` or its ARN), with IAM for its authorization.

    Lambda asks for ``lambda:InvokeFunction`` too: allow :func:`invoke_function` beside.
    """
    return Permission(
        actions=("lambda:InvokeFunctionUrl",),
        resources=(_function_arn(function),),
        conditions={"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
    )
