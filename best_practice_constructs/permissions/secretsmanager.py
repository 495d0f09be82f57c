"""Permissions on secrets, one function per operation.

A secret with a key of yours takes ``kms.decrypt(key)`` beside, and to be written to ``kms.encrypt_objects(key)`` too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import exact_arn

if TYPE_CHECKING:
    from aws_cdk import aws_secretsmanager as secretsmanager


def _secret_arn(secret: secretsmanager.ISecret | str) -> str:
    if isinstance(secret, str):
        return exact_arn(secret, service="secretsmanager", example="eu-west-1:111122223333:secret:payment-AbCdEf")
    # A secret that was imported by its name does not know the six characters that Secrets Manager puts behind it.
    return secret.secret_full_arn or f"{secret.secret_arn}-??????"


def get_secret_value(secret: secretsmanager.ISecret | str) -> Permission:
    """Allow ``GetSecretValue`` of the secret (an ``ISecret`` or its ARN)."""
    return Permission(actions=("secretsmanager:GetSecretValue",), resources=(_secret_arn(secret),))


def describe_secret(secret: secretsmanager.ISecret | str) -> Permission:
    """Allow ``DescribeSecret``, which does not tell the value, of the secret (an ``ISecret`` or its ARN)."""
    return Permission(actions=("secretsmanager:DescribeSecret",), resources=(_secret_arn(secret),))


def put_secret_value(secret: secretsmanager.ISecret | str) -> Permission:
    """Allow ``PutSecretValue``, a new version, of the secret (an ``ISecret`` or its ARN)."""
    return Permission(actions=("secretsmanager:PutSecretValue",), resources=(_secret_arn(secret),))


def update_secret_version_stage(secret: secretsmanager.ISecret | str) -> Permission:
    """Allow ``UpdateSecretVersionStage`` of the secret (an ``ISecret`` or its ARN)."""
    return Permission(actions=("secretsmanager:UpdateSecretVersionStage",), resources=(_secret_arn(secret),))


def get_random_password() -> Permission:
    """Allow ``GetRandomPassword``."""
    return Permission(
        actions=("secretsmanager:GetRandomPassword",),
        resources=("*",),
        unscoped_because="Secrets Manager knows no resource for a password that is not kept",
    )
