"""Permissions on Parameter Store, one function per operation.

A ``SecureString`` with a key of yours takes ``kms.decrypt(key)`` beside; with the key ``aws/ssm`` nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of

if TYPE_CHECKING:
    from aws_cdk import aws_ssm as ssm


def _parameter_arn(parameter: ssm.IParameter | str) -> str:
    return arn_of(parameter, "parameter_arn", service="ssm", example="eu-west-1:111122223333:parameter/orders/url")


def get_parameter(parameter: ssm.IParameter | str) -> Permission:
    """Allow ``GetParameter`` of the parameter (an ``IParameter`` or its ARN)."""
    return Permission(actions=("ssm:GetParameter",), resources=(_parameter_arn(parameter),))


def get_parameters(parameter: ssm.IParameter | str) -> Permission:
    """Allow ``GetParameters``, of several at once, for the parameter (an ``IParameter`` or its ARN)."""
    return Permission(actions=("ssm:GetParameters",), resources=(_parameter_arn(parameter),))


def get_parameter_history(parameter: ssm.IParameter | str) -> Permission:
    """Allow ``GetParameterHistory`` of the parameter (an ``IParameter`` or its ARN)."""
    return Permission(actions=("ssm:GetParameterHistory",), resources=(_parameter_arn(parameter),))


def put_parameter(parameter: ssm.IParameter | str) -> Permission:
    """Allow ``PutParameter`` of the parameter (an ``IParameter`` or its ARN)."""
    return Permission(actions=("ssm:PutParameter",), resources=(_parameter_arn(parameter),))


def delete_parameter(parameter: ssm.IParameter | str) -> Permission:
    """Allow ``DeleteParameter`` of the parameter (an ``IParameter`` or its ARN)."""
    return Permission(actions=("ssm:DeleteParameter",), resources=(_parameter_arn(parameter),))


def get_parameters_by_path(path_arn: str) -> Permission:
    """Allow ``GetParametersByPath`` of all parameters below a path, whose ARN is ``path_arn``.

    ``Stack.of(scope).format_arn(service="ssm", resource="parameter", resource_name="orders")`` gives that of
    ``/orders``. IAM checks the path alone: who may read a path may read all that is below it.
    """
    return Permission(actions=("ssm:GetParametersByPath",), resources=(_parameter_arn(path_arn),))
